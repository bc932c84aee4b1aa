"""The brief in words: how a committee stands, for whoever takes it over; as a sheet and as a message.

Nobody's free words stand in it. Names, doors and phones of residents are on the sheet of those who may see
them, and never in a message, which stays in a chat for good.
"""

from collections.abc import Iterable, Sequence

from dispatch import access, duty
from dispatch.briefing import Briefing, Briefings, Day
from dispatch.jobs import Priority
from dispatch.moments import Micros
from dispatch.pauses import UNTIL_SAID
from dispatch.people import Address, Person, Roster, Rung
from dispatch.reach import Unreached
from dispatch.refilling import Refilling
from dispatch.residents import Resident
from dispatch.service import Service
from dispatch.situation import Situation
from dispatch.verbs import Verb
from dispatch.views import JobView, Relation
from handlers import care as caring
from handlers import facts, ladder, statuses, supplies, unreached
from handlers.care import Care
from handlers.messages import Reply, Tone
from handlers.scene import Scene
from handlers.sentences import CALLED, PRIORITIES
from handlers.sheets import AtRisk, Brief, CareTurn, DutyLine, Standing
from handlers.texts import Catalogs, Texts

MOST_SILENT = 8
"""Leaders who did not answer: more than any ladder has."""

MOST_CALLS = 4
"""Of one leader's calls; how many more there were says enough."""

MOST_NAMES = 12
"""Names in one line."""

MOST_IN_CHAT = 20
"""Open jobs in a message: two screens of a phone. The page shows all of them."""

_TONES = {Priority.LIFE: Tone.LIFE, Priority.URGENT: Tone.URGENT, Priority.NORMAL: Tone.NORMAL}


class Briefs:
    """Answers those whom the access table lets read it; for others it raises `NotAllowedError`."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._briefings = Briefings(service.store, service.clock)
        self._care = Care(service, catalogs)
        self._refilling = Refilling(service)

    async def sheet(self, address: Address) -> Brief:
        """The page. Raises `NotAllowedError` and `UnknownPersonError`."""
        reader = await self._service.person(address)
        found, texts = await self._briefings.of(reader), self._catalogs.texts(reader.language)
        care = await self._care.today(reader.committee_id, texts, named=found.residents is not None)
        return brief(found, texts, care, await self._medicine(reader, texts))

    async def told(self, reader: Person, texts: Texts) -> Reply:
        """The same as a message. Raises `NotAllowedError`."""
        found = await self._briefings.of(reader, residents=False)
        lists = access.allows(Verb.SEE_RESIDENTS, reader, reader.committee_id)
        care = await self._care.today(reader.committee_id, texts, named=False)
        shown = brief(found, texts, care, await self._medicine(reader, texts))
        return Reply(text=message(shown, texts, lists=lists))

    async def _medicine(self, reader: Person, texts: Texts) -> str:
        """How many medicines run out; nobody's name."""
        count, days = await self._refilling.loud(reader.committee_id)
        return supplies.counting(count, days, texts) if count else ""


def brief(found: Briefing, texts: Texts, care: tuple[CareTurn, ...] = (), medicine: str = "") -> Brief:
    """What the sheet says; `care` is what is due today, `medicine` how much of it runs out."""
    roster, now = found.roster, found.now
    zone = roster.committee.timezone
    count, concerned = found.at_risk, statuses.concerned(roster, now)
    at_risk = texts.ngettext("{count} resident at risk", "{count} residents at risk", count)
    return Brief(
        committee=roster.committee.name,
        made=f"{texts.day(now, zone)} {texts.clock(now, zone)}",
        desk=found.desk,
        duty=(
            *_duty(roster, texts, now),
            *_acting(roster, texts, now),
            *_rungs(roster, texts),
            *_out(roster, texts, now),
        ),
        jobs=tuple(_standing(each, texts, now) for each in found.jobs),
        day=_day(found.day, texts),
        silent=_silent(found, texts),
        unreached=_unreached(found.unreached, roster, texts),
        at_risk=at_risk.format(count=count) if count else "",
        care=care,
        medicine=medicine,
        residents=None
        if found.residents is None
        else tuple(_at_risk(each, roster) for each in found.residents),
        buildings=tuple(statuses.quarter(each, roster, texts, now) for each in concerned),
        others=texts.say("All others are open.") if concerned else texts.say("All buildings are open."),
    )


