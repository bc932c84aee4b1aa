"""Care plans, told and answered: what is due today, what somebody usually does, and that they cannot come.

Whose door it is stands on pages of those who may see residents, and in no message, which stays in a chat for
good.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from dispatch import access
from dispatch.care import NOBODY, Plan
from dispatch.care_pictures import MOST as MOST_PICTURES
from dispatch.depicting import Depicting
from dispatch.errors import MalformedError
from dispatch.jobs import JobStatus
from dispatch.people import Address, Person, Roster
from dispatch.service import Service
from dispatch.tending import Excused, State, Tending, TurnState
from dispatch.verbs import Verb
from handlers import doors, turns
from handlers.messages import Choice, Reply, Tone
from handlers.sheets import CareLine, CareSheet, CareTurn
from handlers.texts import Catalogs, Texts, mark

MOST_IN_CHAT = 20
"""Turns or plans in a message: two screens of a phone."""

SAID = {
    State.AHEAD: mark("not open yet"),
    State.OPEN: mark("open: nobody has it yet"),
    State.TAKEN: mark("somebody has it"),
    State.DONE: mark("done"),
    State.MISSED: mark("not done in time!"),
    State.CANCELLED: mark("cancelled"),
    State.HANDED_OVER: mark("handed over to another committee"),
}
_TONES = {
    State.AHEAD: Tone.NORMAL,
    State.OPEN: Tone.URGENT,
    State.TAKEN: Tone.MINE,
    State.DONE: Tone.DONE,
    State.MISSED: Tone.LIFE,
    State.CANCELLED: Tone.DONE,
    State.HANDED_OVER: Tone.DONE,
}


class Care:
    """Answers carers, and the desk."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._tending = Tending(service)
        self._depicting = Depicting(service)

    async def sheet(self, address: Address) -> CareSheet:
        """The page. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts, committee = self._catalogs.texts(reader.language), reader.committee_id
        roster = await self._service.roster(committee)
        plans = await self._tending.plans(reader)
        named = access.allows(Verb.SEE_RESIDENTS, reader, committee)
        today = await self._tending.today(committee, plans)
        pictured = await self._depicting.all(reader)
        edits = access.allows(Verb.EDIT_REGISTER, reader, committee)
        lines = [self._line(plan, reader, roster, texts, named=named) for plan in plans]
        return CareSheet(
            desk=reader.desk,
            edits=edits,
            turns=self.turns(today, roster, texts, named=named),
            plans=tuple(
                _depicted(line, plan, pictured.get(plan.id, ()), edits=edits)
                for line, plan in zip(lines, plans, strict=True)
            ),
        )

    async def today(self, committee_id: int, texts: Texts, *, named: bool) -> tuple[CareTurn, ...]:
        """What is due today. The caller has asked the access table; `named`: with whose door it is."""
        found = await self._tending.today(committee_id)
        roster = await self._service.roster(committee_id) if found else None
        return () if roster is None else self.turns(found, roster, texts, named=named)

    def turns(
        self, found: Sequence[TurnState], roster: Roster, texts: Texts, *, named: bool
    ) -> tuple[CareTurn, ...]:
        """Turns in words."""
        return tuple(self._turn(each, roster, texts, named=named) for each in found)

    async def asked(self, actor: Person, _rest: str, texts: Texts) -> Reply:
        """What follows `/care`: what the actor usually does; for those who follow every job what is due."""
        roster, plans = await self._service.roster(actor.committee_id), await self._tending.plans(actor)
        mine = [plan for plan in plans if actor.id in plan.carers]
        lines = [self._told(plan, roster, texts) for plan in mine[:MOST_IN_CHAT]]
        if lines:
            how = texts.say("If you cannot come next time: /cantcome {number}", number=mine[0].id)
            lines = [texts.say("You usually do this:"), *lines, how]
        if access.allows(Verb.SEE_BRIEF, actor, actor.committee_id):
            lines = [*lines, *await self._due(actor, roster, texts)]
        return Reply(text="\n".join(lines or [texts.say("There is no care plan in which you are named.")]))

    async def absent(self, actor: Person, number: int | None, texts: Texts) -> Reply:
        """What follows `/cantcome`, with a plan's number or without. Raises `UnknownPlanError` and
        `NotAllowedError`."""
        plans = await self._tending.plans(actor)
        mine = [plan for plan in plans if actor.id in plan.carers]
        if number is None and len(mine) != 1:
            return await self._which(actor, mine, texts)
        plan_id = mine[0].id if number is None else number
        own = any(plan.id == plan_id for plan in mine)
        return await self._excused(actor, plan_id, None if own else NOBODY, texts)

    async def excuse(self, address: Address, plan_id: int, choice: str) -> Reply:
        """The same as a form says it: the number of whoever cannot come. Raises `DispatchError`."""
        actor = await self._service.person(address)
        if not (choice.isascii() and choice.isdigit()) or len(choice) > 9:
            raise MalformedError
        return await self._excused(actor, plan_id, int(choice), self._catalogs.texts(actor.language))

    async def _excused(self, actor: Person, plan_id: int, who: int | None, texts: Texts) -> Reply:
        done = await self._tending.cannot_come(actor, plan_id, who)
        roster = await self._service.roster(actor.committee_id)
        return Reply(text=_answer(done, roster, texts, self._service.clock.now()), ok=not done.before)

    async def _which(self, actor: Person, mine: Sequence[Plan], texts: Texts) -> Reply:
        if not mine:
            return Reply(text=texts.say("There is no care plan in which you are named."), ok=False)
        roster = await self._service.roster(actor.committee_id)
        lines = [self._told(plan, roster, texts) for plan in mine[:MOST_IN_CHAT]]
        which = texts.say(
            "Which one? Nothing was changed. Write like this: /cantcome {number}", number=mine[0].id
        )
        return Reply(text="\n".join([which, *lines]), ok=False)

    async def _due(self, actor: Person, roster: Roster, texts: Texts) -> list[str]:
        found = self.turns(await self._tending.today(actor.committee_id), roster, texts, named=False)
        if not found:
            return [texts.say("No care is due today.")]
        return [texts.say("Care due today ({count})", count=len(found)), *told(found, texts)]

    def _told(self, plan: Plan, roster: Roster, texts: Texts) -> str:
        following = self._following(plan, roster, texts)
        return f"{plan.id}. {self._title(plan, roster, texts)} · {_days(plan, texts)} · {following}"

    def _line(self, plan: Plan, reader: Person, roster: Roster, texts: Texts, *, named: bool) -> CareLine:
        people = [who for who in plan.carers if who in roster.people]
        if access.allows(Verb.CANT_COME, reader, reader.committee_id):
            excuses = [Choice(value=str(who), label=roster.people[who].name) for who in people]
            excuses.append(Choice(value=str(NOBODY), label=texts.say("nobody can come")))
        else:
            excuses = [Choice(value=str(reader.id), label=reader.name)]
        return CareLine(
            plan_id=plan.id,
            title=self._title(plan, roster, texts),
            who=_who(plan, texts, named=named),
            days=_days(plan, texts),
            usual=texts.names(roster.people[who].name for who in people),
            following=self._following(plan, roster, texts),
            excuses=tuple(excuses),
        )

    def _turn(self, each: TurnState, roster: Roster, texts: Texts, *, named: bool) -> CareTurn:
        now, zone = self._service.clock.now(), roster.committee.timezone
        said = texts.gettext(SAID[each.state])
        if each.state is State.AHEAD:
            names = [roster.people[who].name for who in each.excused if who in roster.people]
            said = turns.absent(each.excused, names, texts) or said
        job = each.job
        if job is not None and job.round is not None:
            said = f"{said} · {doors.progress(job.round, texts)}"
        closed = job is not None and job.status is JobStatus.CLOSED
        return CareTurn(
            when=turns.moment(each.at, now, zone, texts),
            title=self._title(each.plan, roster, texts),
            who=_who(each.plan, texts, named=named),
            tone=_TONES[each.state],
            said=said,
            job_id=0 if job is None or closed else job.id,
        )

    def _title(self, plan: Plan, roster: Roster, texts: Texts) -> str:
        """The kind and the building, as everybody may know them."""
        playbook = self._service.playbooks.get(plan.kind)
        kind = plan.kind if playbook is None else f"{playbook.icon} {texts.pick(playbook.title)}"
        at = None if plan.resident is None else roster.buildings.get(plan.resident.building_id or 0)
        names = [] if at is None else [at.name]
        if plan.scope is not None:
            known = (roster.building_by_key.get(key) for key in plan.scope.buildings)
            names = [each.name for each in known if each is not None]
        return f"{kind} · {texts.names(names)}" if names else kind

    def _following(self, plan: Plan, roster: Roster, texts: Texts) -> str:
        at = self._tending.next_turn(plan, roster)
        if at is None:
            return texts.say("no turn ahead")
        when = turns.moment(at, self._service.clock.now(), roster.committee.timezone, texts)
        return texts.say("next: {when}", when=when)


def _depicted(line: CareLine, plan: Plan, names: tuple[str, ...], *, edits: bool) -> CareLine:
    """With the pictures of its device; a round is about none."""
    takes = edits and plan.resident is not None and len(names) < MOST_PICTURES
    return replace(line, pictures=names, takes_pictures=takes)


def told(found: Sequence[CareTurn], texts: Texts) -> list[str]:
    """Turns as lines of a message."""
    lines = [f"· {each.when} {each.title}: {each.said}{_number(each)}" for each in found[:MOST_IN_CHAT]]
    if len(found) > MOST_IN_CHAT:
        lines.append(texts.say("And {count} more.", count=len(found) - MOST_IN_CHAT))
    return lines


def _number(turn: CareTurn) -> str:
    return f" #{turn.job_id}" if turn.job_id else ""


def _who(plan: Plan, texts: Texts, *, named: bool) -> str:
    """Whom it is for: a resident and their door, or what a round goes by."""
    if plan.scope is not None:
        alone = texts.say("who live alone") if plan.scope.alone else ""
        relay = texts.say("told by relay households") if plan.scope.relay else ""
        return " · ".join(part for part in (alone, relay) if part)
    return f"{plan.resident.name} {plan.resident.unit}".strip() if named and plan.resident else ""


def _days(plan: Plan, texts: Texts) -> str:
    """When it is usually done."""
    hours = texts.names(map(_hour, plan.times))
    if plan.rule == "FREQ=DAILY":
        return texts.say("every day at {hours}", hours=hours)
    return texts.say("on certain days at {hours}", hours=hours)


def _hour(at: time) -> str:
    return at.strftime("%H:%M")


def _answer(done: Excused, roster: Roster, texts: Texts, now: int) -> str:
    when = turns.moment(done.at, now, roster.committee.timezone, texts)
    if done.job_id is None:
        return texts.say("Noted for {when}. It is opened a day before, and others are asked then.", when=when)
    if done.before:
        return texts.say("That was said before: {when} is job #{job}.", when=when, job=done.job_id)
    return texts.say("Thank you for saying so. {when} is open as job #{job}; others are asked.", when=when,
                     job=done.job_id)  # fmt: skip
