"""`suidao whatif`: who would be asked if a job were posted at some moment, when and how; and what is
missing."""

import re
from datetime import datetime, time, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.commands import opened
from bot.complaints import ComplaintError
from bot.invite import choose_committee
from bot.playbooks import load_playbooks
from config.settings import Settings
from dispatch.jobs import Priority
from dispatch.moments import Micros, to_datetime
from dispatch.people import Roster
from dispatch.ports import Store
from dispatch.rehearsal import Known, rehearse
from dispatch.rota import moment
from dispatch.tables import nearest
from handlers import days, rehearsal
from handlers.texts import Catalogs
from store.clock import WallClock
from store.maps import Geodesic
from workers import services

LANGUAGES = ("zh_CN", "en")
"""A console's reader is not known: first the one, then the other."""

_CLOCK = re.compile(r"(?<!\d)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?!\d)")


async def whatif(
    settings: Settings,
    kind: str,
    at: str,
    key: str | None,
    building: str | None,
    out: TextIO,
    priority: Priority | None = None,
) -> int:
    """Tell it in both languages; nothing is kept, nobody is told. Without a `priority` the job is as urgent
    as its kind. Returns the exit code: 1 where there is a gap. Raises `ComplaintError` for what it does not
    understand."""
    playbooks = load_playbooks(settings.playbooks_dir)
    if kind not in playbooks:
        raise ComplaintError(f"there is no kind {kind}{nearest(kind, playbooks)}: {', '.join(playbooks)}")
    async with opened(settings) as (store, _):
        committee = await choose_committee(store, key)
        roster = await store.roster(committee.id)
        begins = read_moment(at, WallClock().now(), roster.committee.timezone)
        there = _building(roster, building)
        known = await _known(store, committee.id)
        scenes = rehearse(playbooks[kind], roster, there, begins, Geodesic(), known, priority)
    catalogs = Catalogs.load()
    for language in LANGUAGES:
        said = rehearsal.lines(scenes, playbooks[kind], roster, there, catalogs.texts(language))
        out.writelines(f"{line}\n" for line in said)
    return 1 if any(scene.gaps for scene in scenes) else 0


def read_moment(words: str, now: Micros, timezone: str) -> Micros:
    """The next moment that is meant by `Sun 03:10`, `明天 22:00`, `2026-12-24 18:00` or `03:10`, local time.
    Raises `ComplaintError`."""
    zone = ZoneInfo(timezone)
    local = to_datetime(now).astimezone(zone)
    found = _CLOCK.search(words)
    if found is None:
        raise ComplaintError('--at needs a time of day, such as "Sun 03:10" or "2026-12-24 18:00"')
    clock = time(int(found["hour"]), int(found["minute"]))
    rest = f"{words[: found.start()]} {words[found.end() :]}".strip()
    day = days.read(rest, local.date()) if rest else local.date()
    if day is None:
        raise ComplaintError("--at needs a day that is still to come, such as Sun, 明天 or 2026-12-24")
    meant = moment(datetime.combine(day, clock), zone)
    tomorrow = local.date() + timedelta(days=1)
    later = days.read(rest, tomorrow) if rest else tomorrow
    if meant >= now or later is None:
        return meant
    return moment(datetime.combine(later, clock), zone)  # today's has passed: the next one


def _building(roster: Roster, key: str | None) -> int | None:
    if key is None:
        return None
    known = roster.building_by_key
    if key not in known:
        raise ComplaintError(f"there is no building {key}{nearest(key, known)}")
    return known[key].id


async def _known(store: Store, committee_id: int) -> Known:
    ways = await store.ways(committee_id)
    rings = (way.address.person_id for way in ways if way.rings and way.failed is None)
    failing = (way.address.id for way in ways if way.failed is not None)
    secrets = await store.secrets(committee_id)
    return Known(
        rings=frozenset(person for person in rings if person is not None),
        failing=frozenset(failing),
        unreadable=frozenset(each.address_id for each in secrets if services.slip(each.value) is not None),
    )
