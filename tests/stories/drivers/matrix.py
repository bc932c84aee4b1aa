"""Matrix: the real bot on a real homeserver, following its rooms by sync, and people with phones.

Every story has a bot, rooms and accounts of its own; the server goes on from story to story. Whoever is asked
into a private room comes in at once. Only time is the world's: what the server does takes what it takes, and
nothing goes on before the bot has handled all that was sent.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from html import unescape
from itertools import count
from types import MappingProxyType
from typing import Self

from mautrix.types import RoomID

from bot.invite import matrix_words
from bot.matrix import contents
from bot.matrix.account import Account
from bot.matrix.contents import Mark
from bot.matrix.gateway import MatrixGateway
from bot.matrix.rooms import Rooms
from bot.matrix.sync import Syncing
from bot.matrix.updates import Updates
from config.sections import Matrix
from dispatch.people import Committee, Person
from tests.platforms.matrix_server import Member
from tests.platforms.matrix_server.kept import Event
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.thumb import Thumb
from tests.stories.committee import table, tables, with_address
from tests.stories.drivers.base import ChatDriver, File, Parts
from tests.stories.drivers.matrix_actor import SHUT_OUT, THEN, MatrixActor
from tests.stories.drivers.matrix_sights import Reader, ever

PATIENCE_S = 60.0
"""Real seconds until something that the bot does not handle fails a story. How soon it does is shown in
`tests/platforms`."""

LOOK_S = 0.005
"""Between two looks at what the bot has handled."""

WAIT_S = 20.0
"""How long one of the bot's syncs waits for news, which come at once."""

_HEAR_EVERYTHING = frozenset({"staff", "secretary"})
"""Who is in the staff's room."""


