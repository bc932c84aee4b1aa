"""What leaves the house signed: personal links, the cookie a link is changed for, a one-time message.

Nothing here is encrypted, so nothing private may be put into it. It knows no database: whether the
person still exists, and whether the link was revoked, is for `session` to ask.
"""

import hashlib
import time
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from dispatch.errors import DispatchError, LinkExpiredError, LinkForgedError
from dispatch.joining import Ticket
from dispatch.moments import SECOND
from dispatch.people import Person
from dispatch.ports import Clock
from handlers.messages import Ticking

LINK_MAX_AGE_S = 30 * 24 * 3600
"""A link on paper or in a chat is good for a month; staff print a new one in a minute."""
COOKIE_MAX_AGE_S = 90 * 24 * 3600
"""Longer than the two months the field notes describe: nobody is signed out in the middle of it."""
CALENDAR_MAX_AGE_S = 400 * 24 * 3600
"""A phone subscribes to a calendar once; after a year somebody who still needs it can do so again."""
FAMILY_MAX_AGE_S = 400 * 24 * 3600
"""As the calendar's: family keep the page where they have it, and staff can end it at any moment."""
FLASH_MAX_AGE_S = 60
"""The answer to a form is shown on the very next page or not at all."""
FLASH_CHARACTERS = 600
"""Signed and encoded this stays far below the 4,096 bytes a browser keeps of a cookie."""


REMEMBERED = 4_096
"""Cookies whose signature was found to be right: of everybody who may tap in one burst."""


