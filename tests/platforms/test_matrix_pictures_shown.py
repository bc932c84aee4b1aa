"""Photos that go out on Matrix: to whoever takes the job, in private, once, and away again with their key."""

import json
from pathlib import Path

import pytest

from bot.matrix.media import Media
from handlers.gateways import Delivery
from handlers.messages import MessageRef, Shown
from tests.photos import looks_left_and_right, opened, photo
from tests.platforms.matrix_hearing import Hearing, followed, hearing
from tests.platforms.matrix_photographing import (
    JOB,
    claims,
    contents,
    gives_back,
    kept,
    photos,
    posts,
    sends,
)
from tests.platforms.matrix_sending import everything
from tests.platforms.matrix_server import Synapse


@pytest.fixture
async def office(town: Hearing) -> str:
    """The staff member's private room with the bot."""
    return await town.direct("zhao")


async def test_the_picture_goes_away_with_the_claim_and_with_it_what_opens_it(
    town: Hearing, office: str
) -> None:
    job = await posts(town, office, photo())
    await claims(town, job)
    (seen,) = await photos(town, "wang")
    wang, key = town.phone("wang"), seen.content["file"]["key"]["k"]
    room = wang.room_with(town.bot.user_id).room_id
    assert key in await everything(wang, room)
    await gives_back(town, job)
    assert await photos(town, "wang") == []
    left = await everything(wang, room)
    assert key not in left
    assert seen.content["file"]["url"] not in left


async def test_what_lies_on_the_server_is_no_picture_to_anybody_without_the_key(
    town: Hearing, office: str
) -> None:
    job = await posts(town, office, photo())
    await claims(town, job)
    (seen,) = await photos(town, "wang")
    lying = await town.phone("li").wire.download(seen.content["file"]["url"])
    with pytest.raises(Exception, match="cannot identify"):
        opened(lying)
    assert "url" not in seen.content
    assert looks_left_and_right(await contents(town.phone("wang"), seen)) == ("red", "green")


async def test_a_picture_that_comes_later_goes_to_whoever_has_the_job(town: Hearing, office: str) -> None:
    job = await posts(town, office, photo())
    await claims(town, job)
    card = await town.home.store.card_ref(await town.address("zhao"), job)
    assert card is not None
    await sends(town, "zhao", office, photo(), reply_to=card.split()[1])
    assert [each.body for each in await photos(town, "wang")] == [f"#{job} (1)", f"#{job} (2)"]


async def test_who_was_not_vouched_for_gets_none(town: Hearing, office: str) -> None:
    job = await posts(town, office, photo())
    await claims(town, job, "wang")
    assert len(await photos(town, "wang")) == 1
    for key in ("new", "li", "zhao", "qian"):
        assert await photos(town, key) == [], key


async def test_in_an_encrypted_room_the_message_is_encrypted_as_well(
    tmp_path: Path, synapse: Synapse
) -> None:
    async with hearing(tmp_path, synapse) as town, followed(town):
        wang = town.phone("wang")
        room = await wang.create_room(invite=[town.bot.user_id], direct=True, encrypted=True)
        await wang.wait_for(lambda: town.bot.user_id in wang.room(room).members, "the bot has come")
        await town.settles()
        sent = await town.gateway.show_picture(await town.address("wang"), _shown(), None)
        assert sent.delivery is Delivery.DELIVERED
        assert sent.ref is not None
        event = sent.ref.value.split()[1]
        message = await wang.wait_for(lambda: wang.room(room).message(event), "the picture")
        assert message.encrypted
        assert "file" not in message.content
        assert (await town.gateway.take_back(await town.address("wang"), sent.ref)).delivery is (
            Delivery.DELIVERED
        )
        await wang.wait_for(lambda: wang.room(room).message(event).redacted, "it is gone")


async def test_sent_again_for_the_same_claim_it_is_the_same_message(town: Hearing) -> None:
    address = await town.address("wang")
    first = await town.gateway.show_picture(address, _shown(), None)
    again = await town.gateway.show_picture(address, _shown(), None)
    other = await town.gateway.show_picture(address, _shown(claim=2), None)
    assert first.ref == again.ref != other.ref
    for ref in (first.ref, other.ref):
        assert ref is not None
        for _ in range(2):
            assert (await town.gateway.take_back(address, ref)).delivery is Delivery.DELIVERED
    strange = MessageRef(value="no message of ours")
    assert (await town.gateway.take_back(address, strange)).delivery is Delivery.DELIVERED


async def test_never_into_a_room_of_many(town: Hearing, caplog: pytest.LogCaptureFixture) -> None:
    (room,) = await town.home.store.addresses("matrix", town.room_id)
    assert (await town.gateway.show_picture(room, _shown(), None)).delivery is Delivery.NOT_REACHED
    assert "no person's" in caplog.text


async def test_never_where_somebody_reads_along(town: Hearing) -> None:
    wang, li = town.phone("wang"), town.phone("li")
    room = await wang.create_room(invite=[town.bot.user_id], direct=True)
    await wang.wait_for(lambda: town.bot.user_id in wang.room(room).members, "the bot has come")
    await wang.invite(room, li.user_id)
    await li.wait_for(lambda: li.rooms[room], "the room")
    await town.home.store.keep_matrix_room(wang.user_id, room)
    sent = await town.gateway.show_picture(await town.address("wang"), _shown(), None)
    assert sent.ref is not None
    assert not sent.ref.value.startswith(room)
    await li.sync()
    assert all(each.kind != "m.image" for each in li.room(room).messages)


async def test_a_server_that_takes_no_file_is_asked_again_later(
    town: Hearing, office: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await posts(town, office, photo())
    with monkeypatch.context() as away:
        away.setattr("bot.matrix.media.UPLOAD_S", 0.0)
        room, card = await town.own_card("wang", "✅")
        await town.phone("wang").react(room.room_id, card.event_id, "✅")
        await town.held_by(job, ["wang"])
        assert await photos(town, "wang") == []
    town.home.clock.forward(60)
    await town.settles()
    assert len(await photos(town, "wang")) == 1


async def test_a_large_picture_is_sent_in_pieces(town: Hearing) -> None:
    data = bytes(3 * 2**20)
    file = await Media(town.account).put(data)
    lying = await town.phone("wang").wire.download(file["url"])
    assert len(lying) == len(data)
    assert json.dumps(file)  # as it stands in an event


async def test_a_job_that_ends_takes_the_picture_with_it(town: Hearing, office: str) -> None:
    job = await posts(town, office, photo())
    await claims(town, job)
    await town.phone("zhao").say(office, f"!cancel {job}")
    await town.settles()
    assert await photos(town, "wang") == []
    assert await kept(town, job) == 1, "let go of in the night"
    assert JOB[:4] not in str(await photos(town, "wang"))


def _shown(claim: int = 1) -> Shown:
    return Shown(job_id=77, number=1, data=photo(40, 30), width=40, height=30, claim=claim)


async def test_how_it_is_done_comes_with_the_claim_and_goes_with_it(town: Hearing) -> None:
    job = await town.posts("7号楼301 制氧机要加水")
    await claims(town, job)
    (seen,) = await photos(town, "wang")
    assert opened(await contents(town.phone("wang"), seen)).width > 1_000
    await gives_back(town, job)
    assert await photos(town, "wang") == []
