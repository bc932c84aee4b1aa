"""Following the rooms: nothing that was tapped is lost, nothing is done twice, and a server that is away is
waited for."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest
from mautrix.api import Method
from mautrix.errors import make_request_error

from bot.matrix import gaps, patience
from bot.matrix.reading import FILTER
from bot.working import Again, working
from dispatch.errors import StoreUnavailableError
from dispatch.events import NoticeKind
from dispatch.ports import Trace
from handlers.messages import Incoming
from store import SqlStore
from tests.platforms.matrix_hearing import PEOPLE, Hearing, followed
from tests.platforms.matrix_server import Synapse
from tests.platforms.matrix_taking import claimed
from workers.watch.health import Health, Wrong

CARDS, TAPS = 40, 280
"""What was measured to break the libraries' own loops (TECH_NOTES.md, Matrix)."""


async def announced(house: Hearing, count: int) -> list[tuple[int, str]]:
    """So many jobs, each with its card in the room, and nowhere else."""
    found: list[tuple[int, str]] = []
    (room,) = await house.home.store.addresses("matrix", house.room_id)
    for number in range(count):
        words = Incoming(address=await house.home.address("zhao"), text="7号楼 送药", nonce=f"{number}")
        reply = await house.home.router.handle(words)
        assert reply.card is not None
        card = await house.router.card(room, reply.card.job_id)
        sent = await house.gateway.send(room, card, NoticeKind.ASK, None)
        assert sent.ref is not None
        await house.home.store.adopt_card(room, card.job_id, sent.ref.value)
        found.append((card.job_id, sent.ref.value.split()[1]))
    return found


@asynccontextmanager
async def process(house: Hearing) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process follows the rooms, on the house's data."""
    bot = house.bot
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.platforms.matrix_process",
        str(house.folder),
        house.synapse.url,
        bot.user_id,
        bot.password,
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdout is not None
    try:
        assert await asyncio.wait_for(running.stdout.readline(), 60) == b"following\n"
        yield running
    finally:
        with suppress(ProcessLookupError):
            running.send_signal(signal.SIGCONT)
            running.terminate()
        await running.wait()


