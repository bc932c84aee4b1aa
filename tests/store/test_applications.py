"""Applications as they are kept: one open a account and committee, sealed, and decided once."""

from dataclasses import replace

import pytest

from dispatch.errors import (
    AccountTakenError,
    CodeWrongError,
    DeclinedLatelyError,
    OwnApplicationError,
    UnknownApplicationError,
    UnknownPersonError,
)
from dispatch.events import NoticeKind
from dispatch.joining import REAPPLY_AFTER, Account, Filed, Offering, Request, Verdict
from dispatch.linking import MOST_TRIES
from dispatch.moments import MINUTE
from dispatch.people import Role
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW

ACCOUNT = Account(platform="telegram", value="777001")
GIVEN = "13600136000"


@pytest.fixture
async def place(store: SqlStore) -> Place:
    found = await settle(store)
    await store.invite(found.committee_id, found.people["li"], revoke=False)
    return found


def request(place: Place, **said: object) -> Request:
    asked = Request(
        committee_id=place.committee_id,
        account=ACCOUNT,
        language="zh_CN",
        name="王小明",
        building_id=place.buildings["3"],
    )
    return replace(asked, **said)  # type: ignore[arg-type]  # fields by name, for brevity


def verdict(
    place: Place, filed: Filed, *, approve: bool = True, receipt: str = "", by: str = "li"
) -> Verdict:
    return Verdict(
        committee_id=place.committee_id,
        application_id=filed.application.id,
        by=place.people[by],
        approve=approve,
        receipt=receipt,
    )


async def kinds(store: SqlStore, filed: Filed) -> list[tuple[int | None, NoticeKind]]:
    rows = await store.outbox(filed.rows)
    assert all(row.application_id == filed.application.id and row.job_id == 0 for row in rows)
    return [(row.address.person_id, row.kind) for row in rows]


async def test_an_application_is_kept_and_owed_to_the_desk(store: SqlStore, place: Place) -> None:
    filed = await store.apply(request(place, phone=GIVEN), NOW)
    assert filed.changed
    assert await store.applications(place.committee_id) == (filed.application,)
    assert await store.applications_of(ACCOUNT) == (filed.application,)
    assert await store.application_committee(filed.application.id) == place.committee_id
    assert (filed.application.name, filed.application.phone, filed.application.version) == (
        "王小明",
        GIVEN,
        1,
    )
    assert await kinds(store, filed) == [(place.people["li"], NoticeKind.APPLIED)]


async def test_applying_again_adds_to_the_one_open_application(store: SqlStore, place: Place) -> None:
    first = await store.apply(request(place, building_id=None, name="", likely_name="Ming"), NOW)
    again = await store.apply(request(place, building_id=None, name="", likely_name="Ming"), NOW)
    assert (again.changed, again.rows, again.application) == (False, (), first.application)
    more = await store.apply(request(place, phone=GIVEN), NOW + MINUTE)
    (only,) = await store.applications(place.committee_id)
    assert only == more.application
    assert (only.id, only.version, only.name, only.phone) == (first.application.id, 2, "王小明", GIVEN)
    assert await kinds(store, more) == [(place.people["li"], NoticeKind.UPDATE)]


async def test_somebody_approved_is_a_volunteer_nobody_vouched_for_and_is_told(
    store: SqlStore, place: Place
) -> None:
    filed = await store.apply(request(place, phone=GIVEN), NOW)
    decided = await store.decide_application(verdict(place, filed), NOW + MINUTE)
    roster = await store.roster(place.committee_id)
    address = next(each for each in roster.addresses if each.value == ACCOUNT.value)
    assert address.person_id is not None
    person = roster.people[address.person_id]
    assert (person.name, person.trusted, person.roles) == ("王小明", False, frozenset({Role.VOLUNTEER}))
    assert (person.building_id, person.key) == (place.buildings["3"], f"joined-{filed.application.id}")
    assert decided.application.person_id == person.id
    assert await store.application(place.committee_id, filed.application.id) == decided.application
    assert dict(await kinds(store, decided)) == {
        place.people["li"]: NoticeKind.UPDATE,
        person.id: NoticeKind.WELCOMED,
    }
    assert await store.applications(place.committee_id) == ()


