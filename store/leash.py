"""Becomes another program that must not outlive its parent: `leash.py PARENT_PID PROGRAM ARGUMENT...`.

Run as a file in a fresh interpreter, so that nothing of ours runs between fork and exec in a process that
has threads. On Linux the kernel ends the program with its parent; elsewhere the next start does.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>; it survives the exec


def main(arguments: list[str]) -> None:
    """Tie this process to its parent and become the program. Does not return."""
    parent, program = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - a program of our own choice, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
