"""Pictures that people sent: noted at once, then fetched, checked and added to their job beside everything
else.

Fetching takes seconds, and nobody's tap may wait for it, so an update is done with as soon as the picture is
noted. What a process that died had noted is fetched by the next one. Which job a part of an album belongs to
is known once the part with the words has come.
"""

import asyncio
import logging
from collections import OrderedDict
from contextlib import aclosing, suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.pictures import Darkroom
from bot.telegram import enclosures
from bot.telegram.answers import Answers
from bot.telegram.bots import Bots
from bot.telegram.carrying import PLATFORM
from bot.telegram.people import Known
from bot.telegram.subjects import Subjects
from bot.telegram.talk import Said, Talk
from dispatch.errors import DispatchError, PictureTooLargeError
from dispatch.moments import SECOND, Micros
from dispatch.pictures import LARGEST, Wanted
from dispatch.ports import Clock, Store
from handlers import sentences
from handlers.messages import Reply
from handlers.router import Router
from handlers.texts import Texts
from workers import faults

_log = logging.getLogger(__name__)

AT_ONCE = 2
"""Pictures fetched side by side: each may hold ten megabytes, and others share the line."""

LEASE: Micros = 120 * SECOND
"""How long whoever noted a picture has for it, more than all its waits together. Then the sweep takes it."""

EVERY_S = 5.0
"""Seconds between two looks for what a process left behind, or what failed."""

PATIENCE_S = 5.0
"""Seconds that a part of an album waits for the part with the words; they come within one of each other."""

ANSWER_S = 10
"""Seconds until Telegram has said where a file is."""

DOWNLOAD_S = 30
"""Seconds for ten megabytes on a slow line."""

AGAIN_S = (5.0, 30.0, 120.0, 600.0)
"""Seconds until a picture that could not be fetched is tried again; after the last one its sender is told."""

TOLD_AT_MOST = 1_000
"""Albums whose sender was answered; one that falls out is merely answered once more."""


class _NotFetchedError(Exception):
    """The file did not come. Nothing of why is kept: an address in it would hold the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where a picture is, and whom to answer. `quiet`: it stood in a group, and may be none of ours."""

    bot: int
    message: int
    quiet: bool
    file: str

    def __str__(self) -> str:
        return f"{self.bot} {self.message} {int(self.quiet)} {self.file}"

    @classmethod
    def read(cls, text: str) -> "_Source":
        bot, message, quiet, file = text.split(" ", 3)
        return cls(bot=int(bot), message=int(message), quiet=quiet == "1", file=file)