class _ClockSigner(TimestampSigner):
    """Takes the time from our clock, so that ages can be tested without waiting."""

    def __init__(self, *args: Any, clock: Clock | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(time.time()) if self._clock is None else self._clock.now() // SECOND


class Links:
    """Makes and reads everything signed. Without a `clock` the wall clock counts."""

    def __init__(self, secret: bytes, base_url: str, clock: Clock | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._key = hashlib.blake2b(secret, digest_size=32, person=b"suidao-nonce").digest()
        self._link = self._serializer("link")
        self._session = self._serializer("session")
        self._flash = self._serializer("flash")
        self._share = self._serializer("share")
        self._notice = self._serializer("notice")
        self._calendar = self._serializer("calendar")
        # Paper has no age, and whoever types its address is glad of every sign less.
        self._poster = URLSafeSerializer(secret, salt="report")
        self._applied = self._serializer("applicant")
        self._family = self._serializer("family")
        # It says itself until when: made anew for the same claim it is the same.
        self._tick = URLSafeSerializer(secret, salt="tick")
        self._signed_in = lru_cache(REMEMBERED)(lambda cookie: _opened(self._session, cookie))

    @property
    def root(self) -> str:
        """The path below which the outside finds the pages, without a slash at its end; mostly empty."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """The outside speaks https, so cookies may be kept to it."""
        return self.base_url.startswith("https:")

    def link(self, person: Person) -> str:
        """The person's own address of their page, good until it expires or is revoked."""
        return f"{self.base_url}/join/{self._link.dumps(_ticket(person))}"

    def open(self, token: str) -> Ticket:
        """Read a link's token; repeating is safe, opening never uses it up.

        Raises `LinkForgedError` or `LinkExpiredError`. The epoch is the caller's to compare."""
        return _checked(self._read(self._link, token, LINK_MAX_AGE_S))

    def share(self, committee_id: int, job_id: int) -> str:
        """The address under which a job can be shown to anybody, without being guessed from another one."""
        return f"{self.base_url}/s/{self._share.dumps([committee_id, job_id])}"

    def open_share(self, token: str) -> tuple[int, int]:
        """Committee and job of a shared link. Raises `LinkForgedError` or `LinkExpiredError`."""
        match self._read(self._share, token, LINK_MAX_AGE_S):
            case [int(committee_id), int(job_id)]:
                return committee_id, job_id
            case _:
                raise LinkForgedError

    def notice(self, committee_id: int, building_id: int) -> str:
        """The address of the notice for a building's door: whoever prints it need not be signed in."""
        return f"{self.base_url}/notice/{self._notice.dumps([committee_id, building_id])}"

    def open_notice(self, token: str) -> tuple[int, int]:
        """Committee and building of such an address. Raises `LinkForgedError` or `LinkExpiredError`."""
        match self._read(self._notice, token, LINK_MAX_AGE_S):
            case [int(committee_id), int(building_id)]:
                return committee_id, building_id
            case _:
                raise LinkForgedError

    def calendar(self, person: Person) -> str:
        """The address of the duty's calendar for this person's phone, good until their links are revoked."""
        return f"{self.base_url}/duty/{self._calendar.dumps(_ticket(person))}.ics"

    def open_calendar(self, token: str) -> Ticket:
        """Read a calendar's token. Raises like `open`; the epoch is the caller's to compare."""
        return _checked(self._read(self._calendar, token, CALENDAR_MAX_AGE_S))

    def poster(self, committee_id: int, epoch: int) -> str:
        """The address that a committee's posters lead to: anybody may read it, nobody make another one."""
        return f"{self.base_url}/report/{self._poster.dumps([committee_id, epoch])}"

    def open_poster(self, token: str) -> tuple[int, int]:
        """Committee and epoch of its posters; the epoch is the caller's to compare, and paper has no age.
        Raises `LinkForgedError`."""
        try:
            said: object = self._poster.loads(token)
        except BadData as error:
            raise LinkForgedError from error
        match said:
            case [int(committee_id), int(epoch)]:
                return committee_id, epoch
            case _:
                raise LinkForgedError

    def applied(self, committee_id: int, application_id: int) -> str:
        """What an applicant's page is known by: once they are let in it opens their own."""
        return self._applied.dumps([committee_id, application_id])

    def open_applied(self, token: str) -> tuple[int, int]:
        """Committee and application. Raises `LinkForgedError` or `LinkExpiredError`."""
        match self._read(self._applied, token, LINK_MAX_AGE_S):
            case [int(committee_id), int(application_id)]:
                return committee_id, application_id
            case _:
                raise LinkForgedError

    def family(self, ticket: Ticket) -> str:
        """The address of the page of a resident's family (`dispatch.telling`); it signs nobody in."""
        return f"{self.base_url}/family/{self._family.dumps(list(ticket))}"

    def open_family(self, token: str) -> Ticket:
        """Committee, number and mark of such a link. Raises like `open`; whether it still counts is the
        store's to say."""
        return _checked(self._read(self._family, token, FAMILY_MAX_AGE_S))

    def tick(self, ticking: Ticking) -> str:
        """The address where a claimer ticks stops or doors, equal for the same claim; it signs them in."""
        said = [*ticking.ticket, ticking.job_id, ticking.claim, ticking.until // SECOND]
        return f"{self.base_url}/runs/{self._tick.dumps(said)}"

    def open_tick(self, token: str) -> Ticking:
        """Whose claim it is. Raises `LinkForgedError` or `LinkExpiredError`; the epoch, and whether the claim
        still lives, are the caller's to compare."""
        try:
            said: object = self._tick.loads(token)
        except BadData as error:
            raise LinkForgedError from error
        match said:
            case [int(committee_id), int(person_id), int(epoch), int(job_id), int(claim), int(until_s)]:
                if self._seconds() > until_s:
                    raise LinkExpiredError
                ticket = committee_id, person_id, epoch
                return Ticking(ticket=ticket, job_id=job_id, claim=claim, until=until_s * SECOND)
            case _:
                raise LinkForgedError

    def cookie(self, person: Person) -> str:
        """What a browser keeps instead of the link."""
        return self._session.dumps(_ticket(person))

    def read_cookie(self, value: str) -> Ticket:
        """Raises like `open`."""
        return _checked(self._young(self._signed_in(value), COOKIE_MAX_AGE_S))

    def flash(self, text: str, *, ok: bool) -> str:
        """A sentence for the next page, cut to what a cookie holds."""
        return self._flash.dumps([ok, text[:FLASH_CHARACTERS]])

    def read_flash(self, value: str) -> tuple[bool, str] | None:
        """The sentence and whether it is good news; None when there is nothing that can be trusted."""
        try:
            read = self._read(self._flash, value, FLASH_MAX_AGE_S)
        except DispatchError:
            return None
        match read:
            case [bool(ok), str(text)]:
                return ok, text
            case _:
                return None

    def fingerprint(self, *parts: str) -> str:
        """A keyed digest of `parts`, equal for equal parts, which tells a reader nothing about them."""
        return hashlib.blake2b("\0".join(parts).encode(), key=self._key, digest_size=16).hexdigest()

    def _serializer(self, salt: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._secret, salt=salt, signer=_ClockSigner, signer_kwargs={"clock": self._clock}
        )

    def _read(self, serializer: URLSafeTimedSerializer, value: str, max_age_s: int) -> object:
        return self._young(_opened(serializer, value), max_age_s)

    def _young(self, opened: tuple[object, datetime], max_age_s: int) -> object:
        """Only too old is refused: a wall clock that steps back must not sign everybody out."""
        payload, signed_at = opened
        if self._seconds() - signed_at.timestamp() > max_age_s:
            raise LinkExpiredError
        return payload

    def _seconds(self) -> int:
        return int(time.time()) if self._clock is None else self._clock.now() // SECOND


def _opened(serializer: URLSafeTimedSerializer, value: str) -> tuple[object, datetime]:
    """What was signed, and when. Raises `LinkForgedError`."""
    try:
        payload, signed_at = serializer.loads(value, return_timestamp=True)
    except BadData as error:
        raise LinkForgedError from error
    return payload, signed_at


def _ticket(person: Person) -> list[int]:
    return [person.committee_id, person.id, person.link_epoch]


def _checked(payload: object) -> Ticket:
    match payload:
        case [int(committee_id), int(person_id), int(epoch)]:
            return committee_id, person_id, epoch
        case _:
            raise LinkForgedError
