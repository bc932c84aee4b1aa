"""Telegram: the real bot on the tests' own Bot API server, fetched by polling, and people with phones.

Time is the world's: waiting for a turn moves its clock (`Turns`). The server's own limits are off, since
that clock jumps; that they are kept is shown in `tests/platforms`. What a bot must never do is a failure
of every story (`violations`).
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from itertools import count
from types import MappingProxyType
from typing import Self

from bot.invite import telegram_link
from bot.telegram.gateway import TelegramGateway
from bot.telegram.updates import Updates
from config.sections import Telegram
from dispatch.people import Committee, Person
from store import queue
from store.limiter import Limiter
from tests.platforms.clocks import TownClock
from tests.platforms.telegram_clients import fetching, introduced
from tests.platforms.telegram_server import Limits, TelegramServer, TgBot, TgGroup, TgUser
from tests.platforms.turns import Turns
from tests.stories.committee import WITHOUT_PHONE, table, tables, with_address
from tests.stories.drivers.base import ChatDriver, File, Parts
from tests.stories.drivers.telegram_actor import BLOCKED, DELETED, NEVER_STARTED, TelegramActor
from tests.stories.drivers.telegram_sights import ever

PATIENCE_S = 30.0
"""Real seconds until a missing answer fails a story: far more than any takes on a busy machine. How soon
taps are answered is shown in `tests/platforms` and measured in `bench`."""

_LANGUAGES = {"zh_CN": "zh-hans", "en": "en"}
_HEAR_EVERYTHING = frozenset({"staff", "secretary"})
"""Who is in the staff's group."""


class TelegramDriver(ChatDriver):
    """One bot for all committees; each has a group of its volunteers and one of its staff."""

    platform = "telegram"
    title = "Telegram"
    ways_out = MappingProxyType(
        {
            BLOCKED: "屏蔽了机器人",
            DELETED: "账号已注销",
            NEVER_STARTED: "还没在机器人的聊天里按“开始”",
        }
    )

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.server = TelegramServer(
            clock=TownClock(parts.clock), limits=Limits(on=False), patience=PATIENCE_S
        )
        self.groups: list[TgGroup] = []
        self._accounts = count(1001)
        self._strangers = count(88_770_001)
        self._rooms = count(501)
        self._members: dict[tuple[str, str], int] = {}
        self._of_committee: dict[str, tuple[int, int]] = {}
        self._phones: dict[int, TgUser] = {}

    async def __aenter__(self) -> Self:
        parts, self._stack = self.parts, AsyncExitStack()
        enter = self._stack.enter_async_context
        await enter(self.server)
        self.bot = self.server.bot()
        assert parts.queue is not None
        redis = queue.client(parts.queue)
        self._stack.push_async_callback(redis.aclose)
        self._turns = Turns(Limiter(redis, prefix=f"limit:{parts.data}:"), parts.clock)
        self._section = Telegram.model_validate({"token": self.bot.token, "api_url": self.server.url})
        bots = await enter(introduced(self._section))
        self._gateway = TelegramGateway(
            bots, self._turns, parts.store, parts.catalogs, parts.clock, paged=parts.paged
        )
        self._updates = Updates(parts.router, parts.store, bots, self._gateway, parts.catalogs, parts.clock)
        self._fetching = await enter(fetching(bots, self._updates))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        assert self.server.violations == []

    @property
    def gateway(self) -> TelegramGateway:
        return self._gateway

    @property
    def section(self) -> Telegram:
        return self._section

    async def furnished(self, file: File) -> File:
        key = str(table(file, "committee")["key"])
        volunteers, staff = self._groups_of(key)
        people = [
            with_address(each, self.platform, str(self._number(key, str(each["key"]))))
            for each in tables(file, "people")
        ]
        rooms = [
            {"platform": self.platform, "chat": str(volunteers), "audience": "volunteers"},
            {"platform": self.platform, "chat": str(staff), "audience": "staff"},
        ]
        return {**file, "people": people, "rooms": [*tables(file, "rooms"), *rooms]}

    async def welcomes(self, committee: Committee) -> None:
        """They pressed Start once, and are in their groups."""
        volunteers, staff = (self._group(each) for each in self._groups_of(committee.key))
        for person in (await self.parts.store.roster(committee.id)).people.values():
            if person.key == WITHOUT_PHONE:
                continue
            phone = self._phone(self._number(committee.key, person.key), person.name, person.language)
            self.server.town.private(self.bot, phone.account).started = True
            volunteers.chat.members[phone.id] = phone.account
            if {role.value for role in person.roles} & _HEAR_EVERYTHING:
                staff.chat.members[phone.id] = phone.account

    async def arrives(self, committee: Committee, person: Person) -> TelegramActor:
        return TelegramActor(self, self._phones[self._number(committee.key, person.key)], person)

    def account(self, name: str = "小明", *, language: str = "zh_CN") -> TelegramActor:
        return TelegramActor(self, self._phone(next(self._strangers), name, language), None)

    def link(self, code: str) -> str:
        return f"https://t.me/{self.bot.username}?start={code}"

    def way_in(self, page: str) -> str:
        (link,) = re.findall(r'href="(https://t\.me/[^"]*)"', page)
        return unescape(link)

    def invitation(self, person: Person) -> str:
        return telegram_link(self.parts.codes, str(self.bot.username), person, self.parts.clock.now())

    @asynccontextmanager
    async def own_bots(self, *committees: str) -> AsyncIterator[Mapping[str, TgBot]]:
        """Each of these committees has a bot of its own besides, by its key: it answers as the one for all
        does, from which cards go on coming."""
        parts, own = self.parts, {key: self.server.bot() for key in committees}
        tokens = {key: {"token": each.token} for key, each in own.items()}
        section = Telegram.model_validate({"bots": tokens, "api_url": self.server.url})
        async with introduced(section) as bots:
            gateway = TelegramGateway(bots, self._turns, parts.store, parts.catalogs, parts.clock)
            updates = Updates(parts.router, parts.store, bots, gateway, parts.catalogs, parts.clock)
            async with fetching(bots, updates):
                yield own
                await updates.drain()

    async def settled(self) -> None:
        await self.server.settled()
        await self._updates.drain()

    def posted(self) -> list[str]:
        return [said for group in self.groups for each in group.chat.messages for said in ever(each)]

    def _number(self, committee: str, person: str) -> int:
        """The account of somebody of a committee, the same whenever its file is read."""
        key = committee, person
        if key not in self._members:
            self._members[key] = next(self._accounts)
        return self._members[key]

    def _groups_of(self, committee: str) -> tuple[int, int]:
        if committee not in self._of_committee:
            self._of_committee[committee] = -next(self._rooms), -next(self._rooms)
        return self._of_committee[committee]

    def _group(self, number: int) -> TgGroup:
        known = next((each for each in self.groups if each.id == number), None)
        if known is None:
            known = self.server.group(number, "群", [self.bot])
            self.groups.append(known)
        return known

    def _phone(self, number: int, name: str, language: str) -> TgUser:
        if number not in self._phones:
            tongue = _LANGUAGES[language]
            self._phones[number] = self.server.user(number, first_name=name, language_code=tongue)
        return self._phones[number]
