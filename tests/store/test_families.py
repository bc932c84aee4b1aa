"""Family of residents: whose link it is, who is told once, and what is left when it ends."""

from dataclasses import replace

import pytest

from dispatch.entries import ContactEntry
from dispatch.errors import AccountTakenError, LinkRevokedError, UnknownPersonError
from dispatch.events import Event, EventKind, NoticeKind
from dispatch.jobs import JobStatus, Outcome
from dispatch.joining import Account
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from dispatch.telling import MOST_SMS, Family, Told, WantedLink, by_sms, international
from handlers.gateways import Delivery
from handlers.messages import Card, Tone
from store import SqlStore
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import CONTACT, CONTACT_PHONE, NOW, RESIDENT_KEY, OurClock
from workers.sms import SmsGateway

SON = Account(platform="telegram", value="880001")
NUMBER = international(CONTACT_PHONE)
OTHER = Account(platform="matrix", value="@other:example.org")


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def link(store: SqlStore, place: Place, mark: int = 5, name: str = CONTACT) -> Family:
    wanted = WantedLink(
        committee_id=place.committee_id, resident=RESIDENT_KEY, name=name, language="en", mark=mark
    )
    return await store.make_family_link(wanted, NOW)


def closed(before: Situation) -> Decision:
    """Somebody closes it, and the family is owed a word."""
    job = replace(
        before.job,
        version=before.job.version + 1,
        status=JobStatus.CLOSED,
        outcome=Outcome.DONE,
        closed_at=NOW + MINUTE,
        look_at=None,
    )
    event = Event(kind=EventKind.CLOSED, at=NOW + MINUTE)
    return Decision(before=before, after=replace(before, job=job), events=(event,), tells=True)


async def done(
    store: SqlStore, place: Place, nonce: str = "form-1", unit: str = samples.DOOR
) -> tuple[int, tuple[int, ...]]:
    """A job of the resident that is done; its number, and the rows that ring somebody."""
    posted = await place.post(nonce=nonce, unit=unit)
    saved = await store.change(place.committee_id, posted.job_id, closed)
    return posted.job_id, saved.rows


async def test_a_link_is_made_once_and_the_first_account_that_opens_it_has_it(
    store: SqlStore, place: Place
) -> None:
    made = await link(store, place)
    assert await link(store, place, mark=6) == made
    contact, _resident = await store.family_contacts(place.committee_id, RESIDENT_KEY)
    assert (contact.name, contact.family) == (CONTACT, made)
    tied = await store.tie_family(made.ticket, SON, NOW)
    assert tied.address is not None
    assert (tied.address.person_id, tied.linked_at) == (None, NOW)
    assert await store.tie_family(made.ticket, SON, NOW + MINUTE) == tied
    with pytest.raises(LinkRevokedError):
        await store.tie_family(made.ticket, OTHER, NOW)
    assert await store.families_at(SON) == (tied,)
    assert await store.addresses(SON.platform, SON.value) == ()  # nobody of the committee
    assert await store.family(made.ticket) == tied
    with pytest.raises(LinkRevokedError):
        await store.family((made.committee_id, made.id, made.mark + 1))


async def test_a_room_a_stranger_and_another_committee_have_no_link(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "qingtongli")
    made = await link(store, place)
    with pytest.raises(UnknownPersonError):
        await link(store, place, name="路人")
    with pytest.raises(LinkRevokedError):
        await store.family((theirs.committee_id, made.id, made.mark))
    file = samples.register()
    await store.load(replace(file, rooms=[{**samples.room(), "topic": None}]), prune=True, demo=False)
    with pytest.raises(AccountTakenError):
        await store.tie_family(made.ticket, Account(platform="telegram", value="-100123"), NOW)


