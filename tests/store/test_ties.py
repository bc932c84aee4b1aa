"""Which account is whose: an invitation ties one, nobody else's is taken, and revoking lets go of it."""

from dataclasses import replace

import pytest

from dispatch.errors import AccountTakenError, LinkRevokedError, SecondAccountError
from dispatch.events import NoticeKind
from dispatch.joining import Account, Request, Ticket
from dispatch.people import Address
from store import SqlStore
from tests.store import samples
from tests.store.places import Place, settle
from tests.store.samples import NOW

ACCOUNT = Account(platform="telegram", value="777001")
SECOND = Account(platform="telegram", value="777002")


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def ticket(place: Place, key: str = "new", epoch: int = 0) -> Ticket:
    return place.committee_id, place.people[key], epoch


async def telegram(store: SqlStore, place: Place, key: str = "new") -> list[str]:
    roster = await store.roster(place.committee_id)
    own = roster.addresses_of.get(place.people[key], ())
    return [address.value for address in own if address.platform == "telegram"]


async def found(store: SqlStore, account: Account) -> Address:
    (address,) = await store.addresses(account.platform, account.value)
    return address


async def test_an_invitation_ties_the_account_and_opening_it_again_changes_nothing(
    store: SqlStore, place: Place
) -> None:
    before = (await store.roster(place.committee_id)).committee.revision
    person, rows = await store.tie(ticket(place), ACCOUNT, NOW)
    assert (person.key, rows) == ("new", ())
    tied = await store.roster(place.committee_id)
    assert await telegram(store, place) == [ACCOUNT.value]
    assert tied.committee.revision > before
    assert await store.tie(ticket(place), ACCOUNT, NOW) == (person, ())
    assert await store.roster(place.committee_id) == tied


@pytest.mark.parametrize("epoch", [1, 99])
async def test_an_invitation_of_another_epoch_ties_nothing(store: SqlStore, place: Place, epoch: int) -> None:
    with pytest.raises(LinkRevokedError):
        await store.tie(ticket(place, epoch=epoch), ACCOUNT, NOW)
    assert await store.addresses("telegram", ACCOUNT.value) == ()


async def test_an_invitation_names_a_person_of_its_own_committee(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "qingtongli")
    with pytest.raises(LinkRevokedError):
        await store.tie((place.committee_id, theirs.people["new"], 0), ACCOUNT, NOW)
    with pytest.raises(LinkRevokedError):
        await store.tie((404, place.people["new"], 0), ACCOUNT, NOW)


async def test_an_account_may_belong_to_one_person_in_each_committee(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "qingtongli")
    await store.tie(ticket(place), ACCOUNT, NOW)
    await store.tie(ticket(theirs), ACCOUNT, NOW)
    assert len(await store.addresses("telegram", ACCOUNT.value)) == 2


async def test_somebody_elses_account_is_not_taken(store: SqlStore, place: Place) -> None:
    (taken,) = await telegram(store, place, "v1")
    with pytest.raises(AccountTakenError):
        await store.tie(ticket(place), Account(platform="telegram", value=taken), NOW)
    await store.address_failed(await found(store, Account(platform="telegram", value=taken)), "unreachable")
    with pytest.raises(AccountTakenError):  # it failed, but it is theirs
        await store.tie(ticket(place), Account(platform="telegram", value=taken), NOW)
    assert await telegram(store, place) == []


async def test_a_room_is_nobodys_account(store: SqlStore, place: Place) -> None:
    file = samples.register()
    await store.load(replace(file, rooms=[{**samples.room(), "topic": None}]), prune=True, demo=False)
    with pytest.raises(AccountTakenError):
        await store.tie(ticket(place), Account(platform="telegram", value="-100123"), NOW)


