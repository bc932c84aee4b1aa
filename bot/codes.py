"""Invitations for chats: codes short and plain enough for a deep link, which nobody else can make.

Like a personal link a code says committee, person and link epoch; whether it was revoked is for the store to
say. Nothing in it is encrypted, so nothing private may be put into it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import struct
import time

from dispatch.errors import LinkExpiredError, LinkForgedError
from dispatch.joining import Ticket
from dispatch.moments import SECOND, Micros
from dispatch.ports import Clock

LONGEST = 64
"""Characters of A-Z, a-z, 0-9, _ and - that a Telegram deep link may carry (TECH_NOTES.md, Telegram)."""

_FIELDS = struct.Struct(">BQQII")
"""Version, committee, person, link epoch, and the second at which it expires (until the year 2106)."""
_VERSION, _FAMILY = 1, 2
"""The first byte: of people's invitations, and of those of residents' family, which make nobody a member."""
_SEAL_BYTES = 16
"""Half of a SHA-256: nobody finds one of 2¹²⁸ by trying, and the whole would not fit."""
_CODE = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}")


class Codes:
    """Makes and reads codes. `secret` is for this purpose alone; without a `clock` the wall clock counts."""

    def __init__(self, secret: bytes, clock: Clock | None = None) -> None:
        self._secret = secret
        self._clock = clock

    def make(self, committee_id: int, person_id: int, link_epoch: int, expires: Micros) -> str:
        """A code of at most `LONGEST` characters, good until `expires`, as often as it is opened."""
        said = _FIELDS.pack(_VERSION, committee_id, person_id, link_epoch, expires // SECOND)
        return base64.urlsafe_b64encode(said + self._seal(said)).rstrip(b"=").decode()

    def open(self, code: str) -> Ticket:
        """Committee id, person id, link epoch; the epoch is the caller's to compare.

        Raises `LinkForgedError` for anything that was not made here, `LinkExpiredError` for what is too
        old. Only too old is refused: a clock that steps back must not shut anybody out."""
        said = self._opened(code)
        return self._read(said, _VERSION)

    def of_family(self, ticket: Ticket, expires: Micros) -> str:
        """A code that ties a chat to a resident's family (`dispatch.telling`), good until `expires`."""
        said = _FIELDS.pack(_FAMILY, *ticket, expires // SECOND)
        return base64.urlsafe_b64encode(said + self._seal(said)).rstrip(b"=").decode()

    def family(self, code: str) -> Ticket | None:
        """Committee, number and mark of such a code; None for anything else. Raises `LinkExpiredError`."""
        try:
            said = self._opened(code)
        except LinkForgedError:
            return None
        return self._read(said, _FAMILY) if said[0] == _FAMILY else None

    def _read(self, said: bytes, wanted: int) -> Ticket:
        version, committee_id, person_id, epoch, expires = _FIELDS.unpack(said)
        if version != wanted:
            raise LinkForgedError
        if self._now() > expires:
            raise LinkExpiredError
        return committee_id, person_id, epoch

    def _opened(self, code: str) -> bytes:
        if _CODE.fullmatch(code) is None:
            raise LinkForgedError
        try:
            raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        except binascii.Error as error:
            raise LinkForgedError from error
        said, seal = raw[:-_SEAL_BYTES], raw[-_SEAL_BYTES:]
        # The last character has bits to spare: a code is only what is made here, to the letter.
        whole = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == code
        right = hmac.compare_digest(seal, self._seal(said))
        if not (whole and right and len(said) == _FIELDS.size):
            raise LinkForgedError
        return said

    def _seal(self, said: bytes) -> bytes:
        return hmac.new(self._secret, b"suidao invitation" + said, hashlib.sha256).digest()[:_SEAL_BYTES]

    def _now(self) -> int:
        return int(time.time()) if self._clock is None else self._clock.now() // SECOND
