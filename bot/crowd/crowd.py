"""The crowd of the demo: it joins by invitation, posts as staff do, and answers every card that it is sent.

It is a chat platform like any other, with people behind it who are not: everything it does goes through the
router, as a tap on Telegram does, and everything it is told comes through a gateway.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random
from typing import Protocol

from bot.crowd import rhythm
from bot.crowd.agenda import Agenda
from bot.crowd.habits import Dice
from bot.crowd.minds import ASKS, CALLS, REMINDS, Intent, Mind, Place, Stage
from dispatch.errors import DispatchError
from dispatch.events import NoticeKind
from dispatch.moments import HOUR, SECOND, Micros
from dispatch.people import Address, Committee, Person, Role, Roster
from dispatch.ports import Clock, Store
from handlers.gateways import Abilities, Delivery, Sent
from handlers.messages import Card, Incoming, MessageRef, Reply, Stranger
from workers import faults

log = logging.getLogger(__name__)

PLATFORM = "crowd"
"""In the addresses of simulated people."""

LOOK_FOR_S = 0.2
"""Between two looks for the committee, which is loaded when the first page can be opened."""

JOIN_S = 0.05
"""Between two who come in: forty within a few seconds, as after the notice with the QR code (R8)."""

CODE_FOR: Micros = 1 * HOUR
"""How long an invitation counts; it is opened at once."""

MOST_KNOWN = 20_000
"""Cards of which is remembered what was decided; the oldest are forgotten first."""

ABILITIES = Abilities(
    buttons=True,
    edits=True,
    private_cards=True,
    encryption=False,
    calls_by_name=False,
    copies_text=False,
    lasting=False,
)


class Router(Protocol):
    """What simulated people ask of the handlers (`handlers.router.Router`)."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a tap or a message."""

    async def meet(self, stranger: Stranger, text: str, phone: str = "", receipt: str = "") -> Reply:
        """Answer somebody who is not in yet."""


