"""Events that are not what they say they are, on a real homeserver: none makes the bot deaf, nor dumb."""

from contextlib import suppress

import pytest

from dispatch.reach import Reason
from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server import MatrixError
from tests.platforms.matrix_server.wire import Json, path

MEGOLM = "m.megolm.v1.aes-sha2"

MEMBERS: tuple[Json, ...] = (
    {"displayname": {"a": 1}},
    {"displayname": ["x"]},
    {"avatar_url": {"a": 1}},
    {"avatar_url": ["x"], "is_direct": "no", "reason": 7},
)

SEALED: tuple[Json, ...] = (
    {"session_id": {"a": 1}, "ciphertext": "x"},
    {"session_id": ["x"], "ciphertext": "x", "sender_key": 7},
    {"session_id": 7, "ciphertext": "x"},
    {"session_id": "of nobody", "ciphertext": {"a": {"body": "x", "type": 0}}},
    {"session_id": "of nobody", "ciphertext": "x", "sender_key": {"a": 1}, "device_id": ["x"]},
    {"session_id": "of nobody", "ciphertext": "x", "device_id": {"a": 1}},
    {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "ciphertext": {"a": {"body": 1, "type": 7}},
        "sender_key": 7,
    },
    {"algorithm": ["m"], "ciphertext": "x"},
    {"session_id": "of nobody", "ciphertext": "x", "m.relates_to": {"rel_type": ["x"], "event_id": 7}},
)


async def shows(town: Hearing, key: str, room_id: str, content: Json) -> None:
    """Somebody changes what the room knows of them, by hand."""
    phone = town.phone(key)
    where = path("rooms", room_id, "state", "m.room.member", phone.user_id)
    await phone.wire.call("PUT", where, {"membership": "join", **content})


async def test_a_member_whose_name_is_no_name_makes_nobody_deaf(town: Hearing) -> None:
    job, card = await town.announced()
    await shows(town, "li", town.room_id, MEMBERS[0])
    for content in MEMBERS:
        with suppress(MatrixError):  # this server refuses some; others pass on what others sent
            await shows(town, "li", town.room_id, content)
    await town.phone("wang").react(town.room_id, card.event_id, "✅")
    await town.held_by(job, ["wang"])
    await town.settles()


async def test_what_only_looks_encrypted_makes_nobody_deaf(
    town: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a plain room and in an encrypted one."""
    monkeypatch.setattr("bot.matrix.sealed.PATIENCE_S", 0.2)
    job, card = await town.announced()
    li = town.phone("li")
    secret = await li.create_room(invite=[town.bot.user_id], direct=True, encrypted=True)
    await li.wait_for(lambda: town.bot.user_id in li.room(secret).members, "the bot has come")
    for room in (town.room_id, secret):
        for content in SEALED:
            await li.send(room, "m.room.encrypted", {"algorithm": MEGOLM, **content})
    await town.phone("wang").react(town.room_id, card.event_id, "✅")
    await town.held_by(job, ["wang"])
    await town.settles()


@pytest.mark.parametrize("encryption", [{}, {"rotation_period_ms": 10**15, "rotation_period_msgs": "x"}])
async def test_an_encrypted_room_with_such_a_member_is_still_written_to(
    town: Hearing, encryption: Json
) -> None:
    """The list of its members is fetched whole before the first message is encrypted for them."""
    zhao, room = town.phone("zhao"), await town.direct("zhao")
    await shows(town, "zhao", room, {"displayname": {"a": 1}})
    found = {"algorithm": MEGOLM, **encryption}
    await zhao.wire.call("PUT", path("rooms", room, "state", "m.room.encryption"), found)
    event = await zhao.say(room, "!jobs")
    answer = await zhao.wait_for(
        lambda: next(each for each in zhao.room(room).standing if each.reply_to == event), "the answer"
    )
    assert answer.encrypted


async def test_state_under_a_key_of_its_own_says_nothing_of_the_room(town: Hearing) -> None:
    """Servers heed none but that without a key; whoever may set levels could move the committee's room."""
    zhao, store = town.phone("zhao"), town.home.store
    other = await zhao.create_room(name="别的", public=True)
    for kind, content in (
        ("m.room.power_levels", {"events_default": 100}),
        ("m.room.tombstone", {"body": "x", "replacement_room": other}),
    ):
        await zhao.wire.call("PUT", path("rooms", town.room_id, "state", kind, "junk"), content)
    await town.settles()
    ways = await store.ways(town.home.committee_id)
    assert [way.failed for way in ways if way.address.audience is not None] == [None, None]
    (room,) = await store.addresses("matrix", town.room_id)
    assert await store.addresses("matrix", other) == ()
    assert room.audience is not None


async def test_an_encrypted_room_that_lets_the_bot_write_nothing_encrypted_is_shown_as_such(
    town: Hearing,
) -> None:
    zhao = town.phone("zhao")
    await zhao.encrypt(town.room_id)
    await zhao.need(town.room_id, "m.room.encrypted", 50)
    await town.settles()
    ways = await town.home.store.ways(town.home.committee_id)
    assert {way.failed for way in ways if way.address.audience is not None} == {Reason.REFUSED, None}