class MatrixDriver(ChatDriver):
    """One bot for all committees; each has a room of its volunteers and one of its staff."""

    platform = "matrix"
    title = "Matrix"
    tells_language = False
    ways_out = MappingProxyType({SHUT_OUT: "屏蔽了机器人"})
    # Whoever deleted their account is asked in and never comes: that takes ten of the server's own minutes.

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        assert parts.homeserver is not None, "the world was given no homeserver"
        self.server = parts.homeserver
        self.rooms: set[str] = set()
        """Those that many people read."""
        self._sent: set[str] = set()
        self._foreign = count(1)
        self._members: dict[tuple[str, str], Member] = {}
        self._phones: dict[str, Phone] = {}
        self._of_committee: dict[str, tuple[str, str]] = {}
        self._committees: dict[int, str] = {}

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        enter = self._stack.enter_async_context
        bot = await self.server.register("suidao", display_name="随到")
        self.bot = bot.user_id
        self.reader = Reader(self.bot, self.parts.catalogs)
        (keeper,) = self.server.populate([("keeper", "keeper")])
        self._keeper = Thumb(self.server.url, keeper)
        self._stack.push_async_callback(self._keeper.wire.close)
        settings = {
            "homeserver": self.server.url,
            "user_id": bot.user_id,
            "access_token": bot.access_token,
        }
        self._section = Matrix.model_validate(settings)
        secret = self.parts.vault.derive(b"matrix")
        self._account = await enter(Account(self._section, self.parts.data, secret))
        self._spaces = Rooms(self._account, self.parts.store)
        parts = self.parts
        self._gateway = MatrixGateway(
            self._account, self._spaces, parts.store, parts.catalogs, parts.clock, parts.paged
        )
        self._begins()
        await self._until(self._has_synced, "the first sync")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ends()
        await self._gateway.drain()
        for phone in self._phones.values():
            await phone.wire.close()
        await self._stack.aclose()

    @property
    def gateway(self) -> MatrixGateway:
        return self._gateway

    @property
    def section(self) -> Matrix:
        return self._section

    async def furnished(self, file: File) -> File:
        key, people = str(table(file, "committee")["key"]), tables(file, "people")
        volunteers, staff = await self._rooms_of(key)
        members = self._members_of(key, people)
        rooms = [
            {"platform": self.platform, "chat": volunteers, "audience": "volunteers"},
            {"platform": self.platform, "chat": staff, "audience": "staff"},
        ]
        return {
            **file,
            "people": [
                with_address(each, self.platform, member.user_id)
                for each, member in zip(people, members, strict=True)
            ],
            "rooms": [*tables(file, "rooms"), *rooms],
        }

    async def welcomes(self, committee: Committee) -> None:
        """They have a client and are signed in; the bot opens their private rooms when it needs them."""
        self._committees[committee.id] = committee.key

    async def arrives(self, committee: Committee, person: Person) -> MatrixActor:
        return MatrixActor(self, person.name, person, self._members[committee.key, person.key])

    def account(self, name: str = "小明", *, language: str = "zh_CN") -> MatrixActor:
        """See `ChatDriver.account`; in which language somebody reads, Matrix does not tell."""
        return MatrixActor(self, name, None, None)

    def link(self, code: str) -> str:
        return f"https://matrix.to/#/{self.bot}{THEN}!join {code}"

    def way_in(self, page: str) -> str:
        (where,) = re.findall(r'href="(https://matrix\.to/[^"]*)"', page)
        (words,) = re.findall(r"<textarea[^>]* readonly>([^<]*)</textarea>", page)
        return f"{unescape(where)}{THEN}{unescape(words)}"

    def invitation(self, person: Person) -> str:
        return matrix_words(self.parts.codes, self.bot, person, self.parts.clock.now())

    async def settled(self) -> None:
        while True:
            invited = await self._come_in()
            await self.heard()
            await self._gateway.drain(PATIENCE_S)
            if not invited:
                return

    def posted(self) -> list[str]:
        events = self.server.kept.events(self.rooms)
        return [said for event in events if event.sender == self.bot for said in ever(event)]

    # For its people

    def sent(self, event_id: str) -> None:
        """Somebody sent this where the bot is: nothing is settled before it is handled."""
        self._sent.add(event_id)

    async def heard(self) -> None:
        """Wait until the bot has handled all that was sent, and said what there is to say."""
        await self._until(self._has_handled, "the bot has read everything")
        await self._updates.drain()

    async def phone(self, member: Member | None, name: str) -> Phone:
        """Somebody's phone; a stranger's has a new account."""
        if member is None:
            (member,) = self._signs_up([("guest", name)])
        return self._phones[member.user_id]

    async def deletes(self, phone: Phone) -> None:
        """The account is closed for good."""
        await self.server.admin.deactivate(phone.user_id)
        await self._phones.pop(phone.user_id).wire.close()

    async def enters(self, phone: Phone, person: Person) -> bool:
        """Somebody looks into the rooms of their committee; until then nobody misses them there. True where
        they had to come in first."""
        volunteers, staff = self._of_committee[self._committees[person.committee_id]]
        roles = {role.value for role in person.roles}
        rooms = {volunteers, staff} if roles & _HEAR_EVERYTHING else {volunteers}
        for room in rooms - phone.rooms.keys():
            await phone.join(room)
        return not rooms <= phone.rooms.keys()

    async def comes(self, room: str, sender: str, reaction: contents.Json) -> None:
        """A reaction that some other server made comes in."""
        event = {
            "event_id": f"$from-elsewhere-{next(self._foreign)}",
            "sender": sender,
            "type": contents.REACTION,
            "origin_server_ts": self.parts.clock.now() // 1000,
            "content": reaction,
        }
        await self._updates.take(room, event)
        await self._updates.drain()

    def cards(self, mark: Mark, *, version: int | None = None) -> list[Event]:
        """Everything that the bot ever sent of a card, oldest first; with a `version` what showed it."""
        rooms = self.server.kept.rooms(self.bot)
        return [
            event
            for event in self.server.kept.events(rooms)
            if event.sender == self.bot
            and (said := contents.marked(event.content)) is not None
            and (said.number, said.subject) == (mark.number, mark.subject)
            and version in (None, said.version)
        ]

    async def token(self) -> str | None:
        """How far the bot has read."""
        return await self.parts.store.matrix_token(self.bot)

    async def reads_again(self, token: str | None) -> None:
        """The bot dies and begins anew from there, as if it had not got further: all since comes again."""
        assert token is not None
        await self._ends()
        await self.parts.store.keep_matrix_token(self.bot, token)
        self._begins()
        await self.heard()

    # How

    def _begins(self) -> None:
        parts = self.parts
        self._updates = Updates(
            parts.router,
            parts.store,
            self._account,
            self._gateway,
            self._spaces,
            parts.catalogs,
            parts.clock,
        )
        self._syncing = Syncing(self._account, self._updates, parts.store, wait_s=WAIT_S)
        self._following = asyncio.create_task(self._syncing.run())

    async def _ends(self) -> None:
        self._following.cancel()
        with suppress(asyncio.CancelledError):
            await self._following
        await self._updates.drain()

    async def _come_in(self) -> bool:
        """Whoever was asked into a room comes in, or declines who wants to hear nothing of the bot."""
        found = self.server.kept.invitations()
        asked = [(self._phones[user_id], room) for user_id, room in found if user_id in self._phones]
        await asyncio.gather(
            *(phone.join(room) if phone.accepts else phone.leave(room) for phone, room in asked)
        )
        return bool(asked)

    async def _rooms_of(self, committee: str) -> tuple[str, str]:
        if committee not in self._of_committee:
            made = [await self._room(name) for name in ("志愿者群", "工作群")]
            self._of_committee[committee] = made[0], made[1]
            self.rooms |= set(made)
        return self._of_committee[committee]

    async def _room(self, name: str) -> str:
        body = {"preset": "public_chat", "name": name}
        made = await self._keeper.wire.call("POST", "/_matrix/client/v3/createRoom", body)
        room = str(made["room_id"])
        await self._account.client.join_room_by_id(RoomID(room))
        return room

    def _members_of(self, committee: str, people: Sequence[Mapping[str, object]]) -> list[Member]:
        names = {(committee, str(each["key"])): str(each["name"]) for each in people}
        new = {key: name for key, name in names.items() if key not in self._members}
        accounts = self._signs_up([(key, name) for (_, key), name in new.items()])
        self._members.update(zip(new, accounts, strict=True))
        return [self._members[key] for key in names]

    def _signs_up(self, people: Sequence[tuple[str, str]]) -> list[Member]:
        members = self.server.populate(people)
        self._phones.update({each.user_id: Phone(self.server.url, each) for each in members})
        return members

    async def _has_synced(self) -> bool:
        return await self.token() is not None

    async def _has_handled(self) -> bool:
        self._sent = {each for each in self._sent if each not in self._syncing.handled}
        return not self._sent

    async def _until(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not await holds():
            assert not self._following.done(), "the bot does not follow its rooms any more"
            assert time.monotonic() < end, f"not within {PATIENCE_S} s: {what}"
            await asyncio.sleep(LOOK_S)
