"""Cards in encrypted rooms: their readers read them, the server does not, and a restart changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.matrix.account import Account
from dispatch.events import NoticeKind
from tests.platforms.matrix_reader import Reader, reader
from tests.platforms.matrix_sending import SECRET, Sending, everything, later, lose_keys, sending, settings
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import DESK, MINE, OFFERED

GIVEN_BACK = replace(OFFERED, version=9, state="你已退回。", actions=())


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse, encrypted_rooms=True) as made:
        made.phone("wang").accepts = False  # it has no keys: the reader comes instead
        yield made


@pytest.fixture
async def wang(
    out: Sending, synapse: Synapse, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reader]:
    folder = tmp_path_factory.mktemp("wang")
    async with reader(synapse, out.phone("wang").member, folder) as made:
        yield made


async def test_a_card_is_read_by_its_reader_who_was_only_asked_in_when_it_came(
    out: Sending, wang: Reader
) -> None:
    await out.sends()
    await wang.waits_for(lambda: wang.texts)
    assert wang.texts[0].startswith("🟠 送药 · 7号楼 · 急")
    assert not wang.closed


async def test_the_server_reads_nothing_and_no_reaction_tells_more_than_a_tap(
    out: Sending, wang: Reader
) -> None:
    await out.follows("wang", MINE, NoticeKind.WON)
    await wang.waits_for(lambda: len(wang.texts) == 2)
    assert "502" in wang.texts[1]
    kept = await kept_by_server(out)
    assert "送药" not in kept
    assert "m.room.encrypted" in kept
    assert "🚶" in kept


async def test_withdrawn_the_edits_are_gone_in_encrypted_rooms_likewise(out: Sending, wang: Reader) -> None:
    await out.follows("wang", MINE, NoticeKind.WON)
    await out.follows("wang", GIVEN_BACK, NoticeKind.WITHDRAW)
    await wang.waits_for(lambda: "你已退回。" in wang.texts[-1] if wang.texts else False)
    assert not any("502" in text for text in wang.texts)


async def test_after_a_restart_it_writes_on_with_the_same_keys(
    out: Sending, wang: Reader, tmp_path: Path, synapse: Synapse
) -> None:
    await out.follows("wang", OFFERED)
    await out.account.__aexit__(None, None, None)
    async with Account(settings(synapse, out.bot, encrypted_rooms=True), tmp_path, SECRET) as account:
        out.gateway = out.again(account)
        await out.follows("wang", later(OFFERED, "还差 1 人"), NoticeKind.UPDATE)
        await wang.waits_for(lambda: any("还差 1 人" in text for text in wang.texts))
        assert not wang.closed
    await out.account.__aenter__()  # for the end of the house


async def test_sent_again_after_a_crash_it_is_one_message(out: Sending, wang: Reader) -> None:
    first = await out.sends()
    out.gateway = out.again()
    again = await out.sends(card=later(OFFERED, "还差 1 人"))
    assert again.ref == first.ref
    await wang.waits_for(lambda: len(wang.texts) == 2)
    assert wang.texts[1].startswith("* ")


async def test_who_lost_its_keys_writes_as_a_new_device_that_is_read(
    out: Sending, wang: Reader, tmp_path: Path, synapse: Synapse
) -> None:
    await out.follows("wang", OFFERED)
    await out.account.__aexit__(None, None, None)
    lose_keys(tmp_path)
    async with Account(settings(synapse, out.bot, encrypted_rooms=True), tmp_path, SECRET) as account:
        out.gateway = out.again(account)
        await out.follows("wang", later(OFFERED, "还差 1 人"))
        await wang.waits_for(lambda: any("还差 1 人" in text for text in wang.texts))
    await out.account.__aenter__()  # for the end of the house


async def test_the_largest_card_fits_into_an_encrypted_event(out: Sending, wang: Reader) -> None:
    long = "楼" * 5_000
    card = replace(
        DESK,
        state=long,
        facts=tuple(replace(fact, value=long) for fact in DESK.facts * 4),
        steps=(long,) * 40,
        notes=(long,) * 40,
        log=(long,) * 200,
    )
    await out.follows("wang", card)
    await wang.waits_for(lambda: len(wang.texts) == 2)
    assert wang.texts[1].startswith("* ☎ 救护车 120")


async def kept_by_server(out: Sending) -> str:
    """The private room as the server's administrator could read it."""
    room = await out.home.store.matrix_room(out.phone("wang").user_id)
    assert room is not None
    wang = out.phone("wang")
    return await everything(wang, room)
