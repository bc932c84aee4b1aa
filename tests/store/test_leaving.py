"""Whoever asks what is kept about them is told all of it and nothing of others; whoever asks to be forgotten
is forgotten whole, and what was counted stays right."""

import json
from dataclasses import replace

import pytest

from dispatch.claims import ClaimStatus
from dispatch.devices import Subscription
from dispatch.errors import UnknownPersonError
from dispatch.joining import Account, Request, Verdict
from dispatch.leaving import GoneAlreadyError, Hindrance, Kept, StillNeededError
from dispatch.moments import HOUR, MINUTE
from dispatch.people import Address
from dispatch.situation import Decision, Situation
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

ACCOUNT = "1008"
"""The account of `v1` in the sample committee."""

ENDPOINT = "https://push.example/v1-phone"
MATRIX = "@v1:example.org"
WORDS = "钥匙在邻居家"
JOINER, JOINER_PHONE, JOINER_ACCOUNT = "马晓雨", "13600136000", "77001"


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def ended(before: Situation) -> Decision:
    """Whoever has the job is done with it, and it is over."""
    made = samples.closed(before)
    claims = tuple(
        replace(each, status=ClaimStatus.DONE, ended_at=NOW + MINUTE) for each in made.after.claims
    )
    return replace(made, after=replace(made.after, claims=claims))


async def in_hand(place: Place, person: str = "v1", nonce: str = "form-1") -> int:
    """A job that somebody has taken, and what they wrote in it."""
    job_id = (await place.post(building="3", phone=samples.PHONE, nonce=nonce)).job_id
    who = place.people[person]

    def says(before: Situation) -> Decision:
        made = samples.told(WORDS)(before)
        return replace(made, events=(replace(made.events[0], actor_id=who),))

    await place.store.change(place.committee_id, job_id, samples.claim(who))
    await place.store.change(place.committee_id, job_id, says)
    return job_id


async def worked(place: Place, person: str = "v1", nonce: str = "form-1") -> int:
    """The same, and it is over."""
    job_id = await in_hand(place, person, nonce)
    await place.store.change(place.committee_id, job_id, ended)
    return job_id


async def known(place: Place) -> None:
    """A volunteer of whom a good deal is kept: accounts, a device, a room on Matrix, messages, a job."""
    store = place.store
    await worked(place)
    await store.tie(
        (place.committee_id, place.people["v1"], 0), Account(platform="matrix", value=MATRIX), NOW
    )
    await store.keep_matrix_room(MATRIX, "!room:example.org")
    address = await page(place)
    subscription = Subscription(endpoint=ENDPOINT, p256dh="k", auth="a")
    await store.keep_device(address, subscription, NOW)
    await store.adopt_card(address, 1, "m1")


async def page(place: Place) -> Address:
    await place.store.invite(place.committee_id, place.people["v1"], revoke=False)
    address = await place.store.address("web", "wutongli/v1")
    assert address is not None
    return address


def told(kept: Kept) -> str:
    return json.dumps(kept.tables, ensure_ascii=False)


async def test_somebody_is_told_what_is_kept_about_them_and_nothing_private_of_others(
    store: SqlStore, place: Place
) -> None:
    await known(place)
    kept = await store.kept_about(place.committee_id, "v1")
    said = told(kept)
    assert kept.name == "v1 阿姨"
    for word in (ACCOUNT, MATRIX, ENDPOINT, "!room:example.org", "telegram"):
        assert word in said, word
    for word in (*samples.PRIVATE_WORDS, WORDS, "li 阿姨", "v2 阿姨"):
        assert word not in said, word
    for table in ("people", "addresses", "devices", "claims", "reveals", "ledger", "asks", "cards", "outbox"):
        assert kept.tables[table], table
    assert kept.tables["reveals"][0]["fields"] == "phone resident unit"


async def test_a_phone_of_ones_own_is_opened(store: SqlStore, place: Place) -> None:
    kept = await store.kept_about(place.committee_id, "li")
    assert kept.tables["people"][0]["phone"] == samples.PERSON_PHONE
    assert kept.tables["ladder"]


async def test_a_resident_is_told_what_was_said_about_them_and_not_by_whom(
    store: SqlStore, place: Place
) -> None:
    await worked(place)
    kept = await store.kept_about_resident(place.committee_id, samples.RESIDENT_KEY)
    said = told(kept)
    for word in (samples.RESIDENT, samples.PHONE, samples.NOTES, samples.SAID, WORDS, samples.CONTACT):
        assert word in said, word
    assert samples.CONTACT_PHONE not in said  # it is the son's own
    assert "v1 阿姨" not in said
    assert len(kept.tables["reveals"]) == 1


async def test_nobody_is_told_of_somebody_who_is_not_there(store: SqlStore, place: Place) -> None:
    for asked in (store.kept_about, store.kept_about_resident):
        with pytest.raises(UnknownPersonError):
            await asked(place.committee_id, "nobody")
    with pytest.raises(UnknownPersonError):
        await store.forget_resident(place.committee_id, "nobody")


