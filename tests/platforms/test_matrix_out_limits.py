"""A Matrix server that is busy, slow, away or counts: nothing is doubled, and the urgent goes first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import TraceConfig, TraceRequestEndParams, TraceRequestStartParams, web
from aiohttp.test_utils import TestServer
from mautrix.api import Method
from mautrix.api import Path as Endpoint
from mautrix.types import RoomID

from bot.matrix import writing
from bot.matrix.outcomes import Outcome, Verdict
from bot.matrix.pacing import AT_A_ROOM, PATIENCE_S, WIDEST, Pace, Rank
from bot.matrix.wire import DEFAULT_PAUSE_S, LimitedError, Wire
from dispatch.events import NoticeKind
from dispatch.moments import SECOND, Micros
from handlers.gateways import Delivery
from handlers.messages import Tone
from store.clock import WallClock
from tests.platforms.clocks import SetClock
from tests.platforms.matrix_sending import Sending, later, sending
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import ALARM, DESK, OFFERED

CARDS = 60
"""Twelve seconds' worth for one room, at five messages a second."""


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse) as made:
        yield made


@dataclass(kw_only=True)
class Told:
    """What the bot asked the server for, by the moments when each request began, and its refusals."""

    clock: WallClock = field(default_factory=WallClock)
    begun: list[Micros] = field(default_factory=list)
    refused: list[tuple[Micros, Micros]] = field(default_factory=list)
    """When the server said "too often", and when the pause that it asked for is over."""

    def tracing(self) -> TraceConfig:
        """For a session to tell of its requests."""
        told = TraceConfig()
        told.on_request_start.append(self._starts)
        told.on_request_end.append(self._ends)
        told.freeze()
        return told

    def kept(self) -> None:
        """It was told to pause, and asked for nothing before each pause was over."""
        assert self.refused
        for heard, over in self.refused:
            assert over > heard
            assert [each for each in self.begun if heard < each < over] == []

    async def _starts(self, _session: object, _context: object, request: TraceRequestStartParams) -> None:
        if request.method == "PUT":
            self.begun.append(self.clock.now())

    async def _ends(self, _session: object, _context: object, request: TraceRequestEndParams) -> None:
        if request.response.status == 429:
            asked = (await request.response.json())["retry_after_ms"]
            now = self.clock.now()
            self.refused.append((now, now + asked * SECOND // 1000))


async def test_too_often_is_waited_for_as_long_as_the_server_asks_and_sent_once(out: Sending) -> None:
    told, other = Told(), await out.phone("wang").create_room(invite=[out.bot.user_id])
    out.gateway = out.again(clock=told.clock)
    await out.account.client.join_room_by_id(RoomID(other))
    sent = await out.sends("room")
    await out.synapse.admin.set_limits(out.bot.user_id, messages_per_second=4, burst_count=1)
    out.account.wire.session.trace_configs.append(told.tracing())
    made = await asyncio.gather(
        *(
            out.gateway.writer.put(
                room, "m.room.message", {"msgtype": "m.text", "body": name}, name, Rank.CARD
            )
            for room, name in (
                (room, f"{room} {number}") for number in range(3) for room in (out.room_id, other)
            )
        )
    )
    await out.synapse.admin.lift_limits(out.bot.user_id)
    assert all(isinstance(each, str) for each in made)
    assert len(set(made)) == 6
    assert not out.gateway.pace.calm  # it was told to slow down
    told.kept()
    # After each that went through two are tried at once; a third where the server rounded the pause down.
    assert len(told.refused) <= 3 * len(made)
    assert len(told.begun) == len(made) + len(told.refused)
    phone = out.phone("wang")
    await phone.sync()
    assert len(phone.room(out.room_id).standing) == 4
    assert len(phone.room(other).standing) == 3
    assert sent.delivery is Delivery.DELIVERED


async def test_what_takes_no_turn_waits_as_long_too(out: Sending) -> None:
    """Whatever else the bot asks for, to follow its rooms and to come into them, goes by the same wire."""
    told, api = Told(), out.account.client.api
    await out.synapse.admin.set_limits(out.bot.user_id, messages_per_second=4, burst_count=1)
    api.session.trace_configs.append(told.tracing())
    for name in ("one", "two", "three"):
        where = Endpoint.v3.rooms[RoomID(out.room_id)].send["m.room.message"][name]
        await api.request(Method.PUT, where, {"msgtype": "m.text", "body": name})
    await out.synapse.admin.lift_limits(out.bot.user_id)
    told.kept()
    assert len(told.begun) == 3 + len(told.refused)
    assert len(told.refused) <= 4  # of each once, and once more where the server rounded the pause down


@pytest.mark.parametrize(
    ("head", "body", "pause"),
    [
        ({"Retry-After": "2"}, {}, 2.0),
        ({"Retry-After": "2"}, {"retry_after_ms": 1500}, 1.5),  # the same, and finer
        ({"Retry-After": "soon"}, {}, DEFAULT_PAUSE_S),
        ({"Retry-After": "0"}, {"retry_after_ms": 0}, DEFAULT_PAUSE_S),
        ({}, {"retry_after_ms": "much"}, DEFAULT_PAUSE_S),
    ],
)
async def test_a_pause_is_read_where_it_is_asked_for(
    head: dict[str, str], body: dict[str, object], pause: float
) -> None:
    """Servers ask in the answer; a proxy before them knows only its head."""

    async def busy(_request: web.Request) -> web.Response:
        return web.json_response(body, status=429, headers=head)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", busy)
    async with TestServer(app) as server:
        wire = Wire(str(server.make_url("/")), patience=0.0)
        with pytest.raises(LimitedError) as refused:
            await wire.request(Method.GET, Endpoint.v3.account.whoami)
        await wire.session.close()
    assert refused.value.after == pause


async def test_a_server_that_counts_as_its_makers_ship_it_gets_the_card_through(
    tmp_path: Path, limited_synapse: Synapse
) -> None:
    async with sending(tmp_path, limited_synapse, people=("wang",), clock=WallClock()) as out:
        done = [await out.sends("room", replace(OFFERED, job_id=number)) for number in range(50, 54)]
        assert done[0].delivery is Delivery.DELIVERED
        assert {each.delivery for each in done} <= {Delivery.DELIVERED, Delivery.RETRY}
        again = await out.sends("room", replace(OFFERED, job_id=50), NoticeKind.UPDATE, done[0].ref)
        assert again.delivery is Delivery.DELIVERED
        phone = out.phone("wang")
        await phone.sync()
        titles = [message.event_id for message in phone.room(out.room_id).standing]
        assert len(titles) == sum(each.delivery is Delivery.DELIVERED for each in done)


async def test_a_server_that_counts_who_is_called_finds_whom_the_cards_call_and_nobody_else(
    tmp_path: Path, limited_synapse: Synapse
) -> None:
    """By the rules for notices that every account has from the start: what a client shows in red."""
    async with sending(tmp_path, limited_synapse, clock=WallClock()) as out:
        await out.synapse.admin.lift_limits(out.bot.user_id)
        for who in ("wang", "li"):
            await out.follows(who, OFFERED)
            await out.room(who)
        await out.sends("room", OFFERED)
        await out.follows("wang", ALARM, NoticeKind.ALERT)
        await out.follows("li", replace(DESK, facts=(), tone=Tone.URGENT), NoticeKind.UPDATE)
        assert await highlights(out, "wang", 3) == {"own": 1, "room": 0}
        assert await highlights(out, "li", 3) == {"own": 0, "room": 0}
        await out.phone("wang").allow(out.room_id, out.bot.user_id, 50)  # as docs/matrix.md, section 6, says
        await out.sends("room", replace(DESK, facts=()))
        assert await highlights(out, "wang", 4) == {"own": 1, "room": 1}
        assert await highlights(out, "li", 4) == {"own": 0, "room": 1}


async def highlights(out: Sending, who: str, messages: int) -> dict[str, int]:
    """How often the server says to somebody that they are called, once so many messages have come."""
    phone, own = out.phone(who), await out.room(who)
    public = phone.room(out.room_id)
    await phone.wait_for(lambda: len(own.standing) + len(public.standing) == messages, "the cards")
    return {"own": own.highlights, "room": public.highlights}


async def test_where_no_more_rooms_may_be_opened_the_card_comes_back_later(
    tmp_path: Path, limited_synapse: Synapse
) -> None:
    async with sending(tmp_path, limited_synapse, people=("wang",), clock=WallClock()) as out:
        for _ in range(10):  # as many as Synapse allows at once
            await out.account.client.create_room()
        sent = await out.sends()
        assert sent.delivery is Delivery.RETRY
        assert sent.retry_after > 1
        assert (await out.sends("room")).delivery is Delivery.DELIVERED  # nobody else waits for it


async def test_a_server_that_does_not_answer_gets_one_copy_when_it_does(
    out: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    await out.sends("room", replace(OFFERED, job_id=1))
    monkeypatch.setattr(writing, "REQUEST_S", 0.3)
    async with out.synapse.frozen():
        sent = await out.sends("room")
        assert sent.delivery is Delivery.RETRY
    monkeypatch.undo()
    sent = await out.sends("room", later(OFFERED, "还差 1 人"))
    assert sent.delivery is Delivery.DELIVERED
    phone = out.phone("wang")
    await phone.wait_for(lambda: "还差 1 人" in phone.room(out.room_id).standing[-1].body, "the card")
    assert len(phone.room(out.room_id).standing) == 2


async def test_a_server_that_is_away_is_tried_again(out: Sending) -> None:
    sent = await out.follows("wang", OFFERED)
    async with out.synapse.outage():
        for card in (later(OFFERED, "还差 1 人"), replace(OFFERED, version=5)):
            assert (await out.sends(card=card, ref=sent.ref)).delivery is Delivery.RETRY
        assert (await out.sends("li")).delivery is Delivery.RETRY  # nor can a room be opened
    await out.follows("wang", replace(OFFERED, version=5, state="还差 1 人"))
    assert "还差 1 人" in (await out.one()).body  # one, though it was wanted three times
    await out.sends("li")
    assert (await out.one("li")).edits == 0


async def test_a_token_that_was_ended_is_waited_out_and_no_address_is_given_up(out: Sending) -> None:
    await out.follows("wang", OFFERED)
    # Without a password it cannot sign in again by itself.
    out.account.settings = out.account.settings.model_copy(update={"password": None})
    await out.account.client.api.request(Method.POST, Endpoint.v3.logout)
    sent = await out.sends("room")
    assert (sent.delivery, sent.retry_after) == (Delivery.RETRY, 60.0)


# Turns


async def test_the_urgent_goes_before_what_came_first() -> None:
    pace, went = Pace(SetClock()), []

    async def goes(name: str, rank: Rank) -> None:
        assert await pace.turn(f"!{name}", rank) == 0
        went.append(name)
        pace.done(f"!{name}")

    pace.flooded(1)
    tasks = [asyncio.create_task(goes(f"card {number}", Rank.CARD)) for number in range(5)]
    tasks += [
        asyncio.create_task(goes("reaction", Rank.LATER)),
        asyncio.create_task(goes("alarm", Rank.URGENT)),
    ]
    await asyncio.gather(*tasks)
    assert went[0] == "alarm"
    assert went[-1] == "reaction"
    assert went[1:-1] == [f"card {number}" for number in range(5)]


async def test_an_alarm_for_somebody_else_goes_before_sixty_cards_for_one_room(out: Sending) -> None:
    """CONFORMANCE 22, by a server that counts what an account sends in all its rooms together."""
    await out.follows("li", OFFERED)
    await out.room("li")
    out.gateway = out.again(clock=WallClock())
    await out.synapse.admin.set_limits(out.bot.user_id, messages_per_second=5, burst_count=2)
    arrived: list[int] = []

    async def goes(number: int) -> None:
        card = replace(OFFERED, job_id=number)
        while (sent := await out.sends("room", card)).delivery is Delivery.RETRY:  # noqa: ASYNC110 - as the outbox does
            await asyncio.sleep(sent.retry_after)
        arrived.append(number)

    cards = [asyncio.create_task(goes(number)) for number in range(100, 100 + CARDS)]
    while out.gateway.pace.calm or not arrived:  # noqa: ASYNC110 - it is the server's doing
        await asyncio.sleep(0.01)
    before = len(arrived)
    sent = await out.sends("li", ALARM, NoticeKind.ALERT)
    assert sent.delivery is Delivery.DELIVERED
    # It is sent, read and edited; while it is read, a card may have its turn.
    assert len(arrived) - before <= 3
    assert len(arrived) < CARDS // 2
    for card in cards:
        card.cancel()
    await asyncio.gather(*cards, return_exceptions=True)
    await out.synapse.admin.lift_limits(out.bot.user_id)


async def test_a_slow_room_holds_up_nobody_else() -> None:
    pace = Pace(SetClock())
    assert await pace.turn("!slow", Rank.CARD) == 0  # and it is never done
    waiting = [asyncio.create_task(pace.turn("!slow", Rank.CARD)) for _ in range(AT_A_ROOM)]
    await asyncio.sleep(0)
    for number in range(WIDEST * 3):
        assert await pace.turn(f"!{number}", Rank.LATER) == 0
        pace.done(f"!{number}")
    assert await pace.turn("!slow", Rank.CARD) > 0  # what comes on top comes back later
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    pace.done("!slow")
    assert await pace.turn("!slow", Rank.CARD) == 0


async def test_after_a_pause_it_goes_one_by_one_and_then_as_before() -> None:
    pace = Pace(SetClock())
    pace.flooded(1)
    assert await pace.turn("!0", Rank.CARD) == 0
    second = asyncio.create_task(pace.turn("!1", Rank.CARD))
    await asyncio.sleep(0)
    assert not second.done()
    pace.done("!0")
    assert await second == 0
    assert await pace.turn("!2", Rank.CARD) == 0
    pace.done("!1")
    pace.done("!2")
    assert await pace.turn("!3", Rank.CARD) == 0
    pace.done("!3")
    for number in range(WIDEST):
        assert await pace.turn(f"!{number}", Rank.CARD) == 0


async def test_a_long_pause_sends_everybody_away_with_the_seconds_to_come_back_after() -> None:
    pace = Pace(SetClock())
    assert await pace.turn("!0", Rank.CARD) == 0
    waiting = asyncio.create_task(pace.turn("!0", Rank.CARD))
    await asyncio.sleep(0)
    pace.flooded(PATIENCE_S * 6)
    assert await pace.turn("!1", Rank.URGENT) == PATIENCE_S * 6
    assert await waiting == PATIENCE_S * 6


async def test_who_stops_waiting_leaves_no_gap() -> None:
    pace = Pace(SetClock())
    assert await pace.turn("!0", Rank.CARD) == 0
    waiting = asyncio.create_task(pace.turn("!0", Rank.CARD))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pace.done("!0")
    assert pace.calm
    assert await pace.turn("!0", Rank.CARD) == 0


async def test_an_outcome_says_when_to_come_back(out: Sending) -> None:
    out.gateway.pace.flooded(120)
    made = await out.gateway.writer.put(out.room_id, "m.room.message", {}, "x", Rank.CARD)
    assert isinstance(made, Outcome)
    assert (made.verdict, made.after) == (Verdict.FLOOD, 120)