def message(shown: Brief, texts: Texts, *, lists: bool = False) -> str:
    """The sheet as a message, a blank line between its parts. `lists`: who is at risk stands on the reader's
    page."""
    say = texts.say
    head = [f"📋 {shown.committee} · {shown.made}", *(f"{each.when}: {each.who}" for each in shown.duty)]
    jobs = [say("No job is open.")]
    if shown.jobs:
        jobs = [say("Open jobs ({count})", count=len(shown.jobs)), *_listed(shown.jobs, texts)]
    stand = [f"{each.sign} {each.name}: {each.said}" for each in shown.buildings[:MOST_IN_CHAT]]
    parts = [head, [say("Buildings"), *stand, shown.others], jobs]
    if shown.care:
        due = say("Care due today ({count})", count=len(shown.care))
        parts.append([due, *caring.told(shown.care, texts)])
    if shown.medicine:
        parts.append([f"💊 {shown.medicine}"])
    parts.append([say("The last 24 hours"), *_bullets(shown.day)])
    if shown.silent:
        parts.append([say("Who did not answer"), *_bullets(shown.silent)])
    if shown.unreached:
        parts.append([say("Who cannot be reached"), *_bullets(shown.unreached)])
    if shown.at_risk:
        where = say("Who they are stands on your page, under Brief.") if lists else ""
        parts.append([shown.at_risk, where] if where else [shown.at_risk])
    return "\n\n".join("\n".join(part) for part in parts)


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"· {line}" for line in lines]


def _listed(jobs: Sequence[Standing], texts: Texts) -> list[str]:
    lines = [f"#{each.job_id} {each.title} · {each.age} · {each.said}" for each in jobs[:MOST_IN_CHAT]]
    if len(jobs) > MOST_IN_CHAT:
        lines.append(texts.say("And {count} more.", count=len(jobs) - MOST_IN_CHAT))
    return lines


def _duty(roster: Roster, texts: Texts, now: Micros) -> list[DutyLine]:
    """Who has it, and who comes then and when."""
    pieces = duty.held(roster, now, now + duty.AHEAD)
    current = pieces[0]
    following = next((each for each in pieces if each.person_id != current.person_id), None)
    nobody = current.person_id is None
    who = texts.say("Nobody is on duty!") if nobody else _name(current.person_id, roster, texts)
    lines = [DutyLine(when=texts.say("On duty"), who=who, now=True)]
    if following is not None:
        name, when = _name(following.person_id, roster, texts), _when(following.starts_at, roster, texts)
        lines.append(
            DutyLine(when=texts.say("Next"), who=texts.say("{who}, from {when}", who=name, when=when))
        )
    return lines


def _acting(roster: Roster, texts: Texts, now: Micros) -> list[DutyLine]:
    """Who acts as a secretary, and until when."""
    said = []
    for each in (one for one in roster.acting if one.acts(now)):
        until = _when(each.acting_until or now, roster, texts)
        said.append(texts.say("{who} (until {until})", who=each.name, until=until))
    return [DutyLine(when=texts.say("Acting secretary"), who=texts.names(said))] if said else []


def _rungs(roster: Roster, texts: Texts) -> list[DutyLine]:
    """Who is called after that, a line a rung."""
    lines = []
    for rung in Rung:
        people = [each for each in roster.ladder.rungs.get(rung, ()) if each in roster.people]
        if rung is not Rung.DUTY and people:
            who = texts.names(roster.people[each].name for each in people)
            lines.append(DutyLine(when=texts.gettext(CALLED[rung]), who=who))
    return lines


def _out(roster: Roster, texts: Texts, now: Micros) -> list[DutyLine]:
    """Who is not there, and until when."""
    out = [each for each in roster.people.values() if each.out(now)]
    said = [_away(each, roster, texts) for each in sorted(out, key=lambda each: (each.name, each.id))]
    return [DutyLine(when=texts.say("Out"), who=texts.names(said))] if said else []