async def test_they_are_owed_one_message_a_job_and_everybody_knows_how_it_stands(
    store: SqlStore, place: Place
) -> None:
    family = await store.tie_family((await link(store, place)).ticket, SON, NOW)
    posted = await place.post()
    assert await store.told_family(place.committee_id, posted.job_id) is Told.WILL_BE
    saved = await store.change(place.committee_id, posted.job_id, closed)
    (row,) = await store.outbox(saved.rows)
    assert (row.kind, row.address.value, row.job_id) == (NoticeKind.TOLD, SON.value, posted.job_id)
    again = await store.change(place.committee_id, posted.job_id, closed)
    assert again.rows == saved.rows  # the very row
    assert await store.told_family(place.committee_id, posted.job_id) is Told.ON_ITS_WAY
    assert await store.family_of_job(place.committee_id, posted.job_id, row.address.id) == family
    assert await store.family_of_job(place.committee_id, posted.job_id, row.address.id + 1) is None
    await store.delivered(row, now=NOW, result="delivered", ref=None, retry_at=None)
    assert await store.told_family(place.committee_id, posted.job_id) is Told.ARRIVED
    (job,) = await store.news(family, NOW)
    assert job.id == posted.job_id
    assert await store.news(family, NOW + 2 * MINUTE) == []


async def test_whoever_is_of_the_committee_is_told_at_their_own_address_and_stays_what_they_are(
    store: SqlStore, place: Place
) -> None:
    roster = await store.roster(place.committee_id)
    (address,) = [each for each in roster.addresses_of[place.people["v1"]] if each.platform == "telegram"]
    own = Account(platform="telegram", value=address.value)
    family = await store.tie_family((await link(store, place)).ticket, own, NOW)
    assert family.address is not None
    assert family.address.id == address.id
    await store.end_family(family)
    assert await store.families_at(own) == ()
    assert [each.id for each in await store.addresses("telegram", address.value)] == [address.id]


@pytest.mark.parametrize("how", ["end", "leaves", "contact", "erased"])
async def test_what_ended_tells_nobody_anything_and_leaves_no_account(
    store: SqlStore, place: Place, base: Base, how: str
) -> None:
    family = await store.tie_family((await link(store, place)).ticket, SON, NOW)
    file = samples.register()
    if how == "end":
        await store.end_family(family)
        await store.end_family(family)
    elif how == "leaves":
        await store.load(replace(file, residents=[]), prune=True, demo=False)
    elif how == "erased":
        await store.forget_resident(place.committee_id, RESIDENT_KEY)
    else:
        (resident,) = file.residents
        await store.load(replace(file, residents=[{**resident, "contacts": []}]), prune=False, demo=False)
    with pytest.raises(LinkRevokedError):
        await store.family(family.ticket)
    assert await store.families_at(SON) == ()
    if how != "contact":
        assert await base.rows("SELECT id FROM families") == []
        assert SON.value.encode() not in b"".join(
            str(row["value"]).encode() for row in await base.rows("SELECT value FROM addresses")
        )
    _, rows = await done(store, place)
    kinds = {row.kind for row in await store.outbox(rows)}
    assert NoticeKind.TOLD not in kinds or how == "contact"


async def test_the_name_lies_sealed_and_is_told_to_whoever_asks_about_the_resident(
    store: SqlStore, place: Place, base: Base
) -> None:
    await store.tie_family((await link(store, place)).ticket, SON, NOW)
    assert CONTACT.encode() not in await base.kept()
    told = await store.kept_about_resident(place.committee_id, RESIDENT_KEY)
    assert [row["name"] for row in told.tables["families"]] == [CONTACT]


async def texted(store: SqlStore, place: Place) -> Family:
    made = await link(store, place)
    return await store.tie_family(made.ticket, by_sms(made), NOW)


