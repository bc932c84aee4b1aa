"""A second host on this machine, in a network name space of its own, and a cable that can be cut.

A cut is silent, as in earnest: packets go nowhere, and nobody is told so.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache

NOWHERE = "02:00:00:00:00:99"
"""The hardware address of nobody: what is sent there is dropped without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """Another host: `near` is this one's address there, `address` its own."""

    name: str
    near: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """What stands before a command that runs there."""
        return (_ip(), "netns", "exec", self.name)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing goes through for as long as the block runs."""
        here = ("neigh", "replace", self.address, "lladdr", NOWHERE, "dev", _cable(self.name, "a"))
        there = ("neigh", "replace", self.near, "lladdr", NOWHERE, "dev", _cable(self.name, "b"))
        _run(*here, "nud", "permanent")
        _run("-n", self.name, *there, "nud", "permanent")
        try:
            yield
        finally:
            _run("neigh", "del", self.address, "dev", _cable(self.name, "a"))
            _run("-n", self.name, "neigh", "del", self.near, "dev", _cable(self.name, "b"))


@cache
def may_have_hosts() -> bool:
    """Whether this user may make one; asked by doing it once."""
    try:
        with far_host():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def far_host() -> Iterator[Far]:
    """Another host, wired to this one; gone afterwards."""
    net = f"10.213.{random.SystemRandom().randrange(256)}"
    far = Far(name=f"sd{os.getpid()}", near=f"{net}.1", address=f"{net}.2")
    mine, theirs = _cable(far.name, "a"), _cable(far.name, "b")
    _run("netns", "add", far.name)
    try:
        _run("link", "add", mine, "type", "veth", "peer", "name", theirs, "netns", far.name)
        _run("addr", "add", f"{far.near}/24", "dev", mine)
        _run("link", "set", mine, "up")
        for command in (("link", "set", "lo", "up"), ("addr", "add", f"{far.address}/24", "dev", theirs)):
            _run("-n", far.name, *command)
        _run("-n", far.name, "link", "set", theirs, "up")
        yield far
    finally:
        with suppress(subprocess.CalledProcessError):
            _run("link", "del", mine)
        _run("netns", "del", far.name)


def _cable(name: str, end: str) -> str:
    """A network device's name, of fifteen characters at most."""
    return f"{name}{end}"


def _ip() -> str:
    found = shutil.which("ip") or shutil.which("ip", path="/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError("ip")
    return found


def _run(*arguments: str) -> None:
    subprocess.run([_ip(), *arguments], check=True, capture_output=True)  # noqa: S603 - the system's own
