"""Pictures in the database: sealed, with their ledger entry or not at all, and let go of in time."""

from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.claims import ClaimStatus
from dispatch.errors import UnknownJobError, UnknownPictureError
from dispatch.events import Event, EventKind, Notice, NoticeKind
from dispatch.geography import Point
from dispatch.jobs import Correction
from dispatch.kept import OutboxRow, Saved
from dispatch.moments import HOUR, MINUTE
from dispatch.pictures import Picture, Wanted
from dispatch.playbook_file import from_json, to_json
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from store import SqlStore
from store.crypto import Vault
from store.errors import KeyWrongError
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, after, settle
from tests.store.samples import NOW

BYTES = b"\xff\xd8\xff a picture of somebody's door " * 1000
PICTURE = Picture(data=BYTES, width=1600, height=1200)
ALBUM = "2001:777"


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


def add(actor: int, picture: Picture = PICTURE) -> Decide:
    """One more picture."""

    def decide(before: Situation) -> Decision:
        job = replace(before.job, pictures=before.job.pictures + 1, hides=before.job.hides | {"text"})
        event = Event(kind=EventKind.PICTURED, at=NOW, actor_id=actor, data={"number": job.pictures})
        made = samples.decided(before, event, after=replace(before, job=job))
        return replace(made, pictures=(picture,))

    return decide


def corrected(correction: Correction) -> Decide:
    """Something is put right."""

    def decide(before: Situation) -> Decision:
        made = samples.decided(before, Event(kind=EventKind.CORRECTED, at=NOW))
        return replace(made, correction=correction)

    return decide


def ended(before: Situation) -> Decision:
    """The first claim is over."""
    claim = replace(before.claims[0], status=ClaimStatus.RELEASED, ended_at=NOW)
    event = Event(kind=EventKind.RELEASED, at=NOW)
    notice = Notice(kind=NoticeKind.WITHDRAW, people=(claim.person_id,))
    return samples.decided(before, event, notices=(notice,), after=replace(before, claims=(claim,)))


async def pictured(store: SqlStore, place: Place) -> int:
    """A job with a picture; its playbook shows claimers the words, and so the pictures."""
    book = from_json(to_json(replace(samples.playbook(), reveal=frozenset({"text", "unit"}))))
    draft = samples.draft(place.committee_id, place.buildings["3"])
    job_id = (await store.post(draft, book, NOW, samples.posted)).job_id
    await store.change(place.committee_id, job_id, add(place.people["li"]))
    return job_id


async def owed(store: SqlStore, saved: Saved) -> list[OutboxRow]:
    """The pictures that a decision owes."""
    return [row for row in await store.outbox((*saved.rows, *saved.quiet)) if row.picture is not None]


async def claimed(store: SqlStore, place: Place) -> tuple[int, OutboxRow]:
    """A job with a picture, taken by `v1`, and the row that owes it to them."""
    job_id = await pictured(store, place)
    saved = await store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))
    (row,) = await owed(store, saved)
    return job_id, row


async def test_a_picture_reads_back_as_it_was_added(store: SqlStore, place: Place) -> None:
    job_id = await pictured(store, place)
    assert await store.picture(place.committee_id, job_id, 1) == PICTURE
    assert (await place.situation(job_id)).job.pictures == 1
    entry = (await store.timeline(place.committee_id, job_id))[-1]
    assert (entry.kind, entry.actor_id, dict(entry.data)) == (
        EventKind.PICTURED,
        place.people["li"],
        {"number": 1},
    )


async def test_nothing_of_it_lies_open_in_the_database_nor_in_its_log(
    store: SqlStore, place: Place, base: Base
) -> None:
    job_id = await pictured(store, place)
    await store.change(
        place.committee_id, job_id, corrected(Correction(place=Point(lat=31.20777, lon=121.47888)))
    )
    await store.want_picture(_wanted(await _address(store, place), "the way to the file"), NOW)
    kept = await base.kept()
    for word in (
        b"somebody's door",
        b"\xff\xd8\xff a pic",
        b"31.20777",
        b"121.47888",
        b"the way to the file",
    ):
        assert word not in kept


def test_bytes_are_sealed_in_hardly_more_room_and_opened_by_the_right_key_only(tmp_path: Path) -> None:
    vault, other = Vault.open(tmp_path / "a", None), Vault.open(tmp_path / "b", None)
    sealed = vault.seal_bytes(BYTES)
    assert vault.unseal_bytes(sealed) == BYTES
    assert len(sealed) < len(BYTES) + 100
    with pytest.raises(KeyWrongError):
        other.unseal_bytes(sealed)


