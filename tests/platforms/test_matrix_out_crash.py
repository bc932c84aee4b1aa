"""CONFORMANCE 4 on a real server with real kills: who dies between sending and sent leaves one copy."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dispatch.events import NoticeKind
from handlers.gateways import Delivery
from tests.chaos.runs import ROOT
from tests.platforms.matrix_sending import Sending, later, sending
from tests.platforms.matrix_server import Synapse
from tests.platforms.samples import OFFERED


@pytest.fixture
async def out(tmp_path: Path, synapse: Synapse) -> AsyncIterator[Sending]:
    async with sending(tmp_path, synapse) as made:
        yield made


@asynccontextmanager
async def sender(out: Sending, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that sends Wang the card, until it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.platforms.matrix_sender",
        str(folder),
        out.synapse.url,
        out.bot.user_id,
        out.bot.password,
        out.addresses["wang"].value,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def says(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def test_conformance_04_killed_after_sending_and_before_noting_it_is_one_copy(
    out: Sending, tmp_path: Path
) -> None:
    await out.gateway.drain()
    async with sender(out, tmp_path) as process:
        assert await says(process) == "sending"
        assert await says(process) == Delivery.NOT_REACHED.value
    before = await out.one()
    sent = await out.sends(card=later(OFFERED, "还差 1 人"))  # owed still, and the job has moved on
    after = await out.one()
    assert sent.ref is not None
    assert sent.ref.value.endswith(before.event_id)
    assert (after.event_id, after.edits, "还差 1 人" in after.body) == (before.event_id, 1, True)
    assert after.reactions.keys() == {"✅", "❌"}


@pytest.mark.parametrize("after_s", [0.0, 0.2])
async def test_killed_in_the_midst_of_it_there_is_one_copy(
    out: Sending, tmp_path: Path, after_s: float
) -> None:
    async with sender(out, tmp_path) as process:
        assert await says(process) == "sending"
        await asyncio.sleep(after_s)  # when it is killed, and not what is asserted
    await out.sends()
    await out.sends(card=later(OFFERED, "还差 1 人"), kind=NoticeKind.UPDATE)
    wang = out.phone("wang")
    await out.room()
    assert (
        len([room for room in wang.rooms.values() if out.bot.user_id in room.members]) == 2
    )  # one is the group
    assert "还差 1 人" in (await out.one()).body
