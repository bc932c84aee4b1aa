"""Thanks for a job that was done, as whoever did it reads them: a message of its own, in their own chat or on
their own page, and never in a room.

The words are private: they stand in no notification and on no locked phone.
"""

from dispatch.claims import ClaimStatus
from dispatch.errors import UnknownJobError
from dispatch.events import Entry, EventKind
from dispatch.moments import Micros
from dispatch.people import Address, Person
from dispatch.service import Service
from handlers import facts, told
from handlers.cards import NORMAL_RANK, at_night
from handlers.messages import Card, Fact, Tone
from handlers.scene import Scene
from handlers.texts import Catalogs

BY_FAMILY = -1
"""Of the log's entry nobody is the author: they are nobody of the committee."""


class Thanked:
    """Answers those who did a job, and nobody else."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs

    async def card(self, address: Address, job_id: int, at: Micros, number: int) -> Card:
        """The thanks that were given last by that moment, for whoever reads this address, as the message of
        this number. Without a sound while most people sleep: they can wait for the morning.

        Raises `UnknownPersonError`, and `UnknownJobError` for somebody who did not do it."""
        reader = await self._service.person(address)
        view = await self._service.view(reader.committee_id, job_id, reader)
        entries = await self._service.store.timeline(reader.committee_id, job_id)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        scene, given = Scene(view, texts, now), _newest(entries, reader, at)
        if given is None or not _did(scene, reader):
            raise UnknownJobError(job=job_id)
        say = texts.say
        return Card(
            job_id=0,
            version=1,
            tone=Tone.DONE,
            title=say("Thank you · {job}", job=facts.title(scene)),
            badge="",
            state=told.thanks(scene, given.actor_id or BY_FAMILY),
            facts=(Fact(label=say("In their words"), value=given.note, private=True),) if given.note else (),
            rank=NORMAL_RANK,
            silent=at_night(scene.roster.committee, now),
            closed=True,
            thanks=number,
        )


def _newest(entries: tuple[Entry, ...], reader: Person, at: Micros) -> Entry | None:
    """What the reader is told: nobody is thanked by themselves."""
    given = (each for each in entries if each.kind is EventKind.THANKED and each.actor_id != reader.id)
    return max((each for each in given if each.at <= at), key=lambda each: each.version, default=None)


def _did(scene: Scene, reader: Person) -> bool:
    mine = (claim for claim in scene.situation.claims if claim.person_id == reader.id)
    return any(claim.status is ClaimStatus.DONE for claim in mine)
