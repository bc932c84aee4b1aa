"""The synthetic job: once an hour one goes round the whole loop, posted, asked, claimed, done, through the
real queue and the real store, to a volunteer who is none.

A loop that does not close in time is a fault that no single part notices. Nobody is told of the job itself:
it lives in a committee of its own (`workers.watch.place`), which no list of committees holds.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from dispatch.errors import DispatchError, UnknownPersonError
from dispatch.events import NoticeKind
from dispatch.jobs import Draft, JobStatus, Priority
from dispatch.moments import SECOND
from dispatch.people import Address, Person
from dispatch.ports import Distances
from dispatch.service import Service
from dispatch.verbs import Command, Verb
from handlers.gateways import Abilities, Delivery, Sent
from handlers.messages import Card, MessageRef
from workers import faults
from workers.beside import Beside
from workers.figures import Figures
from workers.watch import place
from workers.watch.health import Health, Wrong

log = logging.getLogger(__name__)

FIRST_S = 120.0
"""Seconds after the start until the first one: a deploy that broke the loop is known within two minutes, and
what was overdue at the start has gone first."""

LOOK_S = 20.0
"""Seconds between two looks whether one is due: a machine that slept, or whose clock was put right, is no
later than that."""

WITHIN_S = 60.0
"""Seconds for the whole loop: its wave comes after one, the sweep would make up for a lost bell in two each
way; a minute is what an urgent job may cost at most before somebody should know."""

AGAIN_S = 300.0
"""Seconds until the next try after a miss: heartbeats are held back until one goes round."""

POLL_S = 0.2
"""Seconds between two looks whether it has closed."""

ABILITIES = Abilities(
    buttons=True,
    edits=True,
    private_cards=True,
    encryption=False,
    calls_by_name=False,
    copies_text=False,
    lasting=False,
)


class Volunteer:
    """Implements `handlers.gateways.Gateway`: whatever asks the synthetic volunteer is answered by taking the
    job and finishing it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._beside = Beside("the synthetic volunteer did not answer")

    @property
    def abilities(self) -> Abilities:
        """Of no importance."""
        return ABILITIES

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return place.PLATFORM

    def reaches(self, address: Address) -> bool:
        """Always there, at the one address there is."""
        return address.value == place.VOLUNTEER

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """See `Gateway.send`. It answers afterwards, as people do."""
        del ref
        if kind is NoticeKind.ASK and not card.closed:
            self._beside.begin(self._take(address, card.job_id))
        return Sent(delivery=Delivery.DELIVERED, ref=MessageRef(value=str(card.job_id)))

    async def _take(self, address: Address, job_id: int) -> None:
        person = await self._service.person(address)
        for verb in (Verb.CLAIM, Verb.FINISH):
            await self._service.act(person, job_id, Command(verb=verb, actor=person.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One every so many seconds, and how long it may take. `steady` counts seconds and is never set."""

    every_s: float
    steady: Callable[[], float]
    within_s: float = WITHIN_S


class Synthetic:
    """Posts the job when it is due and waits for its end. Several processes may: it is one job an hour."""

    def __init__(
        self, service: Service, distances: Distances, health: Health, figures: Figures, schedule: Schedule
    ) -> None:
        # Its own: no page and no message knows this kind of job.
        kinds = {place.KIND: place.playbook()}
        self._service = Service(service.store, service.bell, service.clock, distances, kinds)
        self.volunteer = Volunteer(self._service)
        self._health = health
        self._figures = figures
        self._schedule = schedule
        self._tried: tuple[int, int] = (-1, 0)
        self._again_at = 0.0

    async def forever(self) -> None:
        """From two minutes after the start until cancelled."""
        await self._service.clock.sleep(FIRST_S)
        while True:
            if self._due():
                await self.once()
            await self._service.clock.sleep(LOOK_S)

    async def once(self) -> bool:
        """One loop. Returns whether it closed in time; a miss is said loudly and keeps heartbeats back."""
        began = self._schedule.steady()
        try:
            missed = await self._go_round()
        except DispatchError as error:
            missed = f"it could not be made ({error.key})"
        except Exception as error:  # noqa: BLE001 - it is told without its text
            faults.tell(log, error, "the synthetic job could not be made (%d)", 1)
            missed = "it could not be made, by a fault of ours"
        seconds = self._schedule.steady() - began
        self._health.set(Wrong.SYNTHETIC, holds=bool(missed))
        self._figures.synthetic(None if missed else seconds)
        if missed:
            log.error("the synthetic job was missed: %s", missed)
            self._again_at = self._schedule.steady() + AGAIN_S
        else:
            log.info("a synthetic job went round in %.1f s", seconds)
            self._again_at = 0.0
        return not missed

    def _due(self) -> bool:
        """The hour's has not been tried here, or was missed a while ago."""
        if self._again_at:
            return self._schedule.steady() >= self._again_at
        return self._slot() != self._tried[0]

    def _slot(self) -> int:
        return self._service.clock.now() // round(self._schedule.every_s * SECOND)

    async def _go_round(self) -> str:
        """What went wrong; empty where nothing did."""
        address = await self._address()
        desk = await self._service.store.person(address.committee_id, place.DESK)
        await self._clear(desk)
        slot = self._slot()
        tries = self._tried[1] + 1 if self._tried[0] == slot else 0
        self._tried = (slot, tries)
        draft = Draft(
            committee_id=desk.committee_id,
            kind=place.KIND,
            priority=Priority.URGENT,
            text="",
            nonce=f"{slot} {tries}",
        )
        view = await self._service.post(desk, draft)
        job_id = view.situation.job.id
        return "" if await self._closes(desk, job_id) else await self._stuck_at(desk, job_id)

    async def _address(self) -> Address:
        """The volunteer's; the committee is made where there is none yet."""
        store = self._service.store
        found = await store.address(place.PLATFORM, place.VOLUNTEER)
        if found is None:
            await store.load(place.register(), prune=False, demo=False)
            found = await store.address(place.PLATFORM, place.VOLUNTEER)
        if found is None:
            raise UnknownPersonError
        return found

    async def _closes(self, desk: Person, job_id: int) -> bool:
        end = self._schedule.steady() + self._schedule.within_s
        while await self._open(desk, job_id):
            if self._schedule.steady() >= end:
                return False
            await self._service.clock.sleep(POLL_S)
        return True

    async def _open(self, desk: Person, job_id: int) -> bool:
        situation = await self._service.store.situation(desk.committee_id, job_id)
        return situation.job.status is not JobStatus.CLOSED

    async def _stuck_at(self, desk: Person, job_id: int) -> str:
        """The last thing that happened to it, which is where to look."""
        timeline = await self._service.store.timeline(desk.committee_id, job_id)
        last = timeline[-1].kind if timeline else "nothing"
        await self._cancel(desk, job_id)
        return f"job {job_id} came as far as {last} in {self._schedule.within_s:.0f} s"

    async def _clear(self, desk: Person) -> None:
        """Give up what an earlier program left open: it was ended before the job's end."""
        before = self._service.clock.now() - round(self._schedule.within_s * SECOND)
        for job in await self._service.store.open_jobs(desk.committee_id):
            if job.posted_at < before:
                await self._cancel(desk, job.id)

    async def _cancel(self, desk: Person, job_id: int) -> None:
        await self._service.act(desk, job_id, Command(verb=Verb.CANCEL, actor=desk.id))