async def test_a_picture_and_its_entry_are_kept_together_or_not_at_all(store: SqlStore, place: Place) -> None:
    job_id = await pictured(store, place)
    before = await store.timeline(place.committee_id, job_id)

    def a_second_one_under_the_same_number(found: Situation) -> Decision:
        return add(place.people["li"])(replace(found, job=replace(found.job, pictures=0)))

    with pytest.raises(Exception, match="conflict"):
        await store.change(place.committee_id, job_id, a_second_one_under_the_same_number)
    assert await store.timeline(place.committee_id, job_id) == before
    assert (await place.situation(job_id)).job.version == before[-1].version


async def test_one_committees_picture_is_unknown_to_another(store: SqlStore, place: Place) -> None:
    other = await settle(store, "qingtongli")
    job_id = await pictured(store, place)
    with pytest.raises(UnknownPictureError):
        await store.picture(other.committee_id, job_id, 1)
    with pytest.raises(UnknownJobError):
        await store.change(other.committee_id, job_id, add(other.people["li"]))
    for number in (0, 2, 99):
        with pytest.raises(UnknownPictureError):
            await store.picture(place.committee_id, job_id, number)


async def test_a_picture_hides_what_words_hide_and_a_correction_does_not_forget_that(
    store: SqlStore, place: Place
) -> None:
    job_id = await pictured(store, place)
    saved = await store.change(place.committee_id, job_id, corrected(Correction(phone="13800000000")))
    assert "text" in after(saved).job.hides
    assert (await place.situation(job_id)).job.pictures == 1


async def test_a_pin_is_private_hides_what_a_door_hides_and_stays(store: SqlStore, place: Place) -> None:
    job_id = (await place.post(building="", unit="")).job_id
    pin = Point(lat=31.2077, lon=121.4788)
    saved = await store.change(place.committee_id, job_id, corrected(Correction(place=pin)))
    job = after(saved).job
    assert "unit" in job.hides
    assert "unit" in job.missing, "a pin is no door"
    await store.change(place.committee_id, job_id, corrected(Correction(text="the gate on the left")))
    assert (await store.private(place.committee_id, job_id)).place == pin


async def test_a_picture_is_owed_once_a_claim_and_carries_both_numbers(store: SqlStore, place: Place) -> None:
    job_id, row = await claimed(store, place)
    assert (row.job_id, row.picture, row.claim, row.kind) == (job_id, 1, 1, NoticeKind.UPDATE)
    assert row.shown is None
    assert row.begun_at is None


async def test_only_one_begins_to_send_a_picture_and_whoever_comes_later_knows(
    store: SqlStore, place: Place
) -> None:
    _, row = await claimed(store, place)
    assert await store.begin_sends([row], NOW, NOW + MINUTE) == {row.id}
    assert await store.begin_sends([row], NOW, NOW + MINUTE) == frozenset()
    (again,) = await store.outbox([row.id])
    assert again.begun_at == NOW
    assert row.id not in await store.overdue_outbox(NOW + MINUTE - 1, 100)
    assert row.id in await store.overdue_outbox(NOW + MINUTE + 1, 100)


async def test_a_row_that_one_holds_is_left_alone_by_others_for_a_while_only(
    store: SqlStore, place: Place
) -> None:
    _, row = await claimed(store, place)
    assert await store.hold_send(row, NOW, NOW + MINUTE)
    assert not await store.hold_send(row, NOW, NOW + MINUTE)
    (again,) = await store.outbox([row.id])
    assert (again.begun_at, again.tries) == (None, 0)  # it may be sent again
    assert row.id not in await store.overdue_outbox(NOW + MINUTE, 100)
    assert row.id in await store.overdue_outbox(NOW + MINUTE + 1, 100)
    assert await store.hold_send(row, NOW + MINUTE, NOW + 2 * MINUTE)
    await store.delivered(row, now=NOW, result="delivered", ref=None, retry_at=None)
    assert not await store.hold_send(row, NOW + 2 * MINUTE, NOW + 3 * MINUTE)


async def test_a_send_that_is_put_off_was_not_begun(store: SqlStore, place: Place) -> None:
    _, row = await claimed(store, place)
    await store.begin_sends([row], NOW, NOW + MINUTE)
    await store.delivered(row, now=NOW, result="retry", ref=None, retry_at=NOW + 1)
    (again,) = await store.outbox([row.id])
    assert (again.begun_at, again.tries) == (None, 1)


async def test_the_message_that_a_picture_is_can_be_taken_back_when_the_claim_ends(
    store: SqlStore, place: Place
) -> None:
    job_id, row = await claimed(store, place)
    await store.delivered(row, now=NOW, result="delivered", ref="2001:55", retry_at=None)
    (back,) = await owed(store, await store.change(place.committee_id, job_id, ended))
    assert (back.kind, back.picture, back.shown) == (NoticeKind.WITHDRAW, 1, "2001:55")
    await store.delivered(back, now=NOW, result="delivered", ref=None, retry_at=None)
    assert await store.outbox([back.id]) == ()


