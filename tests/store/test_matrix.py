"""What is kept of Matrix: how far it was read, which events are known again, whose private room is which."""

from dispatch.moments import HOUR
from dispatch.ports import Trace
from dispatch.verbs import Subject
from store import SqlStore
from store.matrix import TRACES_KEPT
from tests.store.samples import NOW, OurClock

BOT = "@suidao:example.org"
CARD = Trace(event_id="$card", sender=BOT, number=7, version=3)
TAP = Trace(event_id="$tap", sender="@wang:example.org", number=7, version=4)
ASKING = Trace(event_id="$asking", sender=BOT, number=2, version=1, subject=Subject.APPLICATION)
CALLING = Trace(event_id="$calling", sender=BOT, number=5, version=2, subject=Subject.RELAY)


async def test_an_account_that_was_never_read_has_no_token(store: SqlStore) -> None:
    assert await store.matrix_token(BOT) is None


async def test_how_far_was_read_and_what_was_learnt_are_kept_together(store: SqlStore) -> None:
    known = (CARD, TAP, ASKING, CALLING)
    await store.keep_matrix_token(BOT, "s1", known)
    assert await store.matrix_token(BOT) == "s1"
    assert [await store.matrix_trace(each.event_id) for each in known] == list(known)
    assert await store.matrix_trace("$other") is None
    assert await store.matrix_token("@other:example.org") is None


async def test_a_card_that_was_edited_is_of_its_newest_version(store: SqlStore) -> None:
    newer = Trace(event_id="$card", sender=BOT, number=7, version=9)
    await store.keep_matrix_token(BOT, "s1", (CARD,))
    await store.keep_matrix_token(BOT, "s2", (newer,))
    assert await store.matrix_token(BOT) == "s2"
    assert await store.matrix_trace("$card") == newer


async def test_a_private_room_is_one_persons_and_a_person_has_one(store: SqlStore) -> None:
    wang, li = "@wang:example.org", "@li:example.org"
    await store.keep_matrix_room(wang, "!a")
    await store.keep_matrix_room(li, "!b")
    assert (await store.matrix_room(wang), await store.matrix_person("!b")) == ("!a", li)
    await store.keep_matrix_room(wang, "!c")
    assert (await store.matrix_room(wang), await store.matrix_person("!a")) == ("!c", None)
    await store.keep_matrix_room(li, "!c")
    assert (await store.matrix_person("!c"), await store.matrix_room(wang)) == (li, None)
    await store.drop_matrix_room("!c")
    await store.drop_matrix_room("!c")
    assert await store.matrix_room(li) is None


async def test_traces_are_forgotten_a_month_after_receipts(store: SqlStore, clock: OurClock) -> None:
    await store.keep_matrix_token(BOT, "s1", (CARD, TAP))
    await store.forget_receipts(NOW + TRACES_KEPT, 100)
    assert await store.matrix_trace("$card") == CARD
    await store.forget_receipts(NOW + TRACES_KEPT + HOUR, 1)
    left = [await store.matrix_trace(each.event_id) for each in (CARD, TAP)]
    assert left.count(None) == 1
    assert await store.matrix_token(BOT) == "s1"
