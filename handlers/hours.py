"""A person's own hours on one sheet: this week and in all, and the jobs behind them. For themselves alone."""

from collections.abc import Mapping, Sequence

from dispatch import hours as counting
from dispatch.hours import Served, Thanks
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.playbook import Playbook
from handlers.sheets import Given, Hours
from handlers.texts import Texts

MOST = 100
"""Jobs that are listed: two sheets of paper. The counts are of all."""


def hours(
    served: Sequence[Served], roster: Roster, playbooks: Mapping[str, Playbook], texts: Texts, now: Micros
) -> Hours:
    """What the sheet says; `served` is newest first."""
    zone = roster.committee.timezone
    since = counting.week(now, zone)
    return Hours(
        week=_counts([each for each in served if each.done_at >= since], texts),
        ever=_counts(served, texts),
        since=texts.day(served[-1].done_at, zone) if served else "",
        jobs=tuple(_given(each, roster, playbooks, texts) for each in served[:MOST]),
        more=max(0, len(served) - MOST),
        thanked=_thanked(served, texts),
    )


def _counts(served: Sequence[Served], texts: Texts) -> tuple[str, str]:
    jobs = texts.ngettext("{count} job", "{count} jobs", len(served)).format(count=len(served))
    return jobs, texts.duration(counting.given(served)) if served else "–"


def _thanked(served: Sequence[Served], texts: Texts) -> str:
    count = counting.thanked(served)
    said = texts.ngettext("thanked {count} time", "thanked {count} times", count)
    return said.format(count=count) if count else ""


def _given(each: Served, roster: Roster, playbooks: Mapping[str, Playbook], texts: Texts) -> Given:
    playbook, building = playbooks.get(each.kind), roster.buildings.get(each.building_id or 0)
    kind = f"{playbook.icon} {texts.pick(playbook.title)}" if playbook is not None else each.kind
    where = building.name if building is not None else ""
    return Given(
        day=texts.day(each.done_at, roster.committee.timezone),
        what=" · ".join(part for part in (kind, where) if part),
        job_id=each.job_id,
        took=texts.duration(max(0, each.done_at - each.claimed_at)),
        thanks=tuple(_said(thanks, roster, texts) for thanks in each.thanks),
    )


def _said(thanks: Thanks, roster: Roster, texts: Texts) -> str:
    """Who gave thanks, and what they said."""
    person = roster.people.get(thanks.by or 0)
    left = texts.say("somebody who has left") if thanks.by else texts.say("the family")
    who = person.name if person is not None and person.name else left
    return f"{who}: {thanks.words}" if thanks.words else who
