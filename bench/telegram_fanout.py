"""300 cards from three processes through one bot, as fast as Telegram allows; one urgent card among them.

Each process has its own outbox in its own data folder; one Valkey holds what the bot may send when. The Bot
API server, in this process, is the tests' strict one: it refuses (429) more than 30 messages a second, one a
second to a chat and 20 a minute to a group. When all cards are owed, one for somebody else is posted where
life is at stake.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import processes
from bench.report import Aim, Figure, Outcome
from bench.telegram_crowd import PATIENCE_S, ROUND_TRIP_S, START_S, VOLUNTEER
from bot.telegram.limits import BOT
from store.broker import Broker
from tests.platforms.telegram_server import Limits, TelegramServer, TgBot

SENDERS = 3

CARDS = 100
"""Ordinary cards of each: 300 in all, more than one committee's largest group."""

APART = 1_000
"""Between the first account numbers of two senders' committees."""

LATE_S = 3.0
"""Seconds that are waited after the last card: a second copy of one would come by then."""

A_MOMENT = int(BOT.rate)
"""Cards that may still go before the urgent one: a second's worth, since those were on their way."""


_SENDS = ("sendMessage", "editMessageText")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What the server saw: when each chat got its messages, by its own clock, in seconds."""

    ordinary: Mapping[int, Sequence[float]]
    urgent: Sequence[float]
    began: float
    """When the first cards were owed."""
    posted: float
    """When the urgent card was owed."""
    refused: int

    @property
    def seconds(self) -> float:
        """From the moment at which the first cards were owed to the last one's arrival."""
        return max(at for times in self.ordinary.values() for at in times) - self.began

    @property
    def waiting(self) -> int:
        """Ordinary cards that were not sent when the urgent one was owed."""
        return sum(not times or times[0] > self.posted for times in self.ordinary.values())

    @property
    def overtaken(self) -> int:
        """Ordinary cards that came after the urgent one."""
        if not self.urgent:
            return 0
        return sum(not times or times[0] > self.urgent[0] for times in self.ordinary.values())


async def measure(*, senders: int = SENDERS, cards: int = CARDS) -> Outcome:
    """Post everything at once and see it arrive."""
    with tempfile.TemporaryDirectory(prefix="suidao-bench-") as name:
        broker = Broker(Path(name))
        broker.start()
        try:
            async with TelegramServer(limits=Limits(), latency=ROUND_TRIP_S, patience=PATIENCE_S) as server:
                bot = server.bot()
                _arrive(server, bot, senders, cards)
                with ExitStack() as programs:
                    crew = [
                        programs.enter_context(_sender(Path(name), server, bot, broker.url, number, cards))
                        for number in range(senders)
                    ]
                    sent = await _sent(server, crew, cards)
        finally:
            broker.stop()
    return _outcome(sent)


def _outcome(sent: _Sent) -> Outcome:
    delivered = sum(bool(times) for times in sent.ordinary.values())
    messages = sum(len(times) for times in sent.ordinary.values())
    per_s = delivered / sent.seconds
    overtook = bool(sent.urgent) and sent.waiting - sent.overtaken <= A_MOMENT
    wait_ms = (sent.urgent[0] - sent.posted) * 1000 if sent.urgent else PATIENCE_S * 1000
    all_of_them = Aim(sign="=", limit=len(sent.ordinary))
    figures = (
        Figure(name="cards delivered", ours=delivered, aim=all_of_them),
        Figure(name="messages sent for them", ours=messages, aim=all_of_them),
        Figure(name="refused with 429", ours=sent.refused, aim=Aim(sign="=", limit=0)),
        Figure(name="share of the permitted rate", ours=per_s / BOT.rate, aim=Aim(sign="≥", limit=0.9)),
        Figure(name="cards/s, of the about 30 of Telegram", ours=per_s),
        Figure(name="the urgent card overtook", ours=overtook, aim=Aim(sign="=", limit=1)),
        Figure(name="cards that came after it", ours=sent.overtaken),
        Figure(name="ms until it arrived", ours=wait_ms),
    )
    values = {
        "delivered": delivered,
        "sent": messages,
        "refused_429": sent.refused,
        "rate_share": per_s / BOT.rate,
        "per_s": per_s,
        "urgent_overtook": overtook,
        "overtaken": sent.overtaken,
        "urgent_ms": wait_ms,
    }
    return Outcome(figures=figures, values=values)


async def _sent(server: TelegramServer, crew: Sequence[psutil.Popen], cards: int) -> _Sent:
    for sender in crew:
        await _hears(sender, "ready")
    for sender in crew:
        _tell(sender, "post")
    owed = await asyncio.gather(*(_owed(server, sender) for sender in crew))
    _tell(crew[0], "danger")
    await _hears(crew[0], "done")
    posted = server.clock.now()
    ordinary = [first + n for first in _firsts(len(crew)) for n in range(cards)]
    urgent = VOLUNTEER + cards
    await server.until(lambda: len(_messages(server)) > len(ordinary), PATIENCE_S)
    await asyncio.sleep(LATE_S)
    times: dict[int, list[float]] = {chat: [] for chat in (*ordinary, urgent)}
    for chat, at in _messages(server):
        times[chat].append(at)
    return _Sent(
        ordinary={chat: times[chat] for chat in ordinary},
        urgent=times[urgent],
        began=min(*owed, *(at for _, at in _messages(server))),
        posted=posted,
        refused=server.refused_429,
    )


async def _owed(server: TelegramServer, sender: psutil.Popen) -> float:
    """When a sender's cards were owed: not before, and its answer may come a little later."""
    await _hears(sender, "done")
    return server.clock.now()


def _messages(server: TelegramServer) -> Sequence[tuple[int, float]]:
    """Every message and edit that was taken: to which chat, and when."""
    taken = (each for each in server.calls if each.method in _SENDS and each.code == 200)
    return [(int(str(call.params["chat_id"])), call.at) for call in taken]


def _arrive(server: TelegramServer, bot: TgBot, senders: int, cards: int) -> None:
    """Everybody pressed Start once."""
    for first in _firsts(senders):
        for n in range(cards + 1):
            person = server.user(first + n, first_name=f"志愿者{n + 1}")
            server.town.private(bot, person.account).started = True


def _firsts(senders: int) -> Sequence[int]:
    return [VOLUNTEER + number * APART for number in range(senders)]


def _sender(
    folder: Path, server: TelegramServer, bot: TgBot, valkey: str, number: int, cards: int
) -> processes.Running:
    where = [str(folder), server.url, bot.token, valkey, str(_firsts(number + 1)[-1]), str(cards)]
    return processes.module("bench.telegram_sender", where, folder / f"sender-{number}.log", talks=True)


def _tell(sender: psutil.Popen, what: str) -> None:
    assert sender.stdin is not None
    sender.stdin.write(f"{what}\n".encode())
    sender.stdin.flush()


async def _hears(sender: psutil.Popen, what: str) -> None:
    assert sender.stdout is not None
    async with asyncio.timeout(START_S):
        said = await asyncio.to_thread(sender.stdout.readline)
    if said.strip() != what.encode():
        raise RuntimeError(f"a sender did not say {what!r}")
