"""What a homeserver's own rate limits are, and that the administrator lifts them as docs/matrix.md says."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.chaos.runs import ROOT
from tests.platforms.matrix_server import MatrixError, Synapse
from tests.platforms.matrix_server.phone import Phone


@pytest.fixture
async def bot(limited_synapse: Synapse) -> AsyncIterator[Phone]:
    async with Phone(limited_synapse.url, await limited_synapse.register("bot")) as phone:
        yield phone


async def _until_refused(act: Callable[[], Awaitable[object]], most: int) -> tuple[int, MatrixError | None]:
    """How often it went well, and what was said then; None where it always did."""
    for done in range(most):
        try:
            await act()
        except MatrixError as refused:
            return done, refused
    return most, None


async def _lift_as_documented(server: Synapse, bot: Phone) -> None:
    page = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8")
    said = re.search(r'"\$SERVER(/_synapse/admin/\S+)" \\\n\s+-d \'([^\']+)\'', page)
    assert said is not None
    where, body = said.groups()
    answer = await server.admin.call("POST", where.replace("$BOT", bot.user_id), json.loads(body))
    assert answer == {"messages_per_second": 0, "burst_count": 0}  # "repeats the two zeros"


async def test_a_server_left_as_it_is_slows_messages_and_reactions_alike(bot: Phone) -> None:
    room_id = await bot.create_room()
    card = await bot.say(room_id, "等人接单")
    turns = iter(range(20))
    done, refused = await _until_refused(lambda: bot.react(room_id, card, f"{next(turns)}"), 20)
    assert done < 10
    assert refused is not None
    assert (refused.status, refused.code) == (429, "M_LIMIT_EXCEEDED")
    assert 0 < refused.retry_after_ms <= 5_000


async def test_a_server_left_as_it_is_allows_few_new_rooms(bot: Phone) -> None:
    done, refused = await _until_refused(bot.create_room, 12)
    assert done == 10
    assert refused is not None
    assert 30_000 < refused.retry_after_ms <= 65_000


async def test_the_documented_call_lifts_messages_rooms_and_invitations(
    limited_synapse: Synapse, bot: Phone
) -> None:
    people = [await limited_synapse.register("wang") for _ in range(12)]
    await _lift_as_documented(limited_synapse, bot)
    room_id = await bot.create_room()
    assert await _until_refused(lambda: bot.say(room_id, "喂"), 40) == (40, None)
    left = iter(people)
    opened = await _until_refused(lambda: bot.create_room(direct=True, invite=[next(left).user_id]), 12)
    assert opened == (12, None)


async def test_limits_that_were_lifted_can_be_given_back(limited_synapse: Synapse, bot: Phone) -> None:
    room_id = await bot.create_room()
    await _lift_as_documented(limited_synapse, bot)
    await limited_synapse.admin.keep_limits(bot.user_id)
    _, refused = await _until_refused(lambda: bot.say(room_id, "喂"), 20)
    assert refused is not None


async def test_nothing_lifts_the_limit_on_signing_in(limited_synapse: Synapse, bot: Phone) -> None:
    await _lift_as_documented(limited_synapse, bot)
    # From an address of its own: for minutes nobody else signs in from there.
    _, refused = await _until_refused(lambda: limited_synapse.login(bot.member, "127.0.0.2"), 8)
    assert refused is not None
    assert refused.retry_after_ms > 60_000
