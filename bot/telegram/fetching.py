"""Pictures that people sent on Telegram: whose are taken, which job they belong to, and how their files come
here. What becomes of them then is the same on every platform (`bot.fetching`).

Which job a part of an album belongs to is known once the part with the words has come.
"""

import asyncio
import logging
from collections import OrderedDict
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.fetching import Fetcher, NotFetchedError, job_of, which_job
from bot.telegram import enclosures
from bot.telegram.answers import Answers
from bot.telegram.bots import Bots
from bot.telegram.carrying import PLATFORM
from bot.telegram.people import Known
from bot.telegram.subjects import Subjects
from bot.telegram.talk import Said, Talk
from dispatch.errors import PictureTooLargeError
from dispatch.pictures import LARGEST, Wanted
from dispatch.ports import Clock, Store
from handlers.messages import Reply
from handlers.router import Router
from handlers.texts import Texts

_log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""Seconds that a part of an album waits for the part with the words; they come within one of each other."""

ANSWER_S = 10
"""Seconds until Telegram has said where a file is."""

DOWNLOAD_S = 30
"""Seconds for ten megabytes on a slow line."""

TOLD_AT_MOST = 1_000
"""Albums whose sender was answered; one that falls out is merely answered once more."""


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


class Fetching(Fetcher):
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
        super().__init__(PLATFORM, router, store, answers.beside, clock)
        self._bots = bots
        self._talk = talk
        self._subjects = subjects
        self._answers = answers
        self._patience_s = patience_s
        self._albums: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()
        self._told_of: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def take(self, said: Said, known: Known, reply: Reply | None = None) -> None:
        """Note the picture of a message, if it has one, and begin to fetch it. `reply` is what its words were
        answered with. When this returns it is stored. Raises `DispatchError`."""
        enclosed = enclosures.picture(said.message)
        if enclosed is None or said.message is None:
            return
        texts = await self._talk.texts(known, said.user)
        if refusal := await self._refusal(known.address, enclosed.check, texts):
            self._tell(said, enclosed, refusal)
            return
        job = await self._job(said, known, reply)
        if job is None and (reply is not None or not enclosed.album):
            self._tell(said, enclosed, which_job(texts))
            return
        source = _Source(
            bot=said.bot.id, message=said.message.message_id, quiet=not said.private, file=enclosed.file
        )
        wanted = Wanted(
            receipt=f"{said.receipt}:picture",
            address=known.address,
            source=str(source),
            at=self._clock.now(),
            album=enclosed.album,
            job_id=job,
        )
        await self._note(wanted)
        if job is not None and (waiting := self._albums.get(enclosed.album)) is not None:
            waiting.set()

    async def _job(self, said: Said, known: Known, reply: Reply | None) -> int | None:
        """What its words became, else what it replies to: a card, or the message that posted the job; else
        the one job that its sender has."""
        if reply is not None:
            job = job_of(reply)
        elif said.about is not None or said.message is None:
            job = said.about
        else:
            job = await self._subjects.posted(known.address, said.message)
        return await self._router.album.in_hand(known.address) if job is None and said.private else job

    async def _fetch(self, wanted: Wanted) -> None:
        if wanted.job_id is None:
            wanted = replace(wanted, job_id=await self._job_of_album(wanted))
        if wanted.job_id is None and _Source.read(wanted.source).quiet:
            await self._settle(wanted, "")
        else:
            await super()._fetch(wanted)

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

    async def _download(self, wanted: Wanted) -> bytes:
        source = _Source.read(wanted.source)
        bot = self._bot(source)
        if bot is None:
            raise NotFetchedError
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
            raise NotFetchedError from None
        except Exception as error:  # noqa: BLE001 - of the network's library; its words hold the token
            _log.info("a picture could not be fetched (%s)", type(error).__name__)
            raise NotFetchedError from None
        return bytes(data)

    async def _texts(self, wanted: Wanted) -> Texts:
        return await self._talk.texts_of(wanted.address)

    async def _told(self, wanted: Wanted, words: str) -> None:
        source = _Source.read(wanted.source)
        bot = self._bot(source)
        if bot is not None and self._first(wanted.album, words):
            reply_to = None if source.quiet else source.message
            self._answers.say(bot, int(wanted.address.value), words, reply_to=reply_to)

    def _tell(self, said: Said, enclosed: enclosures.Enclosed, words: str) -> None:
        if self._first(enclosed.album, words):
            self._talk.tell(said, words)

    def _first(self, album: str, words: str) -> bool:
        """Whether it is not yet said of this album: ten pictures are answered once."""
        if not album:
            return True
        known = (album, words) in self._told_of
        self._told_of[album, words] = None
        if len(self._told_of) > TOLD_AT_MOST:
            self._told_of.popitem(last=False)
        return not known

    def _bot(self, source: _Source) -> Bot | None:
        return next((bot for _, bot in self._bots.all() if bot.id == source.bot), None)
