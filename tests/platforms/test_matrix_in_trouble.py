"""Trouble with one room or by one person leaves all others heard; what comes twice happens once."""

import asyncio
from dataclasses import dataclass

import pytest
from mautrix.api import Method
from mautrix.errors import make_request_error

from bot.matrix.sync import HELD_UP_S, Syncing
from dispatch.joining import Application
from dispatch.situation import Situation
from tests.platforms.matrix_hearing import WAIT_S, Hearing, followed
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.wire import ADMIN, path

UNSEEN = 120
"""Messages: more than a sync shows of one room."""


def refuses(
    house: Hearing, monkeypatch: pytest.MonkeyPatch, room_id: str, status: int, code: str
) -> list[str]:
    """The server gives nothing of this room's past; what it was asked for."""
    request, name = house.account.client.api.request, room_id.strip("!").partition(":")[0]
    asked: list[str] = []

    async def refused(method: Method, path: object, *args: object, **more: object) -> object:
        if name in str(path) and str(path).endswith("/messages"):
            asked.append(str(path))
            raise make_request_error(status, "", code, "no")
        return await request(method, path, *args, **more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(house.account.client.api, "request", refused)
    return asked


@pytest.mark.parametrize(
    ("status", "code", "times"),
    [(400, "M_INVALID_PARAM", 1), (404, "M_UNRECOGNIZED", 1), (410, "M_UNKNOWN", 1), (500, "M_UNKNOWN", 7)],
)
async def test_a_room_whose_past_cannot_be_read_keeps_no_other_room_from_being_heard(
    house: Hearing,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: str,
    times: int,
) -> None:
    monkeypatch.setattr("bot.matrix.patience.SHORTEST_S", 0.01)
    monkeypatch.setattr("bot.matrix.patience.LONGEST_S", 0.01)
    async with followed(house):
        job, card = await house.announced()
        await house.settles()
    asked = refuses(house, monkeypatch, house.desk_id, status, code)
    await asyncio.gather(
        *(house.phone("qian").say(house.desk_id, f"还有 {number} 件") for number in range(UNSEEN))
    )
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    async with followed(house):
        await house.held_by(job, ["wang"])
        await house.settles()
    assert len(asked) == times
    said = [each for each in caplog.records if "what was missed in room" in each.message]
    assert [each.levelname for each in said] == ["WARNING" if times == 1 else "ERROR"]


async def test_a_stream_of_what_cannot_be_read_keeps_the_token_only_for_a_while(
    house: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.matrix.sealed.PATIENCE_S", 600.0)
    time, store = [0.0], house.home.store
    house.syncing = Syncing(house.account, house.updates, store, wait_s=WAIT_S, now=lambda: time[0])
    async with followed(house):
        li, room = house.phone("li"), await house.direct("li")
        await house.settles()
        sealed = {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "of nobody", "ciphertext": "x"}
        await li.send(room, "m.room.encrypted", sealed)
        await house.settles()
        assert house.syncing.holds
        before = await store.matrix_token(house.bot.user_id)
        await li.send(room, "m.room.encrypted", sealed)
        await house.settles()
        assert await store.matrix_token(house.bot.user_id) == before
        time[0] += HELD_UP_S

        async def written() -> bool:
            return await store.matrix_token(house.bot.user_id) != before

        await house.until(written, "the token is written down all the same")
        assert house.syncing.holds


async def test_a_room_that_is_gone_from_the_server_is_told_of_once_and_jobs_are_taken_elsewhere(
    house: Hearing, synapse: Synapse, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the server that had it leaves the federation: nothing is left of it, and no word says so."""
    async with followed(house):
        await house.announced()
        (room,) = await house.home.store.addresses("matrix", house.room_id)
        gone = path("v1", "rooms", house.room_id, under=ADMIN)
        await synapse.admin.call("DELETE", gone, {"purge": True, "force_purge": True, "block": True})
        job = await house.posts("7号楼 送药")
        for _ in range(12):
            await house.passes(1)
        assert caplog.text.count(f"address {room.id} cannot be reached any more") == 1
        ways = await house.home.store.ways(house.home.committee_id)
        assert [way.address.id for way in ways if way.failed is not None] == [room.id]
        desk = (await house.router.home(await house.home.address("zhao"))).unreached
        assert desk is not None
        assert any("志愿者群" in line for line in desk.lines)
        wang = house.phone("wang")
        private, card = await wang.wait_for_message(
            lambda each: f"#{job}" in each.body and "✅" in each.reactions, "the private card"
        )
        await wang.react(private.room_id, card.event_id, "✅")
        await house.held_by(job, ["wang"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How things are: jobs, notes, applications, and what was answered."""

    jobs: tuple[Situation, ...]
    notes: tuple[object, ...]
    applications: tuple[Application, ...]
    answers: int


async def stand(house: Hearing, jobs: list[int], rooms: dict[str, str]) -> Stand:
    home = house.home
    for key in rooms:
        await house.phone(key).sync()
    return Stand(
        jobs=tuple([await house.state(job) for job in jobs]),
        notes=tuple([await home.store.private(home.committee_id, job) for job in jobs]),
        applications=tuple(await home.store.applications(home.committee_id)),
        answers=sum(len(house.phone(key).room(room).standing) for key, room in rooms.items()),
    )


async def test_words_that_are_read_twice_happen_once(house: Hearing, synapse: Synapse) -> None:
    """As after a crash between the effects and the token: a posted job, a note, a cancelled job and an
    application come again, and nothing is posted, noted, answered or filed a second time."""
    member = await synapse.register("zhou", display_name="周小姐")
    async with Phone(synapse.url, member) as zhou:
        house.phones["zhou"] = zhou
        async with followed(house):
            rooms = {key: await house.direct(key) for key in ("zhao", "zhou")}
            await house.settles()
            token = await house.home.store.matrix_token(house.bot.user_id)
            zhao = house.phone("zhao")
            for words in ("7号楼 送药", "3号楼 送菜"):
                await zhao.say(rooms["zhao"], words)
                await house.settles()
            first, second = sorted(each.id for each in await house.jobs())
            await zhao.say(rooms["zhao"], f"!note {first} 钥匙在邻居家")
            await zhao.say(rooms["zhao"], f"!cancel {second} 已经有人送了")
            await zhou.say(rooms["zhou"], "!join 周小姐 3号楼")
            await house.settles()
            before = await stand(house, [first, second], rooms)
        assert token is not None
        assert len(before.applications) == 1
        assert [each.id for each in await house.jobs()] == [first]
        await house.home.store.keep_matrix_token(house.bot.user_id, token)
        house.reborn()
        async with followed(house):
            await house.settles()
            assert await house.home.store.matrix_token(house.bot.user_id) != token
            assert await stand(house, [first, second], rooms) == before
            assert [each.id for each in await house.jobs()] == [first]
