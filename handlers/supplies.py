"""Medicines of the register in words: until when there is enough, and how far what was asked for has come.

Whose they are stands on a page of those who may see residents, and in no message, which stays in a chat for
good.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from dispatch.jobs import JobStatus
from dispatch.people import Roster
from dispatch.rota import moment
from dispatch.running_out import Standing, State
from handlers import stops
from handlers.messages import Tone
from handlers.run_sheets import SupplyLine
from handlers.texts import Texts, mark

_SAID: Mapping[State, str] = {
    State.AHEAD: mark("not asked for yet"),
    State.OPEN: mark("asked for: nobody has it yet"),
    State.TAKEN: mark("somebody has it"),
    State.GOT: mark("fetched"),
    State.LOST: mark("asked for, and not got!"),
}


def lines(found: Sequence[Standing], roster: Roster, texts: Texts) -> tuple[SupplyLine, ...]:
    """A line a medicine: what somebody must do something about before the others."""
    ordered = sorted(found, key=lambda each: not (each.loud or each.unsaid))
    return tuple(_line(each, roster, texts) for each in ordered)


def loud(found: Sequence[Standing], texts: Texts) -> str:
    """How many run out soon and are not there; empty for none."""
    counted = [each for each in found if each.loud]
    return counting(len(counted), counted[0].soon, texts) if counted else ""


def counting(count: int, days: int, texts: Texts) -> str:
    """The same of a number."""
    said = texts.ngettext(
        "{count} medicine runs out within {days} days and is not there yet",
        "{count} medicines run out within {days} days and are not there yet",
        count,
    )
    return said.format(count=count, days=days)


def _line(each: Standing, roster: Roster, texts: Texts) -> SupplyLine:
    supply, job, zone = each.supply, each.job, roster.committee.timezone
    building = roster.buildings.get(supply.resident.building_id or 0)
    who = (supply.resident.name, "" if building is None else building.name, supply.resident.unit)
    until = texts.day(moment(datetime.combine(supply.until, time()), ZoneInfo(zone)), zone)
    said = [texts.say("enough until {day}", day=until), stops.lasting(each.days, texts), _state(each, texts)]
    closed = job is not None and job.status is JobStatus.CLOSED
    return SupplyLine(
        key=supply.key,
        who=" ".join(filter(None, who)),
        what=" · ".join(filter(None, (supply.medicine, supply.hospital, supply.doctor))),
        said=" · ".join(said),
        tone=_tone(each),
        job_id=0 if job is None or closed else job.id,
        lost=each.state is State.LOST,
        asks=each.unsaid or each.state is State.LOST or (each.state is State.AHEAD and not each.days),
    )


def _state(each: Standing, texts: Texts) -> str:
    if each.unsaid:
        return texts.say("fetched: until when is there enough now?")
    return texts.gettext(_SAID[each.state])


def _tone(each: Standing) -> Tone:
    if each.state is State.GOT:
        return Tone.URGENT if each.unsaid else Tone.DONE
    if each.loud:
        return Tone.LIFE if each.days == 0 or each.state is State.LOST else Tone.URGENT
    return Tone.MINE if each.state is State.TAKEN else Tone.NORMAL
