"""The outgoing half of Matrix on a real homeserver: a real account, its gateway, and people's phones.

Time is the house's own and stands still; what the server makes anybody wait for is real.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from mautrix.types import RoomID

from bot.matrix.account import Account
from bot.matrix.devices import DATABASE
from bot.matrix.gateway import MatrixGateway
from bot.matrix.rooms import Rooms
from config.sections import Matrix
from dispatch import register
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.ports import Clock
from handlers.gateways import Gateway, Sent
from handlers.messages import Card, Incoming, MessageRef
from tests.platforms.house import COMMITTEE, House, house
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message, Room
from tests.platforms.matrix_server.wire import path
from tests.platforms.samples import OFFERED
from workers.deliver import Deliverer

SECRET = b"a secret of the tests, 32 bytes."


@dataclass(kw_only=True)
class Sending:
    """A gateway, and the phones that it reaches."""

    home: House
    synapse: Synapse
    bot: Member
    account: Account
    gateway: MatrixGateway
    phones: dict[str, Phone]
    room_id: str
    addresses: dict[str, Address] = field(default_factory=dict)
    noted: dict[tuple[str, str], MessageRef] = field(default_factory=dict)

    async def sends(
        self,
        who: str = "wang",
        card: Card = OFFERED,
        kind: NoticeKind = NoticeKind.ASK,
        ref: MessageRef | None = None,
    ) -> Sent:
        """Send a card as the deliverer does."""
        return await self.gateway.send(self.addresses[who], card, kind, ref)

    async def follows(self, who: str, card: Card, kind: NoticeKind = NoticeKind.ASK) -> Sent:
        """Send it with the message that the last one was, as the store would give it."""
        sent = await self.sends(who, card, kind, self.noted.get((who, card.name)))
        if sent.ref is not None:
            self.noted[who, card.name] = sent.ref
        return sent

    async def posts(self) -> int:
        """The staff member posts a job; its number."""
        words = Incoming(address=await self.home.address("zhao"), text="3号楼502 敲门无应答", nonce="1")
        reply = await self.home.router.handle(words)
        assert reply.card is not None
        return reply.card.job_id

    def again(self, account: Account | None = None, clock: Clock | None = None) -> MatrixGateway:
        """The gateway of another process, or of this one after a restart: it remembers nothing."""
        return gateway(self.home, account or self.account, clock)

    def deliverer(self) -> Deliverer:
        """What brings owed rows to pages and rooms."""
        gateways: dict[str, Gateway] = {"web": self.home.gateway, "matrix": self.gateway}
        return Deliverer(self.home.store, self.home.router, gateways, self.home.clock)

    def phone(self, who: str) -> Phone:
        return self.phones[who]

    async def room(self, who: str = "wang") -> Room:
        """Somebody's private room with the bot, as their phone shows it now."""
        phone = self.phones[who]
        await phone.wait_for(lambda: phone.room_with(self.bot.user_id), "the private room")
        await phone.sync()
        return phone.room_with(self.bot.user_id)

    async def one(self, who: str = "wang") -> Message:
        """The one message that stands there."""
        (message,) = (await self.room(who)).standing
        return message

    async def kept(self, who: str = "wang") -> str:
        """Everything that the server still has of somebody's private room, for whoever looks there."""
        return await everything(self.phones[who], (await self.room(who)).room_id)


def committee(people: Mapping[str, Member], room_id: str) -> dict[str, object]:
    """The house's committee with accounts and a room."""
    known = COMMITTEE["people"]
    assert isinstance(known, list)
    reached = [
        each | ({"addresses": {"matrix": people[each["key"]].user_id}} if each["key"] in people else {})
        for each in known
    ]
    rooms = [{"platform": "matrix", "chat": room_id, "audience": "volunteers"}]
    return COMMITTEE | {"people": reached, "rooms": rooms}


async def everything(phone: Phone, room_id: str) -> str:
    """What the server still has of a room, as it stands there."""
    query = {"dir": "b", "limit": "200"}
    found = await phone.wire.call("GET", path("rooms", room_id, "messages"), query=query)
    return json.dumps(found["chunk"], ensure_ascii=False)


def lose_keys(folder: Path) -> None:
    """The key store is gone, as after a restore without it."""
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()


def later(card: Card, state: str) -> Card:
    """The card as it is a moment later."""
    return replace(card, version=card.version + 1, state=state)


def gateway(home: House, account: Account, clock: Clock | None = None) -> MatrixGateway:
    """A gateway that remembers nothing."""
    rooms = Rooms(account, home.store)
    return MatrixGateway(account, rooms, home.store, home.catalogs, clock or home.clock)


def settings(synapse: Synapse, bot: Member, **more: object) -> Matrix:
    """How the bot of the tests signs in."""
    return Matrix.model_validate(
        {"homeserver": synapse.url, "user_id": bot.user_id, "password": bot.password, **more}
    )


@asynccontextmanager
async def sending(
    folder: Path,
    synapse: Synapse,
    *,
    people: tuple[str, ...] = ("wang", "li"),
    clock: Clock | None = None,
    **more: object,
) -> AsyncIterator[Sending]:
    """These people have phones and have not met the bot yet; a volunteers' room has all of them in it."""
    bot = await synapse.register("suidao", display_name="随到")
    members = dict(zip(people, synapse.populate((key, key) for key in people), strict=True))
    async with AsyncExitStack() as stack:
        phones = {
            key: await stack.enter_async_context(Phone(synapse.url, each)) for key, each in members.items()
        }
        host = phones[people[0]]
        room_id = await host.create_room(name="志愿者", public=True)
        for phone in phones.values():
            await phone.join(room_id)
        home = await stack.enter_async_context(house(folder))
        file = register.parse("committee.toml", committee(members, room_id))
        await home.store.load(file, prune=False, demo=True)
        account = await stack.enter_async_context(Account(settings(synapse, bot, **more), folder, SECRET))
        await account.client.join_room_by_id(RoomID(room_id))
        made = Sending(
            home=home,
            synapse=synapse,
            bot=bot,
            account=account,
            gateway=gateway(home, account, clock),
            phones=phones,
            room_id=room_id,
        )
        for key, member in members.items():
            (made.addresses[key],) = await home.store.addresses("matrix", member.user_id)
        (made.addresses["room"],) = await home.store.addresses("matrix", room_id)
        yield made
        await made.gateway.drain()
