"""The outgoing half of Telegram on the tests' own server: real bots, store, limiter and words.

All of it lives by one clock that moves when somebody waits, so that a minute's limit takes no minute.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.telegram.bots import Bots
from bot.telegram.gateway import TelegramGateway
from config.sections import Telegram
from dispatch import register
from dispatch.events import NoticeKind
from dispatch.people import Address
from handlers.gateways import Gateway, Sent
from handlers.messages import Card, Incoming, MessageRef
from store import queue
from store.broker import Broker
from store.limiter import Limiter
from tests.platforms.clocks import TownClock
from tests.platforms.house import COMMITTEE, House, house
from tests.platforms.samples import OFFERED
from tests.platforms.telegram_clients import introduced
from tests.platforms.telegram_server import Limits, Seen, TelegramServer, TgBot, TgGroup, TgUser
from tests.platforms.turns import Turns
from workers.deliver import Deliverer

ACCOUNTS = {"wang": 1001, "li": 1002, "new": 1003, "zhao": 1004, "qian": 1005}
ROOM = -500
TOPIC_ROOM = -100500


@dataclass(kw_only=True)
class Sending:
    """A gateway, and the phones that it reaches."""

    home: House
    server: TelegramServer
    bot: TgBot
    bots: Bots
    gateway: TelegramGateway
    limiter: Limiter
    room: TgGroup
    phones: dict[str, TgUser]
    addresses: dict[str, Address] = field(default_factory=dict)

    def again(self) -> TelegramGateway:
        """The gateway of another process, or of this one after a restart: it remembers nothing."""
        clock = self.home.clock
        return TelegramGateway(
            self.bots, Turns(self.limiter, clock), self.home.store, self.home.catalogs, clock
        )

    def deliverer(self) -> Deliverer:
        """What brings owed rows to pages and chats."""
        gateways: dict[str, Gateway] = {"web": self.home.gateway, "telegram": self.gateway}
        return Deliverer(self.home.store, self.home.router, gateways, self.home.clock)

    async def sends(
        self,
        who: str = "wang",
        card: Card = OFFERED,
        kind: NoticeKind = NoticeKind.ASK,
        ref: MessageRef | None = None,
    ) -> Sent:
        return await self.gateway.send(self.addresses[who], card, kind, ref)

    async def posts(self) -> int:
        """The staff member posts a job; its number."""
        words = Incoming(address=self.addresses["zhao"], text="3号楼502 敲门无应答 80岁独居", nonce="1")
        reply = await self.home.router.handle(words)
        assert reply.card is not None
        return reply.card.job_id

    def seen(self, who: str = "wang") -> list[Seen]:
        """What stands in somebody's private chat, or in the group."""
        place = self.room if who == "room" else self.bot
        return self.phones["wang" if who == "room" else who].sees(place)

    def one(self, who: str = "wang") -> Seen:
        """The one message there."""
        (message,) = self.seen(who)
        return message


def committee() -> dict[str, object]:
    people = COMMITTEE["people"]
    assert isinstance(people, list)
    return COMMITTEE | {
        "people": [each | {"addresses": {"telegram": str(ACCOUNTS[each["key"]])}} for each in people],
        "rooms": [{"platform": "telegram", "chat": str(ROOM), "audience": "volunteers"}],
    }


def later(card: Card, state: str) -> Card:
    """The card as it is a moment later."""
    return replace(card, version=card.version + 1, state=state)


@asynccontextmanager
async def sending(folder: Path, broker: Broker, *, limits: Limits | None = None) -> AsyncIterator[Sending]:
    """Everybody has pressed Start, and the bot is in the group. The server allows bursts of two a chat, as
    `bot.telegram.limits` takes them to be tolerated."""
    async with house(folder) as home:
        await home.store.load(register.parse("committee.toml", committee()), prune=False, demo=True)
        clock = TownClock(home.clock)
        async with TelegramServer(clock=clock, limits=limits or Limits(on=False)) as server:
            account = server.bot()
            telegram = Telegram.model_validate({"token": account.token, "api_url": server.url})
            redis = queue.client(broker.url)
            limiter = Limiter(redis, prefix=f"limit:{folder}:")
            async with introduced(telegram) as bots:
                phones = {key: server.user(number, first_name=key) for key, number in ACCOUNTS.items()}
                made = Sending(
                    home=home,
                    server=server,
                    bot=account,
                    bots=bots,
                    gateway=TelegramGateway(
                        bots, Turns(limiter, home.clock), home.store, home.catalogs, home.clock
                    ),
                    limiter=limiter,
                    room=server.group(ROOM, "志愿者", [account, *phones.values()]),
                    phones=phones,
                )
                await _known(made)
                try:
                    yield made
                finally:
                    await redis.aclose()
            assert server.violations == []


async def _known(made: Sending) -> None:
    for key, number in ACCOUNTS.items():
        made.server.town.private(made.bot, made.phones[key].account).started = True
        (made.addresses[key],) = await made.home.store.addresses("telegram", str(number))
    (made.addresses["room"],) = await made.home.store.addresses("telegram", str(ROOM))
