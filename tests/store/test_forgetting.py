"""What the night lets go of, on both databases: what is old and finished, and no job of a person."""

from dataclasses import replace

import pytest

from dispatch.joining import Account, Request, Verdict
from dispatch.moments import HOUR, MINUTE
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW
from tests.store.test_relays import begun, here, led
from workers.watch import place as synthetic

OF_A_JOB = ("job_private", "claims", "asks", "ledger", "outbox", "cards")
"""Tables in which the sample's jobs leave something."""

OVER = NOW + MINUTE
"""When the sample's jobs end."""


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def jobs_in(base: Base, table: str) -> set[int]:
    column = "id" if table == "jobs" else "job_id"
    return {row["job_id"] for row in await base.rows(f"SELECT {column} AS job_id FROM {table}")}  # noqa: S608 - ours


async def gone_through(place: Place, nonce: str) -> int:
    """A job that was asked, claimed, told and is over."""
    saved = await place.post(nonce=nonce, building="")
    job_id = saved.job_id
    await place.store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))
    await place.store.change(place.committee_id, job_id, samples.told("x"))
    rows = await place.store.outbox(saved.rows)
    for number, row in enumerate(rows):
        ref = f"m{job_id} {number}"
        await place.store.delivered(row, now=NOW, result="delivered", ref=ref, retry_at=None)
    await place.store.change(place.committee_id, job_id, samples.closed)
    return job_id


async def own(store: SqlStore) -> Place:
    """The program's own committee, with an address at which something can be delivered."""
    file = synthetic.register()
    people = [dict(each) for each in file.people]
    people[1]["addresses"] = {"telegram": "1"}
    people.append({**people[1], "key": "v1", "addresses": {"telegram": "2"}})
    await store.load(replace(file, people=tuple(people)), prune=False, demo=False)
    address = await store.address("telegram", "1")
    assert address is not None
    roster = await store.roster(address.committee_id)
    people_ids = {each.key: each.id for each in roster.people.values()}
    return Place(store=store, committee_id=address.committee_id, people=people_ids, buildings={})


async def test_old_jobs_of_the_program_go_with_all_that_happened_to_them_and_nobody_elses(
    store: SqlStore, base: Base, place: Place
) -> None:
    ours = await own(store)
    theirs = await gone_through(place, "person")
    old = [await gone_through(ours, nonce) for nonce in ("1", "2", "3")]
    still_open = (await ours.post(nonce="open", building="")).job_id
    newest = await gone_through(ours, "newest")
    for table in OF_A_JOB:
        assert {theirs, *old} <= await jobs_in(base, table), table
    closed_at = NOW + MINUTE
    assert await store.forget_own_jobs(closed_at, 10) == 0
    assert [await store.forget_own_jobs(closed_at + 1, 2) for _ in range(3)] == [2, 1, 0]
    for table in ("jobs", *OF_A_JOB):
        assert await jobs_in(base, table) & {theirs, *old} == {theirs}, table
    assert {still_open, newest} <= await jobs_in(base, "jobs")


async def test_reports_go_when_they_are_done_and_old_and_never_while_they_are_owed(
    store: SqlStore, base: Base, place: Place
) -> None:
    hook = "https://hotline.example/told"
    await store.add_source(place.committee_id, "hotline", token="t", webhook=hook, secret="s", now=NOW)
    source = await store.source("t")
    assert source is not None
    for mark in ("1", "2", "3", "4"):
        draft = samples.draft(place.committee_id, nonce=mark, source_id=source.id, mark=mark)
        await store.post(draft, samples.playbook(), NOW, samples.posted)
    (webhook,) = await store.due_webhooks(NOW)
    first, second, third, _ = await store.due_reports(webhook, NOW, 10)
    await store.finish_report(first, "delivered", NOW)
    await store.finish_report(second, "given_up", NOW)
    await store.finish_report(third, "delivered", NOW + HOUR)
    assert [await store.forget_reports(NOW + HOUR, 1) for _ in range(3)] == [1, 1, 0]
    left = await base.rows("SELECT status FROM reports ORDER BY job_id, version")
    assert [row["status"] for row in left] == ["delivered", "owed"]