async def test_the_account_of_somebody_who_left_is_free_and_its_old_cards_are_forgotten(
    store: SqlStore, place: Place
) -> None:
    (value,) = await telegram(store, place, "v1")
    account = Account(platform="telegram", value=value)
    job_id = (await place.post()).job_id
    saved = await store.change(place.committee_id, job_id, samples.told("", NoticeKind.ASK))
    (row,) = [row for row in await store.outbox(saved.rows) if row.address.value == value]
    await store.delivered(row, now=NOW, result="delivered", ref="m1", retry_at=None)
    file = samples.register()
    left = [each for each in file.people if each["key"] != "v1"]
    ladder = {**(file.ladder or {}), "last_resort": ("li",)}
    await store.load(replace(file, people=left, ladder=ladder), prune=True, demo=False)
    await store.tie(ticket(place), account, NOW)
    assert (await found(store, account)).person_id == place.people["new"]
    saved = await store.change(place.committee_id, job_id, samples.told("", NoticeKind.ASK))
    owed = [row for row in await store.outbox(saved.rows) if row.address.value == value]
    assert [row.ref for row in owed] == [None]


async def test_a_second_account_replaces_nothing(store: SqlStore, place: Place) -> None:
    await store.tie(ticket(place), ACCOUNT, NOW)
    with pytest.raises(SecondAccountError):
        await store.tie(ticket(place), SECOND, NOW)
    assert await telegram(store, place) == [ACCOUNT.value]
    await store.tie(ticket(place), Account(platform="matrix", value="@new:example.org"), NOW)
    assert await telegram(store, place) == [ACCOUNT.value]


async def test_a_second_account_stands_for_one_that_failed_and_that_one_stays_off(
    store: SqlStore, place: Place
) -> None:
    await store.tie(ticket(place), ACCOUNT, NOW)
    await store.address_failed(await found(store, ACCOUNT), "unreachable")
    await store.tie(ticket(place), SECOND, NOW)
    assert await store.revive("telegram", ACCOUNT.value) == ()
    assert await telegram(store, place) == [SECOND.value]


async def test_an_account_that_failed_is_tied_again_by_its_own_invitation(
    store: SqlStore, place: Place
) -> None:
    await store.tie(ticket(place), ACCOUNT, NOW)
    await store.address_failed(await found(store, ACCOUNT), "unreachable")
    await store.tie(ticket(place), ACCOUNT, NOW)
    assert await telegram(store, place) == [ACCOUNT.value]


async def test_revoking_lets_go_of_the_account_and_a_new_invitation_ties_another(
    store: SqlStore, place: Place
) -> None:
    await store.tie(ticket(place), ACCOUNT, NOW)
    await store.invite(place.committee_id, place.people["new"], revoke=True)
    assert await store.revive("telegram", ACCOUNT.value) == ()
    with pytest.raises(LinkRevokedError):
        await store.tie(ticket(place), ACCOUNT, NOW)
    await store.tie(ticket(place, epoch=1), SECOND, NOW)
    assert await telegram(store, place) == [SECOND.value]


async def test_loading_the_file_again_leaves_a_tied_account_alone(store: SqlStore, place: Place) -> None:
    await store.tie(ticket(place), ACCOUNT, NOW)
    counts = await store.load(samples.register(), prune=True, demo=False)
    assert counts["changed"] == counts["deactivated"] == 0
    assert await telegram(store, place) == [ACCOUNT.value]


async def test_an_invitation_makes_the_accounts_application_needless(store: SqlStore, place: Place) -> None:
    await store.invite(place.committee_id, place.people["li"], revoke=False)
    asked = Request(committee_id=place.committee_id, account=ACCOUNT, language="zh_CN", name="王小明")
    filed = await store.apply(asked, NOW)
    person, rows = await store.tie(ticket(place), ACCOUNT, NOW)
    assert await store.applications(place.committee_id) == ()
    settled = await store.application(place.committee_id, filed.application.id)
    assert (settled.person_id, settled.decided_by, settled.approved) == (person.id, None, True)
    owed = await store.outbox(rows)
    assert [(row.address.person_id, row.kind) for row in owed] == [(place.people["li"], NoticeKind.UPDATE)]
