"""Other systems as they are kept: tokens as hashes, webhooks sealed, reports owed with what they tell of."""

from dataclasses import replace

import pytest

from dispatch.errors import NonceUsedError, SourceInUseError, UnknownSourceError
from dispatch.sources import Source
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

TOKEN, HOOK, SECRET = "sds_opens-the-door", "https://hotline.example/told?key=sesame", "whsec_AAAA"


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


@pytest.fixture
async def source(store: SqlStore, place: Place) -> Source:
    await store.add_source(place.committee_id, "hotline", token=TOKEN, webhook=HOOK, secret=SECRET, now=NOW)
    found = await store.source(TOKEN)
    assert found is not None
    return found


async def posted(store: SqlStore, source: Source, mark: str = "m") -> int:
    draft = samples.draft(source.committee_id, source_id=source.id, mark=mark)
    return (await store.post(draft, samples.playbook(), NOW, samples.posted)).job_id


async def test_a_token_and_a_webhook_lie_nowhere_in_clear(
    store: SqlStore, base: Base, source: Source
) -> None:
    assert (source.key, source.told) == ("hotline", True)
    assert await store.source(f"{TOKEN}s") is None
    assert await store.source("") is None
    kept = await base.kept()
    for secret in (TOKEN, "sesame", SECRET):
        assert secret.encode() not in kept
    assert "sesame" not in repr(await store.due_webhooks(NOW))


async def test_a_source_is_let_in_once_and_comes_back_as_the_same(store: SqlStore, source: Source) -> None:
    committee = source.committee_id
    with pytest.raises(SourceInUseError):
        await store.add_source(committee, "hotline", token="other", webhook="", secret="", now=NOW)
    job = await posted(store, source)
    await store.remove_source(committee, "hotline", NOW)
    assert await store.source(TOKEN) is None
    assert await store.sources(committee) == ()
    with pytest.raises(UnknownSourceError):
        await store.remove_source(committee, "hotline", NOW)
    await store.add_source(committee, "hotline", token="other", webhook=HOOK, secret=SECRET, now=NOW)
    again = await store.source("other")
    assert again is not None
    assert (await store.situation(committee, job)).job.source_id == again.id == source.id
    # What was owed when it left is dropped, and not sent to whoever comes later.
    assert await store.due_webhooks(NOW) == ()


async def test_the_same_nonce_with_another_mark_is_refused(store: SqlStore, source: Source) -> None:
    job = await posted(store, source)
    assert await posted(store, source) == job
    with pytest.raises(NonceUsedError):
        await posted(store, source, "another")


async def test_reports_come_by_version_and_the_next_waits_for_the_one_before(
    store: SqlStore, place: Place, source: Source
) -> None:
    job = await posted(store, source)
    await store.change(place.committee_id, job, samples.claim(place.people["v1"]))
    await store.change(place.committee_id, job, samples.told("private words"))
    later = NOW + 60
    (webhook,) = await store.due_webhooks(later)
    assert (webhook.url, webhook.secret) == (HOOK, SECRET)
    (first,) = await store.due_reports(webhook, later, 10)
    assert (first.version, first.event) == (1, "posted")
    assert await store.begin_report(first, later, later + 1)
    assert await store.due_reports(webhook, later, 10) == ()
    await store.finish_report(first, "delivered", later)
    (second,) = await store.due_reports(webhook, later, 10)
    assert (second.version, second.event) == (3, "claimed")
    foreign = replace(second, committee_id=404)
    await store.finish_report(foreign, "delivered", later)
    assert await store.due_reports(webhook, later, 10) == (second,)
    await store.postpone_report(second, later + 5)
    assert await store.due_webhooks(later) == ()
    ((last,),) = [await store.due_reports(webhook, later + 5, 10)]
    assert last.tries == 1


async def test_nothing_is_owed_for_jobs_of_people_or_to_a_source_that_only_asks(
    store: SqlStore, place: Place
) -> None:
    await store.add_source(place.committee_id, "sensor", token="s", webhook="", secret="", now=NOW)
    sensor = await store.source("s")
    assert sensor is not None
    await posted(store, sensor)
    await place.post(nonce="typed")
    assert await store.due_webhooks(NOW + 60) == ()
    assert [each.owed for each in await store.sources(place.committee_id)] == [0]
