"""Whom a policy asks for a job: the job and its committee as a policy sees them (`dispatch.policies`).

A playbook with `seeking` leaves it to a policy whom to ask before the whole group is asked. Where life is at
stake none is used: then the counted waves ask at once.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from dispatch import passage
from dispatch.aims import aim
from dispatch.barriers import barriers
from dispatch.claims import Because
from dispatch.jobs import Priority
from dispatch.moments import SECOND, Micros, to_datetime
from dispatch.people import Roster
from dispatch.playbook import Playbook, Seeking
from dispatch.policies.adaptive import Adaptive
from dispatch.policies.candidate import Candidate
from dispatch.policies.counts import nested
from dispatch.policies.delays import Delays
from dispatch.policies.registry import POLICIES, named
from dispatch.policies.search import Asked, Reply, Search
from dispatch.policies.wave import Policy, Wave
from dispatch.situation import Situation, SurroundingsUnknownError
from dispatch.whereabouts import outwards

WALKING = 1.8
"""Metres a second of somebody in a hurry (Recipe A of docs/matching.md)."""

LOOKS_AN_ANSWER = 5
"""Looks in the time of a median answer: what the adaptive policy was measured with."""

MOST = 256
"""Candidates whom a policy is shown: as many as the adaptive one weighs."""

FAR_ENOUGH = 4_096
"""People looked at, nearest first, before those whose page is closed will do: a committee has hundreds."""

MOST_LOOKS = 100
"""A policy that would ask nobody for so many looks has nobody to ask."""

_NIGHT = (23, 7)
"""Hours between which most people sleep: they answer otherwise then."""


def seeks(playbook: Playbook, priority: Priority) -> bool:
    """A policy says whom to ask. One that this release does not know leaves it to the waves."""
    seeking = playbook.seeking
    return priority is not Priority.LIFE and seeking is not None and seeking.policy in POLICIES


def next_wave(situation: Situation, began: Micros, now: Micros) -> Wave:
    """Whom to ask now, and when somebody will be asked again unless something happens. `began` is when this
    round of asking did.

    Looks at which nobody would be asked are looked through here, so that none of them is decided about.
    Raises `SurroundingsUnknownError` where it was not read who is busy, present or on record."""
    seeking, record = situation.playbook.seeking, situation.record
    if seeking is None or record is None or situation.present is None:
        raise SurroundingsUnknownError
    asks, wanted = policy(seeking), aim(situation.playbook, situation.job.priority)
    search = Search(
        posted_at=began,
        target_at=began + wanted.within,
        chance=wanted.chance,
        places=max(1, situation.job.places - sum(claim.holds_place for claim in situation.claims)),
        asked=tuple(_asked(situation)),
        facets=facets_at(now, situation.roster.committee.timezone, situation.job.kind),
    )
    people = _candidates(situation, now)
    wave = asks.next_wave(search, people, now, record)
    later, looks = wave.look_at, 0
    while not wave.people and later is not None and looks < MOST_LOOKS:
        ahead = asks.next_wave(search, people, later, record)
        if ahead.people:
            break
        later, looks = ahead.look_at, looks + 1
    return wave if wave.people else Wave(look_at=later if looks < MOST_LOOKS else None)


def because(wave: Wave, situation: Situation) -> Mapping[int, Because]:
    """Why each of them is asked, as far as the policy said."""
    return {
        reason.person_id: Because(
            walk=round(reason.walk) if math.isfinite(reason.walk) else None,
            accepted=round(reason.accepted),
            asked=round(reason.asked),
            rest=reason.rest,
            last=situation.asked_last.get(reason.person_id),
        )
        for reason in wave.reasons
    }


def facets_at(moment: Micros, timezone: str, kind: str) -> tuple[str, ...]:
    """What answers may depend on: day or night where the committee is, which hour of it, and what it is
    about."""
    local: datetime = to_datetime(moment).astimezone(ZoneInfo(timezone))
    part = "night" if local.hour >= _NIGHT[0] or local.hour < _NIGHT[1] else "day"
    return (part, nested(part, str(local.hour)), f"kind:{kind}")


def policy(seeking: Seeking) -> Policy:
    """The one that the playbook names, for people who answer as quickly as it says."""
    found = named(seeking.policy)
    if isinstance(found, Adaptive):
        answers = Delays(median=seeking.answers / SECOND)
        return replace(found, delays=answers, look=seeking.answers // LOOKS_AN_ANSWER)
    return found


def walk(roster: Roster, building_id: int | None, home: int | None) -> float:
    """How many seconds somebody needs who is at that building; infinite where nobody knows."""
    if building_id is None:
        return float("inf")
    return roster.homes.metres(building_id, home) / WALKING


def _asked(situation: Situation) -> Iterator[Asked]:
    """Those who were asked in this round, and what they said."""
    loop = situation.job.calling.loop
    took = {claim.person_id for claim in situation.claims}
    for ask in situation.asks:
        if ask.leader or ask.loop != loop:
            continue
        reply = Reply.REFUSED if ask.refused_at is not None else None
        yield Asked(
            person_id=ask.person_id, at=ask.at, reply=Reply.ACCEPTED if ask.person_id in took else reply
        )


def _candidates(situation: Situation, now: Micros) -> list[Candidate]:
    """Those who may be asked, nearest first, and of them those first who can be rung now.

    From the building outwards, and no further than a policy looks."""
    roster, place = situation.roster, situation.job.building_id
    spare, present = barriers(situation, now, busy=True).spare, situation.present or frozenset()
    ringing: list[Candidate] = []
    silent: list[Candidate] = []
    people = outwards(roster, place, situation.near, passage.entering(roster, place, now))
    for number, person in enumerate(chain.from_iterable(people)):
        if len(ringing) >= MOST or (number >= FAR_ENOUGH and len(ringing) + len(silent) >= MOST):
            break
        there = person.id in present
        found = ringing if there else silent
        if len(found) < MOST and spare(person):
            found.append(
                Candidate(id=person.id, walk=walk(roster, place, situation.at(person)), present=there)
            )
    return [*ringing, *silent][:MOST]
