"""Services that ring a phone (Bark, ntfy, Pushover, a voice call, ...), by their addresses, through apprise.

The only module that knows the library. What is private in an address stays in here: nothing that it returns,
raises or logs holds any of it, and the library's own log, which quotes answers, is read for one number and
goes nowhere else.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from dispatch.jobs import Priority
from dispatch.reach import Reason
from dispatch.ways import service_of

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

_LIBRARY = "apprise"

_CODE = re.compile(r"error=(\d{3})")
"""How every one of the library's services reports the answer that it got."""

_PASSING = frozenset({408, 425, 429})
"""Answers below 500 that may be others a moment later."""

_LOUDNESS = {Priority.LIFE: "failure", Priority.URGENT: "warning", Priority.NORMAL: "info", None: "info"}
"""How urgent something is, in the library's words. How loud a phone becomes is said by the address itself
(`level=critical`, `priority=emergency`); a service that was told nothing takes it from this."""


_PUSHOVER, _AGAIN = "pover", re.compile(r"(?<=[?&])retry=")
"""What Pushover calls `retry`, the seconds until an emergency rings again, the library calls `interval`, and
takes 15 minutes where it is not said; its own `retry` is how often it tries, which we never ask of it."""


_CALL = "call"
"""The method of services that can also send an SMS by which they make a voice call."""


class Refusal(StrEnum):
    """Why a service did not ring."""

    UNUSABLE = Reason.UNUSABLE.value
    """Its address cannot be read."""
    DECLINES = Reason.DECLINES.value
    """It said no, and would say so again."""
    NO_ANSWER = Reason.NO_ANSWER.value
    """It is away, or overrun: the next try may succeed."""

    @property
    def reason(self) -> Reason:
        """The same, as staff read it."""
        return Reason(self.value)


class Slip(StrEnum):
    """What is wrong with an address that cannot be read."""

    UNKNOWN = "no service is called that"
    MALFORMED = "something is missing in it, or too much"
    NOBODY = "it does not say whom to ring (a device, a topic or a number)"


def send(address: str, title: str, body: str, priority: Priority | None) -> Refusal | None:
    """Ring by this service; None when it took it. Blocks for as long as the service takes, some seconds by
    the library's own limits; raises nothing. Repeating rings again."""
    with _listening() as heard:
        service = _made(address)
        if service is None or _nobody(service):
            return Refusal.UNUSABLE
        try:
            taken = service.notify(title=title, body=body, notify_type=_LOUDNESS[priority])
        except Exception:  # noqa: BLE001 - 170 services, and the text of what they raise may quote the address
            return Refusal.NO_ANSWER
    if taken:
        return None
    final = any(400 <= code < 500 and code not in _PASSING for code in heard)
    return Refusal.DECLINES if final else Refusal.NO_ANSWER


def slip(address: str) -> Slip | None:
    """What is wrong with an address, as far as can be seen without calling anybody; None when it is well."""
    with _listening():
        service = _made(address)
        if service is not None:
            return Slip.NOBODY if _nobody(service) else None
    return Slip.MALFORMED if service_of(address) in _schemes() else Slip.UNKNOWN


def whose(address: str) -> str:
    """Which server an address calls, to tell it from others: its service and host, or the service alone where
    no host stands there. What stands there may be private: it is for nobody's eyes."""
    place = address.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return f"{service_of(address)} {place.lower()}" if "." in place else service_of(address)


def known_services() -> frozenset[str]:
    """The names of all services, for whoever looks for the nearest one."""
    return frozenset(_schemes())


def warm() -> None:
    """Load the library and its services: a second that the first call for help need not wait for."""
    slip("json://localhost")


def _made(address: str) -> "NotifyBase | None":
    """A fresh one for every send: one that was used before sleeps 5.5 s first (TECH_NOTES.md)."""
    from apprise import Apprise  # noqa: PLC0415 - a second, only where somebody listed a service

    meant = _AGAIN.sub("interval=", address) if service_of(address) == _PUSHOVER else address
    try:
        return Apprise.instantiate(meant, asset=_asset())
    except Exception:  # noqa: BLE001 - as in `send`
        return None


def _nobody(service: "NotifyBase") -> bool:
    """It would ring nobody. The library counts the caller of a voice call as somebody, calls nobody, and says
    that it did."""
    call = getattr(service, "method", "") == _CALL
    return not len(service) or (call and not getattr(service, "targets", True))


@cache
def _asset() -> "AppriseAsset":
    """No picture (it would be fetched from somewhere), nothing on disk, one after the other in our thread."""
    from apprise import AppriseAsset  # noqa: PLC0415 - as above

    made = AppriseAsset(app_id="Suidao", app_desc="Suidao", storage_mode="memory")
    made.image_url_mask = made.image_url_logo = made.image_path_mask = ""
    made.async_mode = False
    return made


@cache
def _schemes() -> frozenset[str]:
    from apprise import Apprise  # noqa: PLC0415 - as above

    return frozenset(
        name
        for each in Apprise().details()["schemas"]
        for kind in ("protocols", "secure_protocols")
        for name in each[kind] or ()
    )


class _Ear(logging.Handler):
    """Hears which answers the library complains of, each thread its own, and lets nothing pass."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        codes = getattr(self.heard, "codes", None)
        if codes is not None:
            codes += [int(code) for code in _CODE.findall(record.getMessage())]


@cache
def _ear() -> _Ear:
    made, log = _Ear(), logging.getLogger(_LIBRARY)
    log.propagate = False
    log.addHandler(made)
    return made


@contextmanager
def _listening() -> Iterator[list[int]]:
    """The codes of answers that are complained of meanwhile, in this thread."""
    ear = _ear()
    ear.heard.codes = []
    try:
        yield ear.heard.codes
    finally:
        del ear.heard.codes