async def tapped(house: Hearing, cards: list[tuple[int, str]], taps: int) -> None:
    """So many taps, people after people; the same person again with another spelling of the sign."""
    for number in range(taps // len(cards)):
        phone, key = house.phone(PEOPLE[number % len(PEOPLE)]), "✅" + "\ufe0f" * (number // len(PEOPLE))
        await asyncio.gather(*(phone.react(house.room_id, event, key) for _, event in cards))


async def settled(house: Hearing, cards: list[tuple[int, str]], waiting: int) -> None:
    """Wait until all the taps were handled."""

    async def so() -> bool:
        return all([len((await house.state(job)).waiting) == waiting for job, _ in cards])

    async with asyncio.timeout(60):
        while not await so():  # noqa: ASYNC110 - it is the process's doing
            await asyncio.sleep(0.1)


async def test_frozen_while_280_taps_hit_40_cards_it_claims_40_of_40(house: Hearing) -> None:
    """It wakes up to a sync that shows a hundred events; the rest is read back."""
    async with process(house) as running:
        cards = await announced(house, CARDS)
        running.send_signal(signal.SIGSTOP)
        await tapped(house, cards, TAPS)
        assert await house.holders(cards[0][0]) == []
        running.send_signal(signal.SIGCONT)
        await settled(house, cards, len(PEOPLE) - 2)  # one has it, and one is not vouched for
    situations = [await house.state(job) for job, _ in cards]
    assert [len(each.claims) for each in situations] == [1] * CARDS


async def test_killed_in_the_middle_of_taps_it_counts_each_once(house: Hearing) -> None:
    """CONFORMANCE 27: what was handled and not written down is read again, and moves nothing."""
    cards = await announced(house, 10)
    async with process(house), asyncio.timeout(60):
        while await house.home.store.matrix_token(house.bot.user_id) is None:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)
    await tapped(house, cards, 50)
    async with process(house) as running:
        async with asyncio.timeout(60):
            while not await house.holders(cards[0][0]):  # noqa: ASYNC110 - it is the process's doing
                await asyncio.sleep(0.005)
        running.kill()
        await running.wait()
    async with process(house):
        await settled(house, cards, len(PEOPLE) - 2)
    situations = [await house.state(job) for job, _ in cards]
    assert [len(each.claims) for each in situations] == [1] * len(cards)


async def test_what_a_sync_leaves_out_is_read_back_in_order(
    house: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small pages: several requests for one gap. Somebody's first tap counts, not their last."""
    monkeypatch.setattr(gaps, "PAGE", 7)
    async with followed(house):
        job, card, _ = await claimed(house)
        await house.settles()
    li = house.phone("li")
    await li.react(house.room_id, card.event_id, "✅")
    for number in range(120):
        await li.say(house.room_id, f"还有 {number} 件")
    await house.phone("new").say(house.room_id, f"!claim {job}")
    async with followed(house):
        await house.settles()
    assert [each.person_id for each in (await house.state(job)).waiting] == [
        (await house.home.person("li")).id
    ]


async def test_a_server_that_is_away_is_asked_again_and_not_in_a_loop(
    house: Hearing, synapse: Synapse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONFORMANCE 26, incoming: what is tapped after the outage is heard as if nothing had been."""
    caplog.set_level("INFO")
    asked = _counted(house, monkeypatch)
    async with followed(house):
        job, card = await house.announced()
        await house.settles()
        async with synapse.outage():
            before = len(asked)
            await asyncio.sleep(2.0)  # the server is really away for so long
            tries = len(asked) - before
            token = await house.home.store.matrix_token(house.bot.user_id)
        await house.phone("wang").react(house.room_id, card.event_id, "✅")
        await house.held_by(job, ["wang"])
        await house.settles()
    assert tries <= 4  # half a second, one, two
    assert token is not None
    said = [record.message for record in caplog.records if "following the Matrix rooms" in record.message]
    assert len([each for each in said if "works again" in each]) == 1
    assert len(said) <= 4


async def test_an_account_that_was_signed_out_says_so_loudly_and_changes_nothing(
    house: Hearing, synapse: Synapse, caplog: pytest.LogCaptureFixture
) -> None:
    async with followed(house):
        await house.settles()
        # Without a password it cannot sign in again by itself.
        house.account.settings = house.account.settings.model_copy(update={"password": None})
        house.account.client.api.token = "syt_revoked"  # noqa: S105 - nobody's

        async def said() -> bool:
            return "access token any more" in caplog.text

        await house.until(said, "it says that it is deaf")
        house.account.client.api.token = house.account.wire.token
        await claimed(house)  # and hears again, with everything that was said meanwhile
    loud = [record for record in caplog.records if "access token any more" in record.message]
    assert [record.levelname for record in loud] == ["ERROR"]
    assert "syt_revoked" not in caplog.text


async def test_a_token_that_the_server_does_not_know_is_said_loudly_and_heard_anew(
    house: Hearing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The homeserver's database was changed. What was tapped before counts no second time, nor a first. One
    refusal among other troubles is none of it."""
    monkeypatch.setattr(patience, "SHORTEST_S", 0.01)
    async with followed(house):
        job, card, _ = await claimed(house, "li")
        with troubled(house) as left:
            await house.until(left, "all of the troubles")
            await house.phone("li").reply(house.room_id, card.event_id, "去不了")
            await house.held_by(job, [])
    assert "reading begins anew" not in caplog.text
    await house.home.store.keep_matrix_token(house.bot.user_id, "garbage")
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    house.reborn()
    async with followed(house):
        await house.until(lambda: anew(house), "reading begins anew")
        await house.settles()
        assert await house.holders(job) == []
        await house.phone("wang").say(house.room_id, f"!claim {job}")
        await house.held_by(job, ["wang"])
    loud = [each for each in caplog.records if "reading begins anew" in each.message]
    assert [each.levelname for each in loud] == ["ERROR"]


@contextmanager
def troubled(house: Hearing) -> Iterator[Callable[[], Awaitable[bool]]]:
    """The news are refused again and again, with something else between; whether all of that came."""
    refused = make_request_error(400, "", "M_UNKNOWN", "no")
    coming = [refused, OSError("away"), refused, ValueError("no JSON"), refused]
    request = house.account.client.api.request

    async def stumbling(method: Method, path: object, *args: object, **more: object) -> object:
        if coming and str(path).endswith("/sync"):
            raise coming.pop(0)
        return await request(method, path, *args, **more)  # type: ignore[arg-type]  # passed on as it came

    async def over() -> bool:
        return not coming

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.account.client.api, "request", stumbling)
        yield over


async def anew(house: Hearing) -> bool:
    return await house.home.store.matrix_token(house.bot.user_id) != "garbage"


async def test_while_the_server_refuses_its_news_for_good_the_health_says_so(
    house: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is known of how far was read is kept: the token is not what it refuses."""
    monkeypatch.setattr(patience, "SHORTEST_S", 0.01)
    async with followed(house):
        job, card = await house.announced()
        await house.settles()
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    house.reborn()
    health = Health(time.monotonic, 1e9)
    health.audited(well=True)
    monkeypatch.setattr("bot.matrix.sync.FILTER", "{")
    async with working(house.syncing.run, health=health, again=Again(pauses_s=(0.05,), steady_s=0.5)):

        async def unwell() -> bool:
            return health.wrong() == (Wrong.PART,)

        async def well() -> bool:
            return health.wrong() == ()

        await house.until(unwell, "the health says that a part does not hold")
        monkeypatch.setattr("bot.matrix.sync.FILTER", FILTER)
        await house.held_by(job, ["wang"])
        await house.until(well, "the health says that all is well")


async def test_what_cannot_be_kept_is_read_again(house: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """CONFORMANCE 33: the disk is full when the news come, and is not a moment later."""
    monkeypatch.setattr("bot.matrix.sync.LONGEST_S", 0.01)
    async with followed(house):
        job, card = await house.announced()
        await house.settles()
    token = await house.home.store.matrix_token(house.bot.user_id)
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    addresses, times = SqlStore.addresses, []

    async def full(self: SqlStore, platform: str, value: str) -> object:
        times.append(value)
        if len(times) <= 3:
            raise StoreUnavailableError
        return await addresses(self, platform, value)

    monkeypatch.setattr(SqlStore, "addresses", full)
    task = asyncio.create_task(house.syncing.run())
    await house.held_by(job, ["wang"])
    monkeypatch.undo()
    await house.settles()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await house.home.store.matrix_token(house.bot.user_id) != token


async def test_how_far_was_read_is_written_down_when_all_is_done_and_not_before(house: Hearing) -> None:
    async with followed(house):
        _, card = await house.announced()
        await house.settles()
    token = await house.home.store.matrix_token(house.bot.user_id)
    await house.phone("wang").react(house.room_id, card.event_id, "✅")
    held, begun = asyncio.Event(), asyncio.Event()
    handle = house.router.handle

    async def slow(incoming: object) -> object:
        begun.set()
        await held.wait()
        return await handle(incoming)  # type: ignore[arg-type]  # passed on as it came

    house.router.handle = slow  # type: ignore[method-assign, assignment]  # only slower
    task = asyncio.create_task(house.syncing.run())
    await begun.wait()
    assert await house.home.store.matrix_token(house.bot.user_id) == token
    held.set()
    await house.settles()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await house.home.store.matrix_token(house.bot.user_id) != token


async def test_leaving_finishes_what_was_received_and_writes_it_down(house: Hearing) -> None:
    """CONFORMANCE 27: five deploys in the middle of it, and every tap counts once."""
    async with followed(house):
        cards = await announced(house, 5)
    for job, event in cards:
        await house.phone("wang").react(house.room_id, event, "✅")
        task = asyncio.create_task(house.syncing.run())
        while await house.holders(job) == []:  # noqa: ASYNC110 - it is the loop's doing
            await asyncio.sleep(0.005)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        house.reborn()
    assert [await house.holders(job) for job, _ in cards] == [["wang"]] * 5


async def test_leaving_in_the_moment_of_writing_it_down_writes_it_down(
    house: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, begun = SqlStore.keep_matrix_token, asyncio.Event()

    async def slow(self: SqlStore, account: str, token: str, traces: tuple[Trace, ...] = ()) -> None:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        await keep(self, account, token, traces)

    monkeypatch.setattr(SqlStore, "keep_matrix_token", slow)
    task = asyncio.create_task(house.syncing.run())
    await begun.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await house.home.store.matrix_token(house.bot.user_id) is not None


async def test_the_token_and_the_traces_before_it_are_kept_together(house: Hearing) -> None:
    store = house.home.store
    trace = Trace(event_id="$a", sender="@b:c", number=7, version=3)
    await store.keep_matrix_token("@b:c", "s1", (trace,))
    assert await store.matrix_trace("$a") == trace
    newer = Trace(event_id="$a", sender="@b:c", number=7, version=5)
    other = Trace(event_id="$d", sender="@x:c", number=1, version=1)
    await store.keep_matrix_token("@b:c", "s2", (newer, other))
    assert await store.matrix_trace("$a") == newer
    assert await store.matrix_token("@b:c") == "s2"
    assert await store.matrix_token("@other:c") is None


def test_the_pauses_grow_to_a_limit_and_begin_anew() -> None:
    waiting = patience.Patience("this")
    pauses = [waiting.tried(OSError()) for _ in range(8)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (patience.SHORTEST_S, patience.LONGEST_S)
    waiting.over()
    assert waiting.tried(OSError()) == patience.SHORTEST_S


def _counted(house: Hearing, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests of the bot's from now on."""
    asked: list[str] = []
    request = house.account.client.api.request

    async def counted(method: Method, path: object, *args: object, **more: object) -> object:
        asked.append(str(path))
        return await request(method, path, *args, **more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(house.account.client.api, "request", counted)
    return asked
