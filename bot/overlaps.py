"""Hours for which two slots of a rota plan somebody, as a console tells of them: one alone counts, and
whoever wrote the file may have meant something else.
"""

from collections.abc import Sequence
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.holes import LOOKED_AT, when
from dispatch.moments import Micros
from dispatch.people import Roster


def told(roster: Roster, now: Micros) -> Sequence[str]:
    """One line for each two slots that meet in the next four weeks, in local time: `day and weekend from Sat
    2026-11-28 08:00 to Sat 2026-11-28 20:00, and 7 more times in the next four weeks`; the first counts."""
    if roster.rota is None:
        return ()
    zone = ZoneInfo(roster.committee.timezone)
    found: dict[tuple[str, str], list[tuple[Micros, Micros]]] = {}
    order = [slot.name for slot in roster.rota.slots]
    shifts = roster.rota.shifts(zone, now, now + LOOKED_AT, roster.people)
    for one, other in combinations(shifts, 2):
        since, until = max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
        if one.slot != other.slot and since < until:
            first, second = sorted((one.slot, other.slot), key=order.index)
            found.setdefault((first, second), []).append((since, until))
    return tuple(_line(slots, spans, zone) for slots, spans in found.items())


def _line(slots: tuple[str, str], spans: Sequence[tuple[Micros, Micros]], zone: ZoneInfo) -> str:
    since, until = spans[0]
    line = f"{slots[0]} and {slots[1]} from {when(since, zone)} to {when(until, zone)}"
    more = len(spans) - 1
    return f"{line}, and {more} more times in the next four weeks" if more else line