async def test_whoever_is_forgotten_stands_nowhere_and_what_they_did_stays(
    store: SqlStore, base: Base, place: Place
) -> None:
    await known(place)
    before = await counts(base)
    number = await store.forget_person(place.committee_id, "v1", NOW + HOUR)
    assert number == place.people["v1"]
    await store.close()
    found = await base.kept()
    assert b"v2 " in found
    for word in ("v1 阿姨", ACCOUNT, MATRIX, ENDPOINT, "!room:example.org", "wutongli/v1"):
        assert word.encode() not in found, word
    assert await counts(base) == before


async def test_whoever_is_forgotten_is_nobody_any_more(store: SqlStore, place: Place) -> None:
    job_id = await worked(place)
    number = await store.forget_person(place.committee_id, "v1", NOW + HOUR)
    assert number not in (await store.roster(place.committee_id)).people
    assert await store.address("telegram", ACCOUNT) is None
    (entry,) = [each for each in await store.timeline(place.committee_id, job_id) if each.kind == "noted"]
    assert (entry.actor_id, entry.note) == (number, "")
    with pytest.raises(UnknownPersonError):
        await store.forget_person(place.committee_id, "v1", NOW + HOUR)
    with pytest.raises(GoneAlreadyError):
        await store.forget_person(place.committee_id, f"left-{number}", NOW + HOUR)


async def test_whoever_applied_is_forgotten_with_their_application(
    store: SqlStore, base: Base, place: Place
) -> None:
    account = Account(platform="telegram", value=JOINER_ACCOUNT)
    request = Request(
        committee_id=place.committee_id,
        account=account,
        language="en",
        name=JOINER,
        phone=JOINER_PHONE,
    )
    filed = await store.apply(request, NOW)
    verdict = Verdict(
        committee_id=place.committee_id,
        application_id=filed.application.id,
        by=place.people["li"],
        approve=True,
    )
    approved = await store.decide_application(verdict, NOW)
    key = f"joined-{approved.application.id}"
    kept = await store.kept_about(place.committee_id, key)
    assert kept.tables["applications"][0]["phone"] == JOINER_PHONE
    await store.forget_person(place.committee_id, key, NOW)
    await store.close()
    found = await base.kept()
    assert JOINER.encode() not in found
    assert JOINER_ACCOUNT.encode() not in found


async def test_whoever_comes_back_by_the_file_is_somebody_new(store: SqlStore, place: Place) -> None:
    await worked(place)
    number = await store.forget_person(place.committee_id, "v1", NOW)
    await store.load(samples.register(), prune=False, demo=False)
    again = await store.person(place.committee_id, "v1")
    assert again.id != number


async def test_whoever_is_needed_now_is_not_forgotten_and_it_is_said_why(
    store: SqlStore, place: Place
) -> None:
    job_id = await in_hand(place)
    with pytest.raises(StillNeededError) as works:
        await store.forget_person(place.committee_id, "v1", NOW)
    assert works.value.params == {"why": Hindrance.WORKS, "jobs": str(job_id)}
    with pytest.raises(StillNeededError) as on_duty:
        await store.forget_person(place.committee_id, "li", NOW)
    assert on_duty.value.params["why"] == Hindrance.ON_DUTY
    with pytest.raises(StillNeededError) as open_jobs:
        await store.forget_resident(place.committee_id, samples.RESIDENT_KEY)
    assert open_jobs.value.params == {"why": Hindrance.OPEN_JOBS, "jobs": str(job_id)}
    assert (await store.person(place.committee_id, "v1")).active


async def test_a_resident_who_is_forgotten_leaves_the_jobs_and_no_word(
    store: SqlStore, base: Base, place: Place
) -> None:
    job_id = await worked(place)
    before = await counts(base)
    await store.forget_resident(place.committee_id, samples.RESIDENT_KEY)
    assert await counts(base) == before
    private = await store.private(place.committee_id, job_id)
    assert not any((private.text, private.unit, private.phone, private.resident_name, private.contacts))
    assert all(not each.note for each in await store.timeline(place.committee_id, job_id))
    assert await store.residents(place.committee_id) == ()
    with pytest.raises(UnknownPersonError):
        await store.kept_about_resident(place.committee_id, samples.RESIDENT_KEY)
    for row in await base.rows("SELECT key, name, unit, phone, notes, contacts FROM residents"):
        assert not any(row[name] for name in ("key", "name", "unit", "phone", "notes", "contacts"))


async def test_the_registers_log_forgets_the_key(store: SqlStore, place: Place) -> None:
    now = NOW
    file = samples.register()
    await store.load_shown(file, prune=False, now=now, demo=False)
    await store.forget_resident(place.committee_id, samples.RESIDENT_KEY)
    await store.forget_person(place.committee_id, "v2", NOW)
    logged = await store.register_log(place.committee_id, 50)
    keys = {key for line in logged for key, _ in line.detail}
    assert not keys & {samples.RESIDENT_KEY, "v2"}


async def counts(base: Base) -> dict[str, int]:
    """How much there is of what is counted."""
    tables = ("jobs", "claims", "asks", "ledger", "reveals", "people", "outbox")
    queries = {table: f"SELECT COUNT(*) AS n FROM {table}" for table in tables}  # noqa: S608 - ours
    return {table: int((await base.rows(query))[0]["n"]) for table, query in queries.items()}