Code = Callable[[Person, Micros], str]
"""Makes an invitation for a person, good until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tap:
    """A simulated person is about to tap."""

    address: Address
    job_id: int
    intent: Intent


class Crowd:
    """Implements `handlers.gateways.Gateway`; `run` it until the program leaves.

    `spared` are the keys of people who are left to whoever watches. `seed` makes the same crowd again."""

    def __init__(
        self,
        router: Router,
        store: Store,
        clock: Clock,
        code: Code,
        *,
        speed: int,
        spared: Collection[str] = (),
        seed: int | None = None,
    ) -> None:
        self._router = router
        self._store = store
        self._clock = clock
        self._code = code
        self._speed = speed
        self._spared = frozenset(spared)
        self._random = Random(seed)  # noqa: S311 - a game of chance: nothing is kept secret by it
        self._dice = Dice(self._random)
        self._agenda: Agenda[_Tap] = Agenda()
        self._stages: dict[tuple[int, int], Stage] = {}
        self._roster: Roster | None = None
        self._members: dict[int, Person] = {}
        self._mind = Mind(self._dice, ())

    @property
    def abilities(self) -> Abilities:
        """What a simulated telephone can do: everything that a card needs."""
        return ABILITIES

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return PLATFORM

    def reaches(self, address: Address) -> bool:
        """Whoever has come in this time looks at their telephone."""
        return address.person_id in self._members

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Show the card to the simulated person; what they make of it is done later."""
        del ref
        self._read(address, card, kind)
        return Sent(delivery=Delivery.DELIVERED, ref=MessageRef(value=card.name))

    async def run(self) -> None:
        """Come in, then post and answer until cancelled."""
        committee = await self._committee()
        roster = await self._store.roster(committee.id)
        self._roster = roster
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tap_on())
            await self._join(roster)
            tasks.create_task(self._post_on(roster))

    async def _committee(self) -> Committee:
        while True:
            found = next((each for each in await self._store.committees() if each.demo), None)
            if found is not None:
                return found
            await asyncio.sleep(LOOK_FOR_S)

    async def _join(self, roster: Roster) -> None:
        """Leaders first, so that somebody posts and answers when the first volunteer is in."""
        people = [each for each in roster.people.values() if each.key not in self._spared]
        people.sort(key=lambda each: (Role.VOLUNTEER in each.roles, each.id))
        self._mind = Mind(self._dice, {each.id for each in people})
        for person in people:
            stranger = Stranger(
                platform=PLATFORM, value=person.key, name=person.name, language=person.language
            )
            code = self._code(person, self._clock.now() + CODE_FOR)
            address = await self._store.address(PLATFORM, person.key)
            if address is None:
                await self._router.meet(stranger, f"/start {code}")
            self._members[person.id] = person
            await asyncio.sleep(JOIN_S)

    async def _post_on(self, roster: Roster) -> None:
        """What staff type: first what the night has left, then as the day brings it."""
        began = asyncio.get_running_loop().time()
        posters = [each for each in self._members.values() if Role.STAFF in each.roles]
        doors = [building.name for building in roster.buildings.values()]
        number = 0
        while posters and doors:
            now = asyncio.get_running_loop().time() - began
            if number < len(rhythm.OPENING_S):
                wait = rhythm.OPENING_S[number] - now
            else:
                wait = self._dice.wait(rhythm.interval_s(now * self._speed)) / self._speed
            await asyncio.sleep(max(0.0, wait))
            door = f"{self._random.choice(doors)}{self._random.randint(1, 6)}0{self._random.randint(1, 4)}"
            await self._post(self._random.choice(posters), rhythm.message(self._random, [door]), number)
            number += 1

    async def _post(self, poster: Person, text: str, number: int) -> None:
        address = await self._store.address(PLATFORM, poster.key)
        if address is not None:
            nonce = f"crowd {self._clock.now() // SECOND} {number}"
            await self._quietly(Incoming(address=address, text=text, nonce=nonce))

    async def _tap_on(self) -> None:
        while True:
            key, tap = await self._agenda.next()
            reply = await self._quietly(
                Incoming(
                    address=tap.address,
                    verb=tap.intent.verb,
                    job_id=tap.job_id,
                    version=tap.intent.version,
                    choice=tap.intent.choice,
                )
            )
            if reply is not None and reply.card is not None and key not in self._agenda:
                self._read(tap.address, reply.card, NoticeKind.UPDATE)

    async def _quietly(self, incoming: Incoming) -> Reply | None:
        """A fault of one tap must not still the whole crowd."""
        try:
            return await self._router.handle(incoming)
        except (DispatchError, ValueError, LookupError) as error:
            faults.tell(log, error, "a simulated tap failed (job %d)", incoming.job_id or 0)
            return None

    def _read(self, address: Address, card: Card, kind: NoticeKind) -> None:
        person = self._members.get(address.person_id or 0)
        if person is None or not card.of_job:
            return
        key = (address.id, card.job_id)
        if card.closed:
            self._agenda.drop(key)
            self._stages.pop(key, None)
            return
        intent = self._decide(person, card, kind, key)
        if intent is not None:
            tap = _Tap(address=address, job_id=card.job_id, intent=intent)
            self._agenda.plan(key, tap, intent.after_s / self._speed)

    def _decide(self, person: Person, card: Card, kind: NoticeKind, key: tuple[int, int]) -> Intent | None:
        """One decision a stage of the work, and one each time that somebody is asked, called or reminded."""
        mind = self._mind
        stage = mind.stage(card)
        if stage is not None:
            if kind in REMINDS:
                return mind.reminded(card, stage)
            if self._stages.get(key) == stage and kind is not NoticeKind.RECHECK:
                return None
            self._remember(key, stage)
            return mind.at_work(card, stage, self._where(person, card))
        if kind in ASKS:
            return mind.asked(card)
        if kind in CALLS:
            return mind.called(card, kind, person)
        return None if key in self._agenda else mind.settled(card)

    def _remember(self, key: tuple[int, int], stage: Stage) -> None:
        self._stages.pop(key, None)
        self._stages[key] = stage
        if len(self._stages) > MOST_KNOWN:
            del self._stages[next(iter(self._stages))]

    def _where(self, person: Person, card: Card) -> Place:
        buildings = {} if self._roster is None else self._roster.buildings
        home = buildings.get(person.building_id) if person.building_id is not None else None
        return Place(None if home is None else home.point, card.place)
