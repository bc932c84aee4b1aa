"""The demo keeps to itself: its own people, a tenth of every delay, and no chat platform, whatever is set."""

import io
from pathlib import Path

from bot import app, welcome
from bot.playbooks import load_playbooks
from config import settings
from tests.platforms.telegram_server import TelegramServer

ROOMY = {"SUIDAO_WEB__PORT": "0"}
"""Any free port."""


async def test_the_demo_never_touches_a_chat_even_with_a_token(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        environ = {
            **ROOMY,
            "SUIDAO_TELEGRAM__TOKEN": server.bot().token,
            "SUIDAO_TELEGRAM__API_URL": server.url,
        }
        async with app.running(settings.read(environ), tmp_path, demo=True) as program:
            await welcome.started(io.StringIO(), qr=False)(program)
        assert server.calls == []


async def test_every_delay_of_the_demo_is_a_tenth_and_it_says_so(tmp_path: Path) -> None:
    out = io.StringIO()
    async with app.running(settings.read(ROOMY), tmp_path, demo=True) as program:
        await welcome.started(out, qr=False)(program)
        fast, real = program.service.playbooks, load_playbooks(None)
    assert "a tenth" in out.getvalue()
    assert "十分之一" in out.getvalue()
    assert fast.keys() == real.keys()
    for kind, book in real.items():
        assert [wave.after * 10 for wave in fast[kind].waves] == [wave.after for wave in book.waves]
        assert [rung.after * 10 for rung in fast[kind].rungs] == [rung.after for rung in book.rungs]
        assert fast[kind].deadlines.claimed_to_started * 10 == book.deadlines.claimed_to_started


async def test_the_links_are_those_of_two_volunteers_one_of_the_staff_and_whoever_is_on_duty(
    tmp_path: Path,
) -> None:
    out = io.StringIO()
    async with app.running(settings.read(ROOMY), tmp_path, demo=True) as program:
        await welcome.started(out, qr=False)(program)
        (committee,) = await program.store.committees()
        duty = await program.service.on_duty(committee.id)
    assert committee.demo
    assert duty is not None
    shown = [line.strip() for line in out.getvalue().splitlines() if line.rstrip().endswith(")")]
    roles = [line.rpartition("(")[2].rstrip(")").split(", ") for line in shown]
    assert ["volunteer" in each for each in roles] == [True, True, False, False]
    assert "staff" in roles[2]
    assert shown[3].startswith(duty.name)