def _away(person: Person, roster: Roster, texts: Texts) -> str:
    until = person.out_until or 0
    if until >= UNTIL_SAID:
        return person.name
    return texts.say("{who} (until {until})", who=person.name, until=_when(until, roster, texts))


def _standing(situation: Situation, texts: Texts, now: Micros) -> Standing:
    # Nobody's card: what somebody in particular is asked stands on theirs.
    view = JobView(situation=situation, reader=None, relation=Relation.DESK, desk=True)
    scene, job = Scene(view, texts, now), situation.job
    return Standing(
        job_id=job.id,
        title=facts.title(scene),
        badge=texts.gettext(PRIORITIES[job.priority]),
        tone=Tone.ALARM if scene.exhausted or scene.trouble else _TONES[job.priority],
        age=scene.waited,
        said=ladder.standing(scene),
    )


def _day(day: Day, texts: Texts) -> tuple[str, ...]:
    counted = (
        (texts.ngettext("{count} job posted", "{count} jobs posted", day.posted), day.posted),
        (texts.ngettext("{count} done", "{count} done", day.done), day.done),
        (texts.ngettext("{count} cancelled", "{count} cancelled", day.cancelled), day.cancelled),
        (
            texts.ngettext("leaders called {count} time", "leaders called {count} times", day.called),
            day.called,
        ),
    )
    lines = [said.format(count=count) for said, count in counted]
    if day.exhausted:
        said = texts.ngettext(
            "{count} job without an answer", "{count} jobs without an answer", day.exhausted
        )
        lines.append(said.format(count=day.exhausted))
    if day.waits:
        half = texts.duration(day.waits[(len(day.waits) - 1) // 2])
        longest = texts.duration(day.waits[-1])
        lines.append(
            texts.say(
                "half were taken within {half}, the last one after {longest}", half=half, longest=longest
            )
        )
    return tuple(lines)


def _silent(found: Briefing, texts: Texts) -> tuple[str, ...]:
    """Leaders a line each, then volunteers in one."""
    roster, lines = found.roster, []
    for each in found.silent[:MOST_SILENT]:
        calls = [
            f"#{job} {texts.clock(at, roster.committee.timezone)}" for job, at in each.calls[-MOST_CALLS:]
        ]
        more = len(each.calls) - len(calls)
        said = texts.listed(calls)
        if more:
            said = texts.say("{calls} and {count} before", calls=said, count=more)
        lines.append(f"{_name(each.person_id, roster, texts)}: {said}")
    if found.unanswered:
        names = [
            f"{_name(who, roster, texts)}{f' ×{times}' if times > 1 else ''}"
            for who, times in found.unanswered
        ]
        lines.append(texts.say("Volunteers: {names}", names=_names(names, texts)))
    return tuple(lines)


def _unreached(found: Sequence[Unreached], roster: Roster, texts: Texts) -> tuple[str, ...]:
    """A line a reason, with everybody whom it concerns."""
    by_reason: dict[str, list[str]] = {}
    for each in found:
        name = (
            texts.gettext(unreached.ROOMS[each.audience])
            if each.person_id is None
            else _name(each.person_id, roster, texts)
        )
        by_reason.setdefault(unreached.reason(each, texts), []).append(name)
    return tuple(f"{reason}: {_names(names, texts)}" for reason, names in by_reason.items())


def _names(names: Sequence[str], texts: Texts) -> str:
    if len(names) <= MOST_NAMES:
        return texts.names(names)
    listed = texts.listed(names[:MOST_NAMES])
    return texts.say("{names} and {count} more", names=listed, count=len(names) - MOST_NAMES)


def _at_risk(resident: Resident, roster: Roster) -> AtRisk:
    building = roster.buildings.get(resident.building_id or 0)
    door = " ".join(part for part in (building.name if building is not None else "", resident.unit) if part)
    return AtRisk(name=resident.name, door=door, phone=resident.phone)


def _when(at: Micros, roster: Roster, texts: Texts) -> str:
    zone = roster.committee.timezone
    return f"{texts.day(at, zone)} {texts.clock(at, zone)}"


def _name(person_id: int | None, roster: Roster, texts: Texts) -> str:
    if person_id is None:
        return texts.say("nobody")
    person = roster.people.get(person_id)
    return texts.say("somebody who has left") if person is None else person.name
