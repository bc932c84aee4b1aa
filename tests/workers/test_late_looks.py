"""What else the clock was to look at and nobody did: care, medicines, statuses, and what other systems are to
be told. The auditor has each looked at once, by whatever looks at it anyway (CONFORMANCE.md 29)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.api.calling import HttpCaller
from dispatch import register, running_out
from dispatch.gatekeeping import Gatekeeping
from dispatch.jobs import Draft, Priority
from dispatch.lateness import Late, Timed
from dispatch.moments import HOUR, Micros
from dispatch.sealing import Stage, Status
from dispatch.succession import Succession
from tests.platforms.api_house import SECRET, Webhook, listening
from tests.workers.audits import Watch, watching
from tests.workers.office import Office, addressed, until
from workers.reports import Reporter
from workers.watch.health import Wrong
from workers.watch.mends import mends

CARE: Mapping[str, object] = {
    "key": "oxygen",
    "resident": "chen",
    "kind": "oxygen_refill",
    "at": ["08:00", "20:00"],
    "ahead": 60,
    "within": 60,
    "carers": ["v1"],
    "device": "制氧机",
    "words": "加纯净水",
}
MEDICINE: Mapping[str, object] = {
    "key": "pressure",
    "resident": "chen",
    "medicine": "降压药",
    "hospital": "中山医院",
    "box": 28,
    "brings": ["card"],
}
DUE = {
    "care": "SELECT min(look_at) FROM care_plans",
    "medicine": "SELECT min(look_at) FROM medicine_supplies",
    "status": "SELECT min(look_at) FROM sealings",
    "report": "SELECT min(due_at) FROM reports WHERE status = 'owed'",
}
BOUNDS_S = {"care": 120, "medicine": 120, "status": 60, "report": 15}


@pytest.fixture
async def hook() -> AsyncIterator[Webhook]:
    async with listening() as one:
        yield one


@pytest.fixture
async def reporter(office: Office) -> AsyncIterator[Reporter]:
    async with HttpCaller.open() as caller:
        yield Reporter(office.store, office.service, caller, office.clock, "https://suidao.example")


@pytest.fixture
async def watch(office: Office, reporter: Reporter) -> Watch:
    """An auditor as in a whole program, where nobody else looks."""
    succession = Succession(office.service)
    await succession.look(office.committee)
    return watching(office, mends=mends(office.service, succession, reporter))


async def cared(office: Office, _hook: Webhook) -> None:
    await loaded(office, care=[CARE])


async def taking(office: Office, _hook: Webhook) -> None:
    until_day = running_out.today(ZoneInfo("Asia/Shanghai"), office.clock.now()) + timedelta(days=20)
    await loaded(office, medicines=[{**MEDICINE, "until": until_day}])


async def sealed(office: Office, _hook: Webhook, buildings: int = 1) -> None:
    staff = await office.store.person(office.committee, "lin")
    every = sorted((await office.store.roster(office.committee)).buildings)
    scheme = (Stage(status=Status.SEALED, days=1),)
    for building in every[:buildings]:
        await Gatekeeping(office.service).declare(staff, building, scheme, None, f"receipt {building}")


async def owed(office: Office, hook: Webhook, jobs: int = 1) -> None:
    """A source with a webhook, and jobs of its own of which it was told nothing yet."""
    now = office.clock.now()
    await office.store.add_source(
        office.committee, "hotline", token="t", webhook=hook.url, secret=SECRET, now=now
    )
    source = await office.store.source("t")
    assert source is not None
    draft = Draft(
        committee_id=office.committee, kind="welfare_check", priority=Priority.URGENT, text="敲门", nonce="n"
    )
    for number in range(jobs):
        await office.service.post_from(source, replace(draft, nonce=f"n{number}"))
    office.write("UPDATE jobs SET look_at = look_at + ?", 24 * HOUR)  # nothing else is due


async def loaded(office: Office, **tables: object) -> None:
    file = register.parse("office.toml", {**addressed(), **tables})
    await office.store.load(file, prune=False, demo=False)


GIVEN: Mapping[str, Callable[[Office, Webhook], Awaitable[None]]] = {
    "care": cared,
    "medicine": taking,
    "status": sealed,
    "report": owed,
}


async def due(office: Office, what: str) -> Micros:
    """When it is to be looked at; all that others are to do is done, and the clock stands there."""
    await Succession(office.service).look(office.committee)
    ((at,),) = office.rows(DUE[what])
    assert isinstance(at, int)
    office.clock.set(at)
    await Succession(office.service).look(office.committee)
    await office.deliverer.deliver([row for (row,) in office.rows("SELECT id FROM outbox")])
    return at


@pytest.mark.parametrize("what", GIVEN)
async def test_conformance_29_what_nobody_looked_at_is_looked_at_once_and_said_and_heartbeats_stop(
    office: Office, watch: Watch, hook: Webhook, said: list[str], what: str
) -> None:
    await GIVEN[what](office, hook)
    at = await due(office, what)
    bound = BOUNDS_S[what]
    await watch.later(bound - 1)
    assert (said, watch.health.wrong()) == ([], ())
    await watch.later(3)
    ((line,),) = [[line for line in said if line.startswith(what)]]
    assert line.endswith(f"was late by {bound + 2}.0 s: made good now")
    assert watch.health.wrong() == (Wrong.LATE,)
    assert watch.counted(f'suidao_repairs_total{{what="{what}"}}') == 1
    await until(lambda: office.rows(DUE[what])[0][0] != at, "it was looked at")
    await until(lambda: what != "report" or hook.told, "and told")
    await watch.auditor.once()
    assert ([line for line in said if line.startswith(what)], watch.health.wrong()) == ([line], ())
    assert len((await office.router.unreached(await office.address("lin"))).late) == 1


@pytest.mark.parametrize(("what", "given", "many"), [("report", owed, 12), ("status", sealed, 3)])
async def test_what_one_look_is_for_is_looked_at_once_however_many_rows_are_late(
    office: Office,
    reporter: Reporter,
    hook: Webhook,
    said: list[str],
    what: str,
    given: Callable[[Office, Webhook, int], Awaitable[None]],
    many: int,
) -> None:
    await given(office, hook, many)
    at = await due(office, what)
    ways = mends(office.service, Succession(office.service), reporter)
    mend, looked = ways[Timed(what)], []

    async def look(late: Late) -> None:
        looked.append(late.what)
        await mend.look(late)

    watch = watching(office, mends={**ways, Timed(what): replace(mend, look=look)})
    await watch.later(BOUNDS_S[what] + 2)
    assert len([line for line in said if line.startswith(what)]) == many
    assert watch.counted(f'suidao_repairs_total{{what="{what}"}}') == many
    assert looked == [what]
    await until(lambda: office.rows(DUE[what])[0][0] != at, "all were looked at")
    await until(lambda: what != "report" or len(hook.letters) == many, "and told")
    await watch.auditor.once()
    assert (looked, watch.health.wrong()) == ([what], ())


@pytest.mark.parametrize(
    ("what", "table"), [("care", "care_plans"), ("medicine", "medicine_supplies"), ("status", "sealings")]
)
async def test_what_stays_late_is_said_once_more_and_keeps_heartbeats_back(
    office: Office, watch: Watch, hook: Webhook, said: list[str], what: str, table: str
) -> None:
    await GIVEN[what](office, hook)
    await due(office, what)
    office.write(f"CREATE TRIGGER stuck BEFORE UPDATE ON {table} BEGIN SELECT RAISE(FAIL, 'stuck'); END")
    await watch.later(BOUNDS_S[what] + 1)
    for _ in range(4):
        await watch.later(10)
    mine = [line.split(" by ")[0].split(",")[0] for line in said if line.startswith(what)]
    assert [line.split(" ", 2)[2] for line in mine if "as it is" not in line] == ["was late", "stays late"]
    assert watch.health.wrong() == (Wrong.LATE,)


async def test_what_a_webhook_that_hangs_was_not_told_is_late_after_half_an_hour_only(
    office: Office, watch: Watch, reporter: Reporter, hook: Webhook, said: list[str]
) -> None:
    await owed(office, hook)
    at = await due(office, "report")
    hook.held = asyncio.Event()
    await reporter.begin()
    await until(lambda: hook.letters, "it hangs")
    office.write(
        "UPDATE reports SET due_at = ?", at
    )  # as that of another job would be, which waits behind it
    await watch.later(60)
    assert (said, watch.health.wrong()) == ([], ())
    await watch.later(30 * 60)
    mine = [line for line in said if line.startswith("report")]  # half an hour may pass over a change of duty
    assert [line.split(",")[0].split(" ", 2)[2] for line in mine] == ["stays late"]
    assert watch.health.wrong() == (Wrong.LATE,)
    hook.held.set()
