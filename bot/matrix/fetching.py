"""Pictures that people sent on Matrix: whose are taken, which job they belong to, and how their files come
here. What becomes of them then is the same on every platform (`bot.fetching`).

Not every client can write words below a picture: one that follows a job at once is that job's.
"""

import json
import logging
from dataclasses import asdict, dataclass

from bot.fetching import Fetcher, NotFetchedError, job_of, which_job
from bot.matrix import enclosures
from bot.matrix.answers import Answers
from bot.matrix.enclosures import Lock
from bot.matrix.media import Media
from bot.matrix.people import PLATFORM
from bot.matrix.talk import Said, Talk, nonce
from dispatch.errors import DispatchError
from dispatch.people import Address
from dispatch.pictures import LARGEST, Wanted
from dispatch.ports import Clock, Store
from handlers import posting
from handlers.messages import Reply
from handlers.router import Router
from handlers.texts import Texts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where a picture is, and whom to answer: in `room`, below the `message`, or, where these are empty, in
    the sender's own room."""

    url: str
    lock: Lock | None
    room: str = ""
    message: str = ""

    def __str__(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "_Source":
        found = json.loads(text)
        lock = None if found["lock"] is None else Lock(**found["lock"])
        return cls(url=found["url"], lock=lock, room=found["room"], message=found["message"])


class Fetching(Fetcher):
    """Brings pictures from Matrix to their jobs."""

    def __init__(
        self, router: Router, store: Store, media: Media, talk: Talk, answers: Answers, clock: Clock
    ) -> None:
        super().__init__(PLATFORM, router, store, answers.beside, clock)
        self._media = media
        self._talk = talk
        self._answers = answers

    async def take(self, said: Said, address: Address, reply: Reply | None = None) -> None:
        """Note the picture of a message, if it has one, and begin to fetch it. `reply` is what its words were
        answered with. When this returns it is stored. Raises `DispatchError`."""
        enclosed = enclosures.picture(said.event)
        if enclosed is None:
            return
        texts = await self._talk.texts(address)
        if refusal := await self._refusal(address, enclosed.check, texts):
            await self._tell(said, address, refusal)
            return
        job = await self._job(said, address, reply)
        if job is None:
            await self._tell(said, address, which_job(texts))
            return
        here = {"room": said.event.room_id, "message": said.message} if said.private else {}
        wanted = Wanted(
            receipt=f"{said.event.receipt}:picture",
            address=address,
            source=str(_Source(url=enclosed.url, lock=enclosed.lock, **here)),
            at=self._clock.now(),
            job_id=job,
        )
        await self._note(wanted)

    async def _job(self, said: Said, address: Address, reply: Reply | None) -> int | None:
        """What its words became; else what it replies to: a card, or the message that posted the job; else
        the job that was posted just before it, or the one that its sender has."""
        job = await self._meant(said, address, reply)
        return await self._router.album.in_hand(address) if job is None and said.private else job

    async def _meant(self, said: Said, address: Address, reply: Reply | None) -> int | None:
        if reply is not None:
            return job_of(reply)
        if said.about is not None:
            return said.about
        if answered := said.event.relation.answers:
            words = posting.nonce(address, nonce(answered))
            return await self._store.posted_by(address.committee_id, words)
        return await self._router.album.just_posted(address) if said.private else None

    async def _download(self, wanted: Wanted) -> bytes:
        source = _Source.read(wanted.source)
        try:
            return await self._media.fetch(source.url, source.lock, LARGEST)
        except DispatchError:
            raise
        except Exception as error:  # noqa: BLE001 - of the library or the network; its words hold the address
            _log.info("a picture could not be fetched (%s)", type(error).__name__)
            raise NotFetchedError from None

    async def _texts(self, wanted: Wanted) -> Texts:
        return await self._talk.texts(wanted.address)

    async def _told(self, wanted: Wanted, words: str) -> None:
        source = _Source.read(wanted.source)
        if source.room:
            await self._talk.answer(wanted.address, source.room, words, wanted.receipt, below=source.message)
        else:
            await self._talk.aside(wanted.address, words, wanted.receipt)

    async def _tell(self, said: Said, address: Address, words: str) -> None:
        name = f"{said.event.receipt}:picture"
        if said.private:
            await self._talk.answer(address, said.event.room_id, words, name, below=said.message)
        else:
            await self._talk.aside(address, words, name)
