"""`suidao whatif` tells what really happens: the same story once on paper, once with everything running."""

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from bot import whatif
from bot.complaints import ComplaintError
from bot.whatif import read_moment
from config import settings
from dispatch import register
from dispatch.devices import Subscription
from dispatch.events import EventKind
from dispatch.jobs import Priority
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.people import RING
from dispatch.reach import Reason
from dispatch.rehearsal import Gap, Scene, rehearse
from store import SqlStore, open_store
from store.crypto import Vault
from store.maps import Geodesic
from tests.stories.committee import COMMITTEE, table, tables
from tests.stories.world import MONDAY_NIGHT, World
from tests.workers.test_drills import SHANGHAI, at

KNOCK = "3号楼502 敲门无应答"

PHONE = Subscription(endpoint="https://push.example.com/1", p256dh="key", auth="word")

HOLE: Mapping[str, object] = {
    **COMMITTEE,
    "ladder": {**table(COMMITTEE, "ladder"), "deputy": []},
    "rota": [
        {
            "name": "白班",
            "rrule": "FREQ=DAILY;BYHOUR=8",
            "anchor": date(2026, 5, 1),
            "hours": 12,
            "people": ["zhao"],
        }
    ],
}
"""Nobody is on duty at night, and there is no deputy."""


async def rehearsed(world: World, now: Micros, kind: str = "welfare_check") -> tuple[Scene, ...]:
    roster = await world.store.roster(world.committee.id)
    building = roster.building_by_key["3"].id
    return rehearse(world.playbooks[kind], roster, building, now, Geodesic())


async def happened(world: World, job: int) -> list[tuple[str, Micros, list[str]]]:
    """What the ledger says, with whom: each step with the keys of those asked or called in it."""
    situation = await world.state(job)
    people = situation.roster.people
    entries = await world.store.timeline(world.committee.id, job)
    return [
        (
            each.kind.value,
            each.at,
            [
                people[ask.person_id].key
                for ask in situation.asks
                if (ask.loop, ask.step) == (each.loop, each.step)
            ],
        )
        for each in entries
    ]


@pytest.mark.parametrize("file", [COMMITTEE, HOLE], ids=["whole", "hole"])
async def test_what_is_told_is_what_happens_second_by_second(
    chats: World, file: Mapping[str, object]
) -> None:
    await chats.founds(file)
    now = chats.clock.now()
    told = await rehearsed(chats, now)
    await (await chats.person("lin")).writes(KNOCK)
    job = await chats.job()
    await chats.fast_forward(minutes=(told[-1].at - now) / MINUTE + 1)
    really = await happened(chats, job)
    people = (await chats.state(job)).roster.people
    expected = [
        (scene.event.kind.value, [people[each.person_id].key for each in scene.people]) for scene in told
    ]
    assert [(kind, keys) for kind, _, keys in really[: len(told)]] == expected
    assert told[-1].event.kind is EventKind.EXHAUSTED
    for scene, (_, moment, _) in zip(told, really, strict=False):
        assert 0 <= moment - scene.at <= 2 * SECOND  # the sweep is a second late


async def test_a_hole_in_the_rota_an_empty_rung_and_whoever_cannot_be_woken_are_named(chats: World) -> None:
    await chats.founds(HOLE)
    scenes = await rehearsed(chats, chats.clock.now())
    gaps = {gap for scene in scenes for gap, _ in scene.gaps}
    assert {Gap.NOBODY_ON_DUTY, Gap.RUNG_EMPTY} <= gaps
    by_day = await rehearsed(chats, MONDAY_NIGHT + 8 * HOUR)
    assert Gap.NOBODY_ON_DUTY not in {gap for scene in by_day for gap, _ in scene.gaps}


async def test_a_life_threatening_job_calls_staff_duty_and_volunteers_in_the_same_second(
    chats: World,
) -> None:
    roster = await chats.store.roster(chats.committee.id)
    now = chats.clock.now()
    life = [each for each in chats.playbooks.values() if each.priority.value == "life"] or [
        chats.playbooks["oxygen_refill"]
    ]
    scenes = rehearse(life[0], roster, None, now, Geodesic())
    at_once = {scene.event.kind for scene in scenes if scene.at == now}
    assert {EventKind.POSTED, EventKind.ASKED, EventKind.CALLED} <= at_once


async def test_an_urgent_job_of_a_kind_that_is_not_is_told_as_one(chats: World) -> None:
    chats.seeks()
    roster, now = await chats.store.roster(chats.committee.id), chats.clock.now()
    calm, urgent = (
        rehearse(chats.playbooks["general"], roster, None, now, Geodesic(), priority=priority)
        for priority in (None, Priority.URGENT)
    )
    first = [
        next(len(scene.people) for scene in told if scene.event.kind is EventKind.ASKED)
        for told in (calm, urgent)
    ]
    assert 0 < first[0] < first[1]
    assert (
        rehearse(chats.playbooks["general"], roster, None, now, Geodesic(), priority=Priority.NORMAL) == calm
    )


async def kept(found: settings.Settings) -> SqlStore:
    """The store of these settings; whoever opens it closes it."""
    assert found.data_dir is not None
    database = found.database_url.get_secret_value() if found.database_url else None
    return await open_store(found.data_dir, Vault.open(found.data_dir, None), database_url=database)


async def loaded(data: Path, database: str | None, file: Mapping[str, object]) -> settings.Settings:
    found = settings.read(
        {"SUIDAO_DATA_DIR": str(data), **({"SUIDAO_DATABASE_URL": database} if database else {})}
    )
    store = await kept(found)
    await store.load(register.parse("c.toml", file), prune=False, demo=False)
    await store.close()
    return found


