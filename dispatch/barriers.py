"""Why somebody is not asked for a job: the rules by which people are left out, each with its name.

Asking leaves out whoever has one; the desk reads the same rules as reasons, so that what is said of somebody
is why they were not asked. Who of the others is asked first is not decided here (`matching`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from dispatch import passage
from dispatch.jobs import Priority
from dispatch.moments import Micros, to_datetime
from dispatch.people import Person, Roster
from dispatch.playbook import Needs
from dispatch.situation import Situation, SurroundingsUnknownError
from dispatch.ways import Hours

DAILY = 8
"""Offers a day for somebody who named no number: the field notes' busiest day (30 urgent jobs) asks each of
150 people twice when ten are asked for a job, so only whoever lives beside everything comes to it."""


class Barrier(StrEnum):
    """What keeps somebody from being asked, the plainest first."""

    HOLDS = "holds"
    """They have the job, or did it."""
    RELEASED = "released"
    """They had it and gave it back."""
    REFUSED = "refused"
    """They said no to it."""
    ASKED = "asked"
    """They have been asked already, in this round."""
    SEALED_IN = "sealed_in"
    NO_GEAR = "no_gear"
    UNTRUSTED = "untrusted"
    """The job reveals something private, and staff have not vouched for them."""
    SKILL = "skill"
    VEHICLE = "vehicle"
    LANGUAGE = "language"
    AGE = "age"
    """They are known to be of another age than is asked for."""
    AWAY = "away"
    """They rest, or are out."""
    ASLEEP = "asleep"
    """It is not one of the hours in which they may be asked; a life at stake wakes them."""
    ENOUGH = "enough"
    """They have had their number of offers today; not counted where a life is at stake."""
    SHOWN = "shown"
    """They were shown the doors of as many jobs today as anybody may be; not so where a life is at stake."""
    BUSY = "busy"
    """They are on another job. The whole group is asked all the same."""


_GO = {passage.Bar.SEALED_IN: Barrier.SEALED_IN, passage.Bar.NO_GEAR: Barrier.NO_GEAR}


def hides(situation: Situation) -> bool:
    """The job reveals something private to whoever claims it."""
    return bool(situation.job.hides & situation.playbook.reveals)


def trusted_enough(person: Person, situation: Situation) -> bool:
    """May be shown what the job reveals."""
    return person.trusted or not (hides(situation) or situation.playbook.needs.trusted)


def able(person: Person, needs: Needs) -> bool:
    """Has the skills and the languages and, where one is needed, a vehicle."""
    return lacking(person, needs) is None


def other_age(person: Person, situation: Situation, now: Micros) -> bool:
    """They are known to be of another age than is asked for; somebody whose year nobody said never is."""
    roster, ages = situation.roster, situation.playbook.needs.age
    born = None if ages is None else roster.born.get(person.id)
    return ages is not None and born is not None and ages.bar(born, _local(roster, now).year)


def may_offer(person: Person, situation: Situation, now: Micros) -> bool:
    """Able, and not known to be of another age: the job may be held out to them."""
    return able(person, situation.playbook.needs) and not other_age(person, situation, now)


def lacking(person: Person, needs: Needs) -> Barrier | None:
    """What they cannot bring that is needed."""
    if not needs.skills <= person.skills:
        return Barrier.SKILL
    if needs.vehicle and not person.vehicle:
        return Barrier.VEHICLE
    if not needs.speaks <= person.speaks:
        return Barrier.LANGUAGE
    return None


@dataclass(frozen=True, slots=True)
class Barriers:
    """What keeps people from one job at one moment. What holds for nearly everybody was looked up once."""

    situation: Situation
    had: Mapping[int, Barrier]
    moment: Mapping[int, Barrier]
    """What keeps somebody from any job just now; whose hours it is not is not among them."""
    sealed: frozenset[int]
    trust: bool
    picky: bool
    year: int
    awake: Mapping[int, Hours]
    minute: int

    def of(self, person: Person) -> Barrier | None:
        """The plainest reason why they are not asked; None for those who may be."""
        if person.id in self.had:
            return self.had[person.id]
        if self.sealed and (bar := self._way(person)) is not None:
            return _GO[bar]
        if self.trust and not _vouched_for(person):
            return Barrier.UNTRUSTED
        lack = self._lacking(person) if self.picky else None
        return lack or self._now(person.id)

    def spare(self, person: Person) -> bool:
        """Nothing keeps them from it: `of` is None, found sooner, since every wave asks it of many."""
        who = person.id
        return (
            who not in self.moment
            and who not in self.had
            and (not self.trust or _vouched_for(person))
            and not (self.picky and self._lacking(person))
            and not (self.sealed and self._way(person))
            and not (who in self.awake and not self.awake[who].hold(self.minute))
        )

    def _lacking(self, person: Person) -> Barrier | None:
        needs, born = self.situation.playbook.needs, self.situation.roster.born.get(person.id)
        lack = lacking(person, needs)
        if lack is None and needs.age and born is not None and needs.age.bar(born, self.year):
            return Barrier.AGE
        return lack

    def _way(self, person: Person) -> passage.Bar | None:
        return passage.may_go(person, self.situation.job.building_id, self.sealed)

    def _now(self, who: int) -> Barrier | None:
        reason = self.moment.get(who)
        if reason is not Barrier.AWAY and who in self.awake and not self.awake[who].hold(self.minute):
            return Barrier.ASLEEP
        return reason


def barriers(situation: Situation, now: Micros, *, busy: bool) -> Barriers:
    """What keeps people from being asked for this job. `busy` says whether being at work elsewhere does.

    Raises `SurroundingsUnknownError` where it was not read who is."""
    if situation.busy is None or situation.full is None:
        raise SurroundingsUnknownError
    roster, needs = situation.roster, situation.playbook.needs
    calm = situation.job.priority is not Priority.LIFE
    awake = roster.awake if calm else {}
    moment = dict.fromkeys(situation.busy, Barrier.BUSY) if busy else {}
    if calm:
        if hides(situation):
            moment |= dict.fromkeys(situation.shown, Barrier.SHOWN)
        moment |= dict.fromkeys(situation.full, Barrier.ENOUGH)
    moment |= {who: Barrier.AWAY for who, until in roster.pausing.items() if until > now}
    return Barriers(
        situation=situation,
        had=_had(situation),
        moment=moment,
        sealed=passage.sealed(roster, now),
        trust=hides(situation) or needs.trusted,
        picky=bool(needs.skills or needs.vehicle or needs.speaks or needs.age),
        year=_local(roster, now).year if needs.age else 0,
        awake=awake,
        minute=_minute(roster, now) if awake else 0,
    )


def _had(situation: Situation) -> dict[int, Barrier]:
    """What the job itself has of people: who has it, gave it back, said no, or was asked in this round."""
    loop = situation.job.calling.loop
    had: dict[int, Barrier] = {}
    for ask in situation.asks:
        if ask.leader:
            continue
        if ask.refused_at is not None:
            had[ask.person_id] = Barrier.REFUSED
        elif ask.loop == loop:
            had.setdefault(ask.person_id, Barrier.ASKED)
    for claim in situation.claims:
        had[claim.person_id] = Barrier.HOLDS if claim.holds_place else Barrier.RELEASED
    return had


def _vouched_for(person: Person) -> bool:
    """Staff may see what there is to be seen, whoever vouched for them."""
    return person.trusted or person.desk


def _minute(roster: Roster, now: Micros) -> int:
    local = _local(roster, now)
    return local.hour * 60 + local.minute


def _local(roster: Roster, now: Micros) -> datetime:
    return to_datetime(now).astimezone(ZoneInfo(roster.committee.timezone))
