"""Pictures and documents that people sent into a chat: noted at once, then fetched, checked and added to
their job beside everything else.

Fetching takes seconds, and nobody's tap may wait for it, so an update is done with as soon as the picture is
noted. What a process that died had noted is fetched by the next one. How a file is come by, and how its
sender is answered, is each platform's own.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable

from bot.pictures import Darkroom
from dispatch.errors import DispatchError, PicturesUnavailableError, PictureTooLargeError
from dispatch.moments import SECOND, Micros
from dispatch.people import Address
from dispatch.pictures import LARGEST, Wanted
from dispatch.ports import Clock, Store
from handlers import sentences
from handlers.messages import Reply
from handlers.router import Router
from handlers.texts import Texts
from workers import faults
from workers.beside import Beside

_log = logging.getLogger(__name__)

AT_ONCE = 2
"""Pictures fetched side by side: each may hold ten megabytes, and others share the line."""

LEASE: Micros = 120 * SECOND
"""How long whoever noted a picture has for it, more than all its waits together. Then the sweep takes it."""

EVERY_S = 5.0
"""Seconds between two looks for what a process left behind, or what failed."""

AGAIN_S = (5.0, 30.0, 120.0, 600.0)
"""Seconds until a picture that could not be fetched is tried again; after the last one its sender is told."""


class NotFetchedError(Exception):
    """The file did not come. Nothing of why is kept: an address in it could open something."""


class Fetcher(ABC):
    """Brings pictures from one platform to their jobs."""

    def __init__(self, platform: str, router: Router, store: Store, beside: Beside, clock: Clock) -> None:
        self._platform = platform
        self._router = router
        self._store = store
        self._beside = beside
        self._clock = clock
        self._darkroom = Darkroom()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Fetch what was left behind, and what is to be tried again, until cancelled."""
        while True:
            try:
                left = await self._store.wanted_pictures(self._platform, self._clock.now(), AT_ONCE)
                await asyncio.gather(*map(self._fetch, left))
            except DispatchError as error:
                _log.warning("pictures could not be fetched (%s); trying again", error.key)
            except Exception as error:  # noqa: BLE001 - it is told without its text
                faults.tell(_log, error, "one of %d pictures could not be fetched", AT_ONCE)
            await self._clock.sleep(EVERY_S)

    @abstractmethod
    async def _download(self, wanted: Wanted) -> bytes:
        """The file; of one that is too large more than `LARGEST` bytes of it. Raises `NotFetchedError`, and a
        `DispatchError` for one that is not to be tried again."""

    @abstractmethod
    async def _texts(self, wanted: Wanted) -> Texts:
        """In the language of whoever sent it."""

    @abstractmethod
    async def _told(self, wanted: Wanted, words: str) -> None:
        """Answer whoever sent it."""

    async def _refusal(self, address: Address, check: Callable[[], None], texts: Texts) -> str:
        """Why a picture is not taken, as far as that can be said before it is fetched; `check` raises what
        its message says against it."""
        if said := await self._router.album.refuses(address):
            return said
        try:
            check()
        except DispatchError as error:
            return sentences.refusal(error, texts)
        return ""

    async def _note(self, wanted: Wanted) -> None:
        """From now on it is fetched, whatever dies. Noting it again changes nothing."""
        await self._store.want_picture(wanted, self._clock.now() + LEASE)
        self._beside.begin(self._fetch(wanted))

    async def _fetch(self, wanted: Wanted) -> None:
        """Fetch it for the job that it is for."""
        texts = await self._texts(wanted)
        if wanted.job_id is None:
            await self._settle(wanted, which_job(texts))
            return
        async with self._slots:
            try:
                pictures = await self._darkroom.develop(_whole(await self._download(wanted)))
            except DispatchError as error:
                await self._settle(wanted, sentences.refusal(error, texts))
                return
            except NotFetchedError:
                gone = texts.say("The picture could not be fetched, and was not kept. Please send it again.")
                await self._later(wanted, gone)
                return
            try:
                reply = await self._router.album.add(wanted.address, wanted.job_id, pictures, wanted.receipt)
            except PicturesUnavailableError as error:
                lost = texts.say("The picture was not kept.")
                await self._later(wanted, texts.sentences(lost, sentences.refusal(error, texts)))
                return
        await self._settle(wanted, reply.text)

    async def _later(self, wanted: Wanted, words: str) -> None:
        """Try it again; the last time `words` are what its sender is told."""
        if wanted.tries < len(AGAIN_S):
            wait = round(AGAIN_S[wanted.tries] * SECOND)
            await self._store.postpone_picture(wanted, self._clock.now() + wait)
            return
        await self._settle(wanted, words)

    async def _settle(self, wanted: Wanted, words: str) -> None:
        await self._store.settle_picture(wanted, self._clock.now())
        if words:
            await self._told(wanted, words)


def _whole(data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise PictureTooLargeError(limit=LARGEST // 2**20)
    return data


def job_of(reply: Reply) -> int | None:
    """The job that somebody's words have become, or were about."""
    return None if reply.card is None or not reply.card.of_job else reply.card.job_id


def which_job(texts: Texts) -> str:
    """What to say about a picture that belongs to no job yet."""
    return texts.say(
        "Which job is the picture for? It was not kept: send it with the words of a new job below it, or "
        "reply with it to a job's card."
    )