class Fetching:
    """Brings pictures from Telegram to their jobs. `patience_s` is real time."""

    def __init__(
        self,
        router: Router,
        store: Store,
        bots: Bots,
        talk: Talk,
        subjects: Subjects,
        answers: Answers,
        clock: Clock,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._router = router
        self._store = store
        self._bots = bots
        self._talk = talk
        self._subjects = subjects
        self._answers = answers
        self._clock = clock
        self._patience_s = patience_s
        self._darkroom = Darkroom()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._albums: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def take(self, said: Said, known: Known, reply: Reply | None = None) -> None:
        """Note the picture of a message, if it has one, and begin to fetch it. `reply` is what its words were
        answered with. When this returns it is stored. Raises `DispatchError`."""
        enclosed = enclosures.picture(said.message)
        if enclosed is None or said.message is None:
            return
        texts = await self._talk.texts(known, said.user)
        if refusal := await self._refusal(enclosed, known, texts):
            self._tell(said, enclosed, refusal)
            return
        job = await self._job(said, known, reply)
        if job is None and (reply is not None or not enclosed.album):
            self._tell(said, enclosed, which_job(texts))
            return
        source = _Source(
            bot=said.bot.id, message=said.message.message_id, quiet=not said.private, file=enclosed.file
        )
        now = self._clock.now()
        wanted = Wanted(
            receipt=f"{said.receipt}:picture",
            address=known.address,
            source=str(source),
            at=now,
            album=enclosed.album,
            job_id=job,
        )
        await self._store.want_picture(wanted, now + LEASE)
        if job is not None and (waiting := self._albums.get(enclosed.album)) is not None:
            waiting.set()
        self._answers.beside.begin(self._fetch(wanted))

    async def run(self) -> None:
        """Fetch what was left behind, and what is to be tried again, until cancelled."""
        while True:
            try:
                left = await self._store.wanted_pictures(PLATFORM, self._clock.now(), AT_ONCE)
                await asyncio.gather(*map(self._fetch, left))
            except DispatchError as error:
                _log.warning("pictures could not be fetched (%s); trying again", error.key)
            except Exception as error:  # noqa: BLE001 - it is told without its text
                faults.tell(_log, error, "one of %d pictures could not be fetched", AT_ONCE)
            await self._clock.sleep(EVERY_S)

    async def _refusal(self, enclosed: enclosures.Enclosed, known: Known, texts: Texts) -> str:
        """Why it is not taken, as far as that can be said before it is fetched."""
        if said := await self._router.refuses_pictures(known.address):
            return said
        try:
            enclosed.check()
        except DispatchError as error:
            return sentences.refusal(error, texts)
        return ""

    async def _job(self, said: Said, known: Known, reply: Reply | None) -> int | None:
        """What its words became, else what it replies to: a card, or the message that posted the job."""
        if reply is not None:
            return None if reply.card is None or reply.card.application else reply.card.job_id
        if said.about is not None or said.message is None:
            return said.about
        return await self._subjects.posted(known.address, said.message)

    async def _fetch(self, wanted: Wanted) -> None:
        source = _Source.read(wanted.source)
        job = wanted.job_id if wanted.job_id is not None else await self._job_of_album(wanted)
        texts = await self._talk.texts_of(wanted.address)
        if job is None:
            await self._settle(wanted, source, "" if source.quiet else which_job(texts))
            return
        async with self._slots:
            try:
                data = await self._download(source)
                picture = await self._darkroom.develop(data)
            except DispatchError as error:
                await self._settle(wanted, source, sentences.refusal(error, texts))
                return
            except _NotFetchedError:
                await self._later(wanted, source, texts)
                return
            reply = await self._router.add_picture(wanted.address, job, picture, wanted.receipt)
        await self._settle(wanted, source, reply.text)

    async def _job_of_album(self, wanted: Wanted) -> int | None:
        committee, album = wanted.address.committee_id, wanted.album
        event = self._albums.setdefault(album, asyncio.Event())
        found = await self._store.album_job(committee, album)
        if found is not None:
            return found
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await event.wait()
        return await self._store.album_job(committee, album)

    async def _download(self, source: _Source) -> bytes:
        """The file, as far as it may be kept. Raises `PictureTooLargeError` and `_NotFetchedError`."""
        bot = self._bot(source)
        if bot is None:
            raise _NotFetchedError
        data = bytearray()
        try:
            found = await bot.get_file(source.file, request_timeout=ANSWER_S)
            url = bot.session.api.file_url(bot.token, found.file_path or "")
            async with aclosing(bot.session.stream_content(url, timeout=DOWNLOAD_S)) as pieces:
                async for piece in pieces:
                    data += piece
                    if len(data) > LARGEST:
                        break
        except TelegramBadRequest as error:
            if "too big" in error.message:
                raise PictureTooLargeError(limit=LARGEST // 2**20) from None
            raise _NotFetchedError from None
        except Exception as error:  # noqa: BLE001 - of the network's library; its words hold the token
            _log.info("a picture could not be fetched (%s)", type(error).__name__)
            raise _NotFetchedError from None
        if len(data) > LARGEST:
            raise PictureTooLargeError(limit=LARGEST // 2**20)
        return bytes(data)

    async def _later(self, wanted: Wanted, source: _Source, texts: Texts) -> None:
        if wanted.tries < len(AGAIN_S):
            wait = round(AGAIN_S[wanted.tries] * SECOND)
            await self._store.postpone_picture(wanted, self._clock.now() + wait)
            return
        said = texts.say("The picture could not be fetched, and was not kept. Please send it again.")
        await self._settle(wanted, source, said)

    async def _settle(self, wanted: Wanted, source: _Source, said: str) -> None:
        await self._store.settle_picture(wanted, self._clock.now())
        bot = self._bot(source)
        if bot is not None and said and self._first(wanted.album, said):
            reply_to = None if source.quiet else source.message
            self._answers.say(bot, int(wanted.address.value), said, reply_to=reply_to)

    def _tell(self, said: Said, enclosed: enclosures.Enclosed, words: str) -> None:
        if self._first(enclosed.album, words):
            self._talk.tell(said, words)

    def _first(self, album: str, words: str) -> bool:
        """Whether it is not yet said of this album: ten pictures are answered once."""
        if not album:
            return True
        known = (album, words) in self._told
        self._told[album, words] = None
        if len(self._told) > TOLD_AT_MOST:
            self._told.popitem(last=False)
        return not known

    def _bot(self, source: _Source) -> Bot | None:
        return next((bot for _, bot in self._bots.all() if bot.id == source.bot), None)


def which_job(texts: Texts) -> str:
    """What to say about a picture that belongs to no job yet."""
    return texts.say(
        "Which job is the picture for? It was not kept: send it with the words of a new job below it, or "
        "reply with it to a job's card."
    )
