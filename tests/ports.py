"""Ports of loopback for servers that a test starts.

Each process that tests has a stretch of its own, below those that the system gives to whoever asks for any,
so that nobody else is given one before its server listens there.
"""

import itertools
import os
import socket

FIRST, STRETCHES, PORTS = 10_000, 220, 100
"""Where the stretches begin, how many there are, and the ports of each: the system's own begin at 32,768."""

_next = itertools.count()


def free_port() -> int:
    """A port of this machine that nobody listens on, and nobody of these tests was given lately."""
    first = FIRST + os.getpid() % STRETCHES * PORTS
    for _ in range(PORTS):
        port = first + next(_next) % PORTS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port is free between {first} and {first + PORTS}")