async def test_what_was_decided_is_not_decided_again(store: SqlStore, place: Place) -> None:
    filed = await store.apply(request(place), NOW)
    first = await store.decide_application(verdict(place, filed, approve=False), NOW)
    second = await store.decide_application(verdict(place, filed), NOW + MINUTE)
    assert (first.changed, second.changed, second.rows) == (True, False, ())
    assert second.application == first.application
    assert not second.application.approved
    assert ACCOUNT.value not in {each.value for each in (await store.roster(place.committee_id)).addresses}
    assert ACCOUNT.value not in {each.address.value for each in await store.ways(place.committee_id)}


async def test_somebody_declined_is_owed_word_of_it_at_an_address_that_is_nobodys(
    store: SqlStore, place: Place
) -> None:
    filed = await store.apply(request(place, phone=GIVEN), NOW)
    declined = await store.decide_application(verdict(place, filed, approve=False), NOW)
    assert await kinds(store, declined) == [
        (place.people["li"], NoticeKind.UPDATE),
        (None, NoticeKind.DECLINED),
    ]
    assert await store.addresses(ACCOUNT.platform, ACCOUNT.value) == ()
    assert await store.revive(ACCOUNT.platform, ACCOUNT.value) == ()
    row = (await store.outbox(declined.rows))[-1]
    await store.address_failed(row.address, "blocked")
    assert await store.revive(ACCOUNT.platform, ACCOUNT.value) == ()


async def test_somebody_declined_may_be_let_in_later_and_is_told_there(store: SqlStore, place: Place) -> None:
    filed = await store.apply(request(place), NOW)
    await store.decide_application(verdict(place, filed, approve=False), NOW)
    again = await store.apply(request(place), NOW + REAPPLY_AFTER)
    declined = await store.decide_application(verdict(place, again, approve=False), NOW + REAPPLY_AFTER)
    assert (None, NoticeKind.DECLINED) in await kinds(store, declined)
    third = await store.apply(request(place), NOW + 2 * REAPPLY_AFTER)
    approved = await store.decide_application(verdict(place, third), NOW + 2 * REAPPLY_AFTER)
    (address,) = await store.addresses(ACCOUNT.platform, ACCOUNT.value)
    assert address.person_id == approved.application.person_id
    assert (address.person_id, NoticeKind.WELCOMED) in await kinds(store, approved)
    assert await store.outbox(declined.rows) == await store.outbox(declined.rows[:-1])  # nothing left for it


async def test_a_redelivered_tap_decides_nothing(store: SqlStore, place: Place) -> None:
    one = await store.apply(request(place), NOW)
    other = await store.apply(request(place, account=replace(ACCOUNT, value="777002")), NOW)
    assert (await store.decide_application(verdict(place, one, receipt="telegram:1:5"), NOW)).changed
    assert not (await store.decide_application(verdict(place, other, receipt="telegram:1:5"), NOW)).changed
    assert (await store.application(place.committee_id, other.application.id)).open


async def test_a_declined_account_waits_a_day_and_its_phone_is_let_go_of(
    store: SqlStore, place: Place
) -> None:
    filed = await store.apply(request(place, phone=GIVEN), NOW)
    declined = await store.decide_application(verdict(place, filed, approve=False), NOW)
    assert declined.application.phone == ""
    assert (await store.application(place.committee_id, filed.application.id)).phone == ""
    with pytest.raises(DeclinedLatelyError):
        await store.apply(request(place), NOW + REAPPLY_AFTER - 1)
    again = await store.apply(request(place), NOW + REAPPLY_AFTER)
    assert again.application.id != filed.application.id
    assert again.application.open


async def test_an_account_that_is_somebodys_cannot_apply(store: SqlStore, place: Place) -> None:
    with pytest.raises(AccountTakenError):
        await store.apply(request(place, account=replace(ACCOUNT, value="1008")), NOW)
    assert await store.applications(place.committee_id) == ()


async def test_an_account_that_became_somebodys_meanwhile_stays_theirs(store: SqlStore, place: Place) -> None:
    filed = await store.apply(request(place), NOW)
    file = samples.register()
    crowd = [dict(each) for each in file.people]
    crowd[-1]["addresses"] = {"telegram": ACCOUNT.value}
    await store.load(replace(file, people=crowd), prune=False, demo=False)
    before = set((await store.roster(place.committee_id)).people)
    with pytest.raises(OwnApplicationError):
        await store.decide_application(verdict(place, filed), NOW)
    assert (await store.application(place.committee_id, filed.application.id)).open
    decided = await store.decide_application(verdict(place, filed, by="v1"), NOW)
    assert decided.application.person_id == place.people["li"]
    assert set((await store.roster(place.committee_id)).people) == before