async def test_the_command_tells_it_in_both_languages_with_every_gap_and_keeps_nothing(
    data: Path, database: str | None
) -> None:
    people = [
        {**each, "ways": [{"to": "bark://example.org/hunter2"}]} if each["key"] == "sun" else each
        for each in tables(HOLE, "people")
    ]
    people = [
        {**each, "addresses": {"telegram": str(number)}} if str(each["key"]).startswith("v") else each
        for number, each in enumerate(people, 1001)
    ]
    found = await loaded(data, database, {**HOLE, "people": people})
    out = io.StringIO()
    assert await whatif.whatif(found, "welfare_check", "Sun 03:10", None, "3", out) == 1
    lines = out.getvalue().splitlines()
    half = next(number for number, line in enumerate(lines) if line.startswith("Welfare check"))
    chinese, english = lines[:half], lines[half:]
    assert len(chinese) == len(english)
    assert "3号楼" in english[0]
    assert "03:10:00" in english[0]
    assert any("志愿者3 (Telegram)" in line for line in english)
    assert any("孙主任 (bark://…)" in line for line in chinese)
    assert any(line.startswith("✘ ") and line.endswith("nobody is on duty") for line in english)
    assert any("副书记: 这一级没有人" in line.replace("：", ": ") for line in chinese)
    assert "hunter2" not in out.getvalue()
    with pytest.raises(ComplaintError, match="did you mean welfare_check"):
        await whatif.whatif(found, "welfare_chek", "03:10", None, None, out)
    with pytest.raises(ComplaintError, match="there is no building 99"):
        await whatif.whatif(found, "welfare_check", "03:10", None, "99", out)


async def test_an_address_that_cannot_be_read_and_a_last_resort_without_any_are_named(
    data: Path, database: str | None
) -> None:
    ways = {"zhao": ["brak://hunter2@example.org"], "sun": ["brak://hunter2", "ntfy://127.0.0.1/sun"]}
    people = [
        {**each, "ways": [{"to": to} for to in ways.get(str(each["key"]), [])]}
        for each in tables(COMMITTEE, "people")
    ]
    found = await loaded(data, database, {**COMMITTEE, "people": people})
    out = io.StringIO()
    assert await whatif.whatif(found, "welfare_check", "Sun 03:10", None, "3", out) == 1
    told = out.getvalue()
    assert "hunter2" not in told
    assert "brak" not in told  # it is no way in which anybody is called
    assert "赵书记 (page only)" in told
    assert "孙主任 (ntfy://…)" in told
    assert "赵书记: the address of a way cannot be read" in told
    assert "赵书记 has no way that rings" in told
    assert "孙主任: the address of a way cannot be read" in told
    assert "孙主任 has no way that rings" not in told
    assert "街道值班 has no address at all" in told
    assert "街道值班没有任何联系地址" in told
    assert "孙主任 has no address at all" not in told


async def test_a_wave_of_nobody_failed_ways_and_a_page_that_rings_are_known_from_what_was_kept(
    data: Path, database: str | None
) -> None:
    people = [
        {**each, "ways": [{"to": "ntfy://127.0.0.1/sun"}]} if each["key"] == "sun" else each
        for each in tables(COMMITTEE, "people")
        if not str(each["key"]).startswith("v")
    ]
    found = await loaded(data, database, {**COMMITTEE, "people": people})
    store = await kept(found)
    (committee,) = await store.committees()
    for key in ("zhao", "qian", "desk"):
        await store.invite(committee.id, (await store.person(committee.id, key)).id, revoke=False)
    pages = {way.address.value: way.address for way in await store.ways(committee.id)}
    await store.keep_device(pages["wutong/zhao"], PHONE, at("2026-11-24T12:00:00"))
    (service,) = [address for address in pages.values() if address.platform == RING]
    await store.doubt(service, Reason.DECLINES, at("2026-11-24T12:00:00"))
    await store.close()
    out = io.StringIO()
    assert await whatif.whatif(found, "welfare_check", "Sun 03:10", None, "3", out) == 1
    told = out.getvalue()
    assert "孙主任: every way failed when it was last tried" in told
    assert "孙主任：上次尝试时所有方式都没有成功" in told
    assert "this wave finds nobody" in told
    assert "街道值班 has no way that rings" in told  # a page, and no phone that it rings
    assert "赵书记 has no way that rings" not in told
    assert "赵书记 (page only)" in told


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("03:10", "2026-11-25T03:10:00"),
        ("22:00", "2026-11-24T22:00:00"),
        ("Sun 03:10", "2026-11-29T03:10:00"),
        ("周日 3:10", "2026-11-29T03:10:00"),
        ("Tue 03:10", "2026-12-01T03:10:00"),  # today's has passed
        ("Tue 22:00", "2026-11-24T22:00:00"),
        ("明天 08:00", "2026-11-25T08:00:00"),
        ("2026-12-24 18:00", "2026-12-24T18:00:00"),
    ],
)
def test_a_moment_is_read_as_people_say_it(words: str, meant: str) -> None:
    assert read_moment(words, at("2026-11-24T12:00:00"), SHANGHAI) == at(meant)


@pytest.mark.parametrize("words", ["Sun", "someday 03:10", "2020-01-01 03:10", "25:00", ""])
def test_what_is_no_moment_is_said_plainly(words: str) -> None:
    with pytest.raises(ComplaintError, match="--at needs"):
        read_moment(words, at("2026-11-24T12:00:00"), SHANGHAI)