async def test_a_picture_that_is_on_its_way_while_its_claim_ends_is_known_to_be(
    store: SqlStore, place: Place
) -> None:
    job_id, row = await claimed(store, place)
    await store.begin_sends([row], NOW, NOW + MINUTE)
    (back,) = await owed(store, await store.change(place.committee_id, job_id, ended))
    assert await store.picture_under_way(back)
    await store.delivered(row, now=NOW, result="unknown", ref=None, retry_at=None)
    assert not await store.picture_under_way(back)


async def test_a_picture_is_no_card_of_the_job(store: SqlStore, place: Place) -> None:
    """Neither is the card lost by it, nor does a newer card make it needless."""
    job_id, row = await claimed(store, place)
    saved = await store.change(place.committee_id, job_id, samples.told(""))
    card = next(
        each
        for each in await store.outbox((*saved.rows, *saved.quiet))
        if each.address.person_id == place.people["v1"] and each.picture is None
    )
    await store.delivered(card, now=NOW, result="delivered", ref="2001:9", retry_at=None)
    assert [each.id for each in await store.outbox([row.id])] == [row.id]
    await store.delivered(row, now=NOW, result="delivered", ref="2001:55", retry_at=None)
    assert await store.card_ref(row.address, job_id) == "2001:9"


async def test_pictures_are_let_go_of_once_their_job_is_over_a_few_at_a_time(
    store: SqlStore, place: Place
) -> None:
    job_id = await pictured(store, place)
    await store.change(place.committee_id, job_id, add(place.people["li"]))
    running = (await place.post(nonce="another")).job_id
    await store.change(place.committee_id, running, add(place.people["li"]))
    assert await store.forget_pictures(NOW + HOUR, 100) == 0
    await store.change(place.committee_id, job_id, samples.closed)
    assert await store.forget_pictures(NOW, 100) == 0
    assert [await store.forget_pictures(NOW + HOUR, 1) for _ in range(3)] == [1, 1, 0]
    with pytest.raises(UnknownPictureError):
        await store.picture(place.committee_id, job_id, 1)
    assert await store.picture(place.committee_id, running, 1) == PICTURE


def _wanted(address: object, source: str, **fields: object) -> Wanted:
    made = Wanted(receipt="telegram:1:1:picture", address=address, source=source, at=NOW)  # type: ignore[arg-type]  # an Address
    return replace(made, **fields)  # type: ignore[arg-type]  # fields by name


async def _address(store: SqlStore, place: Place) -> object:
    roster = await store.roster(place.committee_id)
    return roster.addresses_of[place.people["v1"]][0]


async def test_a_picture_to_be_fetched_is_noted_once_and_settled_once(store: SqlStore, place: Place) -> None:
    wanted = _wanted(await _address(store, place), "7 8 file")
    for _ in range(2):
        await store.want_picture(wanted, NOW + 5)
    assert await store.wanted_pictures("telegram", NOW, 10) == ()
    assert await store.wanted_pictures("matrix", NOW + 5, 10) == ()
    (found,) = await store.wanted_pictures("telegram", NOW + 5, 10)
    assert found == wanted
    await store.postpone_picture(found, NOW + MINUTE)
    assert await store.wanted_pictures("telegram", NOW + 5, 10) == ()
    (again,) = await store.wanted_pictures("telegram", NOW + MINUTE, 10)
    assert again.tries == 1
    await store.settle_picture(again, NOW)
    await store.want_picture(wanted, NOW)
    assert await store.wanted_pictures("telegram", NOW + HOUR, 10) == ()


async def test_an_album_is_known_by_the_part_that_had_words(store: SqlStore, place: Place) -> None:
    other = await settle(store, "qingtongli")
    address, job_id = await _address(store, place), (await place.post()).job_id
    first = _wanted(address, "a", album=ALBUM)
    await store.want_picture(first, NOW)
    assert await store.album_job(place.committee_id, ALBUM) is None
    second = _wanted(address, "b", album=ALBUM, job_id=job_id, receipt="telegram:1:2:picture")
    await store.want_picture(second, NOW)
    await store.settle_picture(second, NOW)
    assert await store.album_job(place.committee_id, ALBUM) == job_id
    assert await store.album_job(other.committee_id, ALBUM) is None
    assert await store.forget_wanted_pictures(NOW + 1, 1) == 1
    assert await store.forget_wanted_pictures(NOW + 1, 5) == 1


async def test_a_job_is_found_by_the_message_that_posted_it(store: SqlStore, place: Place) -> None:
    job_id = (await place.post(nonce="12 tg:2001:7")).job_id
    assert await store.posted_by(place.committee_id, "12 tg:2001:7") == job_id
    assert await store.posted_by(place.committee_id, "12 tg:2001:8") is None
    other = await settle(store, "qingtongli")
    assert await store.posted_by(other.committee_id, "12 tg:2001:7") is None