async def test_the_same_phone_is_a_hint_and_never_a_link(store: SqlStore, place: Place) -> None:
    filed = await store.apply(request(place, phone=f"+86 {samples.PERSON_PHONE}"), NOW)
    (waiting,) = await store.applications(place.committee_id)
    assert waiting.same_phone == place.people["li"]
    with pytest.raises(OwnApplicationError):
        await store.decide_application(verdict(place, filed), NOW)
    decided = await store.decide_application(verdict(place, filed, by="v1"), NOW)
    assert decided.application.person_id not in (None, place.people["li"])


async def test_another_committee_finds_no_application(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "qingtongli")
    filed = await store.apply(request(place), NOW)
    foreign = replace(verdict(place, filed), committee_id=theirs.committee_id, by=theirs.people["li"])
    with pytest.raises(UnknownApplicationError):
        await store.decide_application(foreign, NOW)
    with pytest.raises(UnknownApplicationError):
        await store.application(theirs.committee_id, filed.application.id)
    assert await store.applications(theirs.committee_id) == ()
    here = request(place, committee_id=theirs.committee_id, building_id=theirs.buildings["3"])
    await store.apply(here, NOW)
    assert len(await store.applications_of(ACCOUNT)) == 2
    assert await store.application_committee(404) is None
    await store.decide_application(verdict(place, filed), NOW)
    assert len(await store.applications(theirs.committee_id)) == 1


async def test_an_applicants_phone_does_not_lie_open_in_the_database(
    store: SqlStore, place: Place, base: Base
) -> None:
    filed = await store.apply(request(place, phone=GIVEN), NOW)
    await store.decide_application(verdict(place, filed), NOW)
    found = await base.kept()
    assert "王小明".encode() in found  # so the search does search
    assert GIVEN.encode() not in found
    assert GIVEN not in repr(filed)


async def test_an_applications_card_is_one_message_and_older_rows_become_obsolete(
    store: SqlStore, place: Place
) -> None:
    filed = await store.apply(request(place), NOW)
    more = await store.apply(request(place, name="王明"), NOW)
    (older,), (newer,) = await store.outbox(filed.rows), await store.outbox(more.rows)
    ringing = replace(older, kind=NoticeKind.UPDATE)
    await store.delivered(newer, now=NOW, result="delivered", ref="m1", retry_at=None)
    assert await store.outbox(filed.rows) == (replace(older, ref="m1"),)  # it was to ring: it still is
    await store.delivered(ringing, now=NOW, result="delivered", ref="m1", retry_at=None)
    last = await store.decide_application(verdict(place, filed, approve=False), NOW)
    (row,) = [row for row in await store.outbox(last.rows) if row.address.id == older.address.id]
    assert row.ref == "m1"


async def test_anothers_person_is_not_vouched_for_and_brings_nothing(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "qingtongli")
    foreign, by = theirs.people["li"], place.people["li"]
    with pytest.raises(UnknownPersonError):
        await store.vouch(place.committee_id, foreign, by, NOW)
    with pytest.raises(UnknownPersonError):
        await store.bring(place.committee_id, foreign, Offering(vehicle="car"))
    await store.replace_posters(place.committee_id)
    epochs = {each.id: each.poster_epoch for each in await store.committees()}
    assert epochs == {place.committee_id: 1, theirs.committee_id: 0}


async def test_only_the_newest_code_of_somebody_counts_and_only_once(store: SqlStore, place: Place) -> None:
    person = await store.person(place.committee_id, "li")
    for code in ("ABCD2345", "ABCD2346"):
        await store.keep_link_code(person, code, NOW)
    with pytest.raises(CodeWrongError):
        await store.link_owner("ABCD2345", "somebody", MOST_TRIES, NOW)
    owner = await store.link_owner("abcd-2346", "somebody", MOST_TRIES, NOW)
    assert owner == (place.committee_id, person.id)
    assert await store.spend_link_code("ABCD2346", NOW)
    assert not await store.spend_link_code("ABCD2346", NOW)
    with pytest.raises(CodeWrongError):
        await store.link_owner("", "somebody", MOST_TRIES, NOW)
