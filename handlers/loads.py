"""The load for whoever may see it: a page, a message with a chart, the morning's digest, and one's own week.

Nothing is changed by any of it. It goes to people's own pages and chats, never into a room.
"""

import asyncio

from dispatch import access, fairness
from dispatch.fairness import Load
from dispatch.moments import SECOND
from dispatch.people import Address, Person, Roster
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import load_words
from handlers.cards import NORMAL_RANK
from handlers.charts import Draw
from handlers.messages import Card, Reply, Shown, Tone
from handlers.sheets import LoadSheet
from handlers.texts import FALLBACK, Catalogs, Texts

PNG = "image/png"


class Loads:
    """Answers those whom the access table lets see it; for others it raises `NotAllowedError`. Without `draw`
    there are words and no picture."""

    def __init__(self, service: Service, catalogs: Catalogs, draw: Draw | None = None) -> None:
        self._service = service
        self._catalogs = catalogs
        self._draw = draw

    async def sheet(self, address: Address) -> LoadSheet:
        """The page. Raises `NotAllowedError` and `UnknownPersonError`."""
        reader = await self._service.person(address)
        load, roster = await self._of(reader)
        desk = access.allows(Verb.SEE_DESK, reader, reader.committee_id)
        return load_words.sheet(load, roster, self._catalogs.texts(reader.language), desk=desk)

    async def told(self, reader: Person, texts: Texts) -> Reply:
        """The same as a message, with a chart. Raises `NotAllowedError`."""
        load, roster = await self._of(reader)
        text = load_words.message(load, roster, texts)
        # Asked for again it is another picture: figures change.
        return Reply(text=text, picture=await self._shown(load, roster, texts, claim=load.now // SECOND))

    async def card(self, address: Address, number: int) -> Card:
        """The digest of this number for whoever reads this address. Raises as `sheet`."""
        reader = await self._service.person(address)
        load, roster = await self._of(reader)
        texts = self._catalogs.texts(reader.language)
        say = texts.say
        return Card(
            job_id=0,
            version=1,
            tone=Tone.NORMAL,
            title=load_words.title(load, roster, texts),
            badge="",
            state=say("Good morning. These are the figures of the last 24 hours and of the last 7 days."),
            notes=(
                "\n".join([say("The last 24 hours"), *_bullets(load_words.day(load, roster, texts))]),
                "\n".join([say("The last 7 days"), *_bullets(load_words.week(load, roster, texts))]),
            ),
            rank=NORMAL_RANK,
            silent=True,
            digest=number,
        )

    async def picture(self, address: Address, number: int) -> Shown | None:
        """The chart that goes with that digest. Raises as `sheet`."""
        reader = await self._service.person(address)
        load, roster = await self._of(reader)
        return await self._shown(load, roster, self._catalogs.texts(reader.language), number=number)

    async def _of(self, reader: Person) -> tuple[Load, Roster]:
        access.check(Verb.SEE_LOAD, reader, reader.committee_id)
        return await figures(self._service, reader.committee_id)

    async def _shown(
        self, load: Load, roster: Roster, texts: Texts, *, number: int = 0, claim: int = 0
    ) -> Shown | None:
        chart = load_words.chart(load, roster, texts, self._catalogs.texts(FALLBACK))
        if self._draw is None or not chart.rows:
            return None
        drawn = await asyncio.to_thread(self._draw, chart)
        return Shown(
            job_id=0,
            number=number,
            claim=claim,
            data=drawn.data,
            width=drawn.width,
            height=drawn.height,
            title=load_words.title(load, roster, texts),
            kind=PNG,
            silent=True,
        )


async def own(service: Service, reader: Person, texts: Texts) -> str:
    """For how many jobs the reader was asked themselves, in one sentence; empty for those whom no wave
    asks."""
    if not reader.may_be_asked:
        return ""
    since = service.clock.now() - fairness.WEEK
    offers, jobs = await service.store.own_load(reader.committee_id, reader.id, since)
    return load_words.own(offers, jobs, texts)


async def figures(service: Service, committee_id: int) -> tuple[Load, Roster]:
    """A committee's load as it is now. The caller has asked the access table."""
    now = service.clock.now()
    roster = await service.roster(committee_id)
    tally = await service.store.tally(committee_id, now - fairness.WEEK, now - fairness.DAY)
    return fairness.load(tally, roster, now), roster


def _bullets(lines: tuple[str, ...]) -> list[str]:
    return [f"· {line}" for line in lines]