async def test_whoever_is_told_by_sms_has_a_number_in_no_open_column_and_so_many_a_day(
    store: SqlStore, place: Place, base: Base
) -> None:
    family = await texted(store, place)
    assert family.address is not None
    contact, _resident = await store.family_contacts(place.committee_id, RESIDENT_KEY)
    assert (contact.phone, contact.family) == (True, family)
    assert await store.number_of_family(family.address) == CONTACT_PHONE
    assert CONTACT_PHONE.encode() not in await base.kept()
    for nonce, result, sent in (("a", "delivered", 1), ("b", "unreachable", 1), ("c", "unknown", 2)):
        _, rows = await done(store, place, nonce)
        (row,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
        assert row.address.id == family.address.id
        await store.delivered(row, now=NOW + MINUTE, result=result, ref=None, retry_at=None)
        assert await store.sms_to(place.committee_id, NUMBER, NOW) == sent
    assert await store.sms_to(place.committee_id, NUMBER, NOW + MINUTE) == 0
    assert await store.sms_to(place.committee_id, "+8613900139999", NOW) == 0
    theirs = replace(family.address, committee_id=place.committee_id + 1)
    assert await store.number_of_family(theirs) is None
    assert await store.sms_to(theirs.committee_id, NUMBER, NOW) == 0


async def test_more_than_so_many_sms_a_day_are_not_sent(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    family = await texted(store, place)
    assert family.address is not None
    card = Card(job_id=1, version=1, tone=Tone.DONE, title="…", badge="", state="…")
    gateway = SmsGateway(store, clock, "json://127.0.0.1:1/{phone}")  # where nobody listens
    for number in range(MOST_SMS):
        assert (await gateway.send(family.address, card, NoticeKind.TOLD, None)).delivery is Delivery.UNKNOWN
        _, rows = await done(store, place, f"form {number}")
        (row,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
        await store.delivered(row, now=clock.now(), result="unknown", ref=None, retry_at=None)
    found = await gateway.send(family.address, card, NoticeKind.TOLD, None)
    assert found.delivery is Delivery.NOT_REACHED


async def test_so_many_a_day_are_those_of_a_number_whosever_family_has_it(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    family = await texted(store, place)
    assert family.address is not None
    spelled = f"+86 {CONTACT_PHONE}"
    father: ContactEntry = {"name": CONTACT, "phone": spelled, "kind": "family"}
    other = {**samples.resident(unit="101"), "key": "father", "contacts": (father,)}
    part = replace(samples.register(), residents=[samples.resident(), other])
    await store.load(part, prune=False, demo=False)
    wanted = WantedLink(
        committee_id=place.committee_id, resident="father", name=CONTACT, language="en", mark=9
    )
    second = await store.make_family_link(wanted, NOW)
    second = await store.tie_family(second.ticket, by_sms(second), NOW)
    assert second.address is not None
    card = Card(job_id=1, version=1, tone=Tone.DONE, title="…", badge="", state="…")
    gateway = SmsGateway(store, clock, "json://127.0.0.1:1/{phone}")  # where nobody listens
    for number in range(MOST_SMS):
        address = second.address if number % 2 else family.address
        assert (await gateway.send(address, card, NoticeKind.TOLD, None)).delivery is Delivery.UNKNOWN
        unit = "101" if number % 2 else samples.DOOR
        _, rows = await done(store, place, f"form {number}", unit=unit)
        (row,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
        assert row.address.id == address.id
        await store.delivered(row, now=clock.now(), result="delivered", ref=None, retry_at=None)
    for address in (family.address, second.address):
        found = await gateway.send(address, card, NoticeKind.TOLD, None)
        assert found.delivery is Delivery.NOT_REACHED


async def test_an_sms_that_waits_goes_by_the_chat_that_takes_its_place_and_goes_once(
    store: SqlStore, place: Place
) -> None:
    family = await texted(store, place)
    job, rows = await done(store, place)
    (waits,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
    await store.delivered(waits, now=NOW, result="retry", ref=None, retry_at=NOW + 9 * MINUTE)
    await store.tie_family(family.ticket, SON, NOW + MINUTE)
    assert await store.told_family(place.committee_id, job) is Told.ON_ITS_WAY
    (row,) = await store.outbox([waits.id])
    assert (row.id, row.address.value) == (waits.id, SON.value)
    assert row.id in await store.overdue_outbox(NOW + 2 * MINUTE, 9, (), others=True)
    # Whoever had it in hand for SMS finds nobody there, and ends nothing.
    for result in ("obsolete", "unreachable", "retry"):
        await store.delivered(waits, now=NOW, result=result, ref=None, retry_at=NOW + 9 * MINUTE)
        assert await store.outbox([waits.id]) == (row,)
    await store.delivered(row, now=NOW, result="delivered", ref=None, retry_at=None)
    assert await store.outbox([waits.id]) == ()
    assert await store.told_family(place.committee_id, job) is Told.ARRIVED


async def test_an_sms_that_was_sent_meanwhile_is_not_told_again_by_the_chat(
    store: SqlStore, place: Place
) -> None:
    family = await texted(store, place)
    told, rows = await done(store, place, "told")
    (row,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
    await store.delivered(row, now=NOW, result="delivered", ref=None, retry_at=None)
    alone, rows = await done(store, place, "alone")
    (under_way,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
    begun, rows = await done(store, place, "begun")
    (elsewhere,) = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
    assert await store.begin_sends([elsewhere], NOW, NOW + MINUTE)  # by another process
    await store.tie_family(family.ticket, SON, NOW + MINUTE)
    for each in (under_way, elsewhere):
        await store.delivered(each, now=NOW, result="delivered", ref=None, retry_at=None)
    assert await store.outbox([row.id, under_way.id, elsewhere.id]) == ()
    for job in (told, alone, begun):
        assert await store.told_family(place.committee_id, job) is Told.ARRIVED


async def test_a_chat_that_was_told_anyway_is_not_told_twice(store: SqlStore, place: Place) -> None:
    mother, son = "儿子", "小儿子"
    kin = [{"name": each, "phone": CONTACT_PHONE, "kind": "family"} for each in (mother, son)]
    resident = {**samples.resident(), "contacts": kin}
    await store.load(replace(samples.register(), residents=[resident]), prune=False, demo=False)
    first = await link(store, place, name=mother)
    await store.tie_family(first.ticket, SON, NOW)
    second = await link(store, place, mark=6, name=son)
    await store.tie_family(second.ticket, by_sms(second), NOW)
    _, rows = await done(store, place)
    owed = [each for each in await store.outbox(rows) if each.kind is NoticeKind.TOLD]
    assert len(owed) == 2
    await store.tie_family(second.ticket, SON, NOW)
    left = await store.outbox([each.id for each in owed])
    assert sorted(each.address.platform for each in left) == ["sms", "telegram"]
    (nobodys,) = [each for each in left if each.address.platform == "sms"]
    assert nobodys.job_id
    assert await store.family_of_job(place.committee_id, nobodys.job_id, nobodys.address.id) is None


async def test_a_link_made_when_it_was_over_promises_no_message(store: SqlStore, place: Place) -> None:
    job, _ = await done(store, place)
    await store.tie_family((await link(store, place)).ticket, SON, NOW)
    assert await store.told_family(place.committee_id, job) is Told.NOBODY


async def test_a_chat_takes_the_place_of_sms_and_sms_that_of_no_chat(
    store: SqlStore, place: Place, base: Base
) -> None:
    family = await texted(store, place)
    assert family.address is not None
    told = await store.tie_family(family.ticket, SON, NOW + MINUTE)
    assert await store.families_at(SON) == (told,)
    assert await store.number_of_family(family.address) is None
    for refused in (by_sms(family), OTHER):
        with pytest.raises(LinkRevokedError):
            await store.tie_family(family.ticket, refused, NOW)
    kept = await base.rows("SELECT value FROM addresses WHERE platform = 'sms'")
    assert [str(row["value"]).startswith("left-") for row in kept] == [True]


@pytest.mark.parametrize("how", ["end", "leaves", "erased"])
async def test_what_ended_leaves_no_number(store: SqlStore, place: Place, base: Base, how: str) -> None:
    family = await texted(store, place)
    assert family.address is not None
    if how == "end":
        await store.end_family(family)
    elif how == "leaves":
        await store.load(replace(samples.register(), residents=[]), prune=True, demo=False)
    else:
        await store.forget_resident(place.committee_id, RESIDENT_KEY)
    assert await store.number_of_family(family.address) is None
    assert await base.rows("SELECT id FROM families") == []
    assert await store.families_at(by_sms(family)) == ()