async def test_relays_go_when_they_are_decided_and_old_with_whom_they_asked(
    store: SqlStore, base: Base
) -> None:
    place = await led(store)
    relay, start = await begun(place)
    await here(place, relay, relay.asked[0], start)
    other = await led(store, "other")
    alive, _ = await begun(other)
    assert await store.forget_relays(start, 10) == 0
    assert await store.forget_relays(start + HOUR, 10) == 1
    left = {row["id"] for row in await base.rows("SELECT id FROM relays")}
    assert relay.id not in left
    assert alive.id in left
    asks = {row["relay_id"] for row in await base.rows("SELECT relay_id FROM relay_asks")}
    assert relay.id not in asks
    assert alive.id in asks


async def test_the_private_text_of_a_job_goes_when_it_is_over_and_old_and_the_job_stays(
    store: SqlStore, base: Base, place: Place
) -> None:
    old = [await gone_through(place, nonce) for nonce in ("1", "2", "3")]
    still_open = (await place.post(nonce="open")).job_id
    assert await store.forget_said(OVER, 10) == 0
    assert [await store.forget_said(OVER + 1, 2) for _ in range(3)] == [2, 1, 0]
    for job_id in old:
        private = await store.private(place.committee_id, job_id)
        assert not any((private.text, private.unit, private.phone, private.place))
    assert (await store.private(place.committee_id, still_open)).text == samples.SAID
    assert await jobs_in(base, "job_private") == {*old, still_open}


async def test_what_was_written_in_a_job_goes_and_that_it_was_written_stays(
    store: SqlStore, place: Place
) -> None:
    old = await gone_through(place, "1")
    still_open = (await place.post(nonce="open")).job_id
    await store.change(place.committee_id, still_open, samples.told("y"))
    before = [entry.kind for entry in await store.timeline(place.committee_id, old)]
    assert [await store.forget_notes(OVER + 1, 1) for _ in range(2)] == [1, 0]
    after = await store.timeline(place.committee_id, old)
    assert [entry.kind for entry in after] == before
    assert {entry.note for entry in after} == {""}
    assert "y" in {entry.note for entry in await store.timeline(place.committee_id, still_open)}


async def test_who_was_shown_what_goes_by_its_age(store: SqlStore, base: Base, place: Place) -> None:
    for nonce in ("1", "2", "3"):
        job_id = (await place.post(nonce=nonce)).job_id
        await store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))
    assert len(await base.rows("SELECT id FROM reveals")) == 3
    assert await store.forget_reveals(NOW, 10) == 0
    assert [await store.forget_reveals(NOW + 1, 2) for _ in range(3)] == [2, 1, 0]
    assert await base.rows("SELECT id FROM reveals") == []


async def test_who_applied_goes_when_it_was_decided_long_ago_and_that_somebody_did_stays(
    store: SqlStore, base: Base, place: Place
) -> None:
    for value in ("77001", "77002"):
        account = Account(platform="telegram", value=value)
        request = Request(committee_id=place.committee_id, account=account, language="en", name=f"Ma {value}")
        filed = await store.apply(request, NOW)
        if value == "77001":
            await store.decide_application(
                Verdict(
                    committee_id=place.committee_id,
                    application_id=filed.application.id,
                    by=place.people["li"],
                    approve=False,
                ),
                NOW,
            )
    assert [await store.forget_applications(at, 10) for at in (NOW, NOW + 1, NOW + 1)] == [0, 1, 0]
    left = await base.rows("SELECT name, value, decided_at FROM applications ORDER BY id")
    assert [row["name"] for row in left] == ["", "Ma 77002"]
    assert left[0]["decided_at"] == NOW
    assert not await base.rows("SELECT id FROM addresses WHERE value = '77001'")


async def test_who_changed_the_register_goes_by_its_age(store: SqlStore, base: Base, place: Place) -> None:
    await store.load_shown(samples.register(volunteers=4), prune=False, now=NOW, demo=False)
    lines = len(await base.rows("SELECT id FROM register_log WHERE at = 1780000000000000"))
    assert lines
    assert await store.forget_register_log(NOW, 10) == 0
    assert await store.forget_register_log(NOW + 1, 10) == lines
