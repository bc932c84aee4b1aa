"""The house with Matrix beside its pages, both halves: a real account on a real homeserver follows its rooms.

The clock of the house stands still until it is moved; what people tap and write takes the time that it takes.
Nothing here stands in for our own code; `settles` does what the workers do.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mautrix.types import RoomID

from bot import step_pictures
from bot.codes import Codes
from bot.matrix import contents
from bot.matrix.account import Account
from bot.matrix.gateway import MatrixGateway
from bot.matrix.rooms import Rooms
from bot.matrix.sync import Syncing
from bot.matrix.updates import Updates
from dispatch import register
from dispatch.jobs import Job
from dispatch.moments import MINUTE
from dispatch.people import Address
from dispatch.situation import Situation
from handlers.gateways import Gateway
from handlers.messages import Incoming
from handlers.router import Router
from tests.platforms.house import COMMITTEE, House, house
from tests.platforms.matrix_sending import SECRET, settings
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message, Room
from workers.deliver import Deliverer

PEOPLE = ("wang", "li", "new", "zhao", "qian")
"""The house's people: two volunteers who are vouched for, one who is not, a staff member, the secretary."""

WITHIN_S = 20.0
"""Seconds for anything to happen while others use the machine; alone it takes 0.2."""

WAIT_S = 0.5
"""Seconds that the bot's syncs wait for news in the tests; news come at once."""


@dataclass(kw_only=True)
class Hearing:
    """One committee, its people's phones, and the bot."""

    home: House
    folder: Path
    synapse: Synapse
    bot: Member
    account: Account
    router: Router
    codes: Codes
    gateway: MatrixGateway
    updates: Updates
    phones: dict[str, Phone]
    room_id: str
    desk_id: str
    deliverer: Deliverer = field(init=False)
    syncing: Syncing = field(init=False)

    def __post_init__(self) -> None:
        gateways: dict[str, Gateway] = {"web": self.home.gateway, "matrix": self.gateway}
        self.deliverer = Deliverer(self.home.store, self.router, gateways, self.home.clock)
        self.syncing = Syncing(self.account, self.updates, self.home.store, wait_s=WAIT_S)

    def phone(self, key: str) -> Phone:
        return self.phones[key]

    def reborn(self) -> None:
        """Both halves as after a restart: they know what the store knows."""
        self.gateway, self.updates = halves(self.home, self.account, self.router)
        self.__post_init__()

    async def restarted(self, stack: AsyncExitStack) -> None:
        """The account as well, from what stands in the folder. Nobody may follow meanwhile."""
        await self.account.__aexit__(None, None, None)
        again = Account(settings(self.synapse, self.bot), self.folder, SECRET)
        self.account = await stack.enter_async_context(again)
        self.reborn()

    async def address(self, key: str) -> Address:
        (found,) = await self.home.store.addresses("matrix", self.phones[key].user_id)
        return found

    async def deliver(self) -> None:
        """Deliver what is owed, now or later."""
        self.home.bell.rows.clear()
        store, now = self.home.store, self.home.clock.now()
        while owed := await store.overdue_outbox(now + 10 * MINUTE, 500):
            await self.deliverer.deliver(owed)
            if owed == await store.overdue_outbox(now + 10 * MINUTE, 500):
                break

    async def passes(self, minutes: float) -> None:
        """Let time pass; what is due is looked at, and delivered."""
        self.home.clock.forward(minutes * 60)
        for job in await self.jobs():
            await self.home.service.look(job.committee_id, job.id)
        await self.deliver()

    async def posts(self, text: str = "3号楼502 敲门无应答", who: str = "zhao") -> int:
        """Somebody of the desk posts a job on their page; its number."""
        words = Incoming(address=await self.home.address(who), text=text, nonce=f"{time.time_ns()}")
        reply = await self.home.router.handle(words)
        assert reply.card is not None
        await self.deliver()
        return reply.card.job_id

    async def announced(self, text: str = "3号楼502 敲门无应答") -> tuple[int, Message]:
        """A job that nobody took until the whole group was asked: its number, and its card in the room."""
        job = await self.shown(text)
        return job, await self.card(job)

    async def shown(self, text: str = "3号楼502 敲门无应答") -> int:
        """The same where no reactions may stand below the card."""
        job = await self.posts(text)
        for _ in range(30):
            await self.passes(1)
            if await self._ref(job) is not None:
                return job
        raise AssertionError("the group was never asked")

    async def card(self, job: int, key: str = "wang") -> Message:
        """The job's card in the volunteers' room, with its reactions under it."""
        phone, ref = self.phone(key), await self._ref(job)
        assert ref is not None
        event = ref.split()[1]

        def offered() -> Message | None:
            message = phone.room(self.room_id).message(event)
            return message if message.reactions else None

        return await phone.wait_for(offered, "the card with its reactions")

    async def own_card(self, key: str, wanted: str = "") -> tuple[Room, Message]:
        """The newest card in somebody's private room (with this reaction under it)."""
        phone = self.phone(key)

        def found() -> tuple[Room, Message] | None:
            room = phone.room_with(self.bot.user_id)
            cards = [
                each for each in room.standing if each.sender == self.bot.user_id and _offers(each, wanted)
            ]
            return (room, cards[-1]) if cards else None

        return await phone.wait_for(found, f"a private card of {key} {wanted}")

    async def direct(self, key: str) -> str:
        """A private room that the person opens with the bot, as from a link to it; the bot has come in."""
        phone = self.phone(key)
        room_id = await phone.create_room(invite=[self.bot.user_id], direct=True)
        await phone.wait_for(lambda: self.bot.user_id in phone.room(room_id).members, "the bot has come")
        return room_id

    async def answer(self, key: str, room_id: str, holds: str = "", after: int = 0) -> Message:
        """The newest thing that the bot says there beside its cards, with these words in it."""
        phone = self.phone(key)

        def found() -> Message | None:
            said = [
                each
                for each in phone.room(room_id).standing[after:]
                if each.sender == self.bot.user_id and each.kind == "m.notice" and holds in each.body
            ]
            return said[-1] if said else None

        return await phone.wait_for(found, f"an answer to {key}: {holds}")

    async def until(self, holds: Callable[[], Awaitable[object]], what: str) -> None:
        """Wait for something that the store says, delivering what is owed meanwhile."""
        end = time.monotonic() + WITHIN_S
        while not await holds():
            assert time.monotonic() < end, f"not within {WITHIN_S} s: {what}"
            await self.deliver()
            await asyncio.sleep(0.02)

    async def settles(self) -> None:
        """Wait until the bot has handled all that was done so far, answered it, and delivered it."""
        mark = await self.phone("qian").say(self.desk_id, "那边怎么样了")

        async def handled() -> bool:
            return mark in self.syncing.handled

        await self.until(handled, "the bot has read everything")
        await self.updates.drain()
        await self.deliver()

    async def jobs(self) -> tuple[Job, ...]:
        return await self.home.store.open_jobs(self.home.committee_id)

    async def state(self, job: int) -> Situation:
        return await self.home.store.situation(self.home.committee_id, job)

    async def holders(self, job: int) -> list[str]:
        """Keys of those who hold a place."""
        situation = await self.state(job)
        return [situation.roster.people[claim.person_id].key for claim in situation.claims if claim.live]

    async def held_by(self, job: int, keys: Sequence[str]) -> None:
        """Wait until exactly these hold the places."""

        async def so() -> bool:
            return await self.holders(job) == list(keys)

        await self.until(so, f"job {job} is held by {keys}")

    async def _ref(self, job: int) -> str | None:
        (room,) = await self.home.store.addresses("matrix", self.room_id)
        return await self.home.store.card_ref(room, job)


def _offers(message: Message, wanted: str) -> bool:
    return wanted in message.reactions if wanted else contents.MARK in message.content


def halves(home: House, account: Account, router: Router) -> tuple[MatrixGateway, Updates]:
    """The outgoing and the incoming half of Matrix, which remember nothing."""
    rooms = Rooms(account, home.store)
    gateway = MatrixGateway(account, rooms, home.store, home.catalogs, home.clock)
    return gateway, Updates(router, home.store, account, gateway, rooms, home.catalogs, home.clock)


def committee(people: dict[str, Member], room_id: str, desk_id: str) -> dict[str, object]:
    """The house's committee with accounts and rooms."""
    known = COMMITTEE["people"]
    assert isinstance(known, list)
    return COMMITTEE | {
        "people": [each | {"addresses": {"matrix": people[each["key"]].user_id}} for each in known],
        "rooms": [
            {"platform": "matrix", "chat": room_id, "audience": "volunteers"},
            {"platform": "matrix", "chat": desk_id, "audience": "staff"},
        ],
    }


@asynccontextmanager
async def hearing(folder: Path, synapse: Synapse) -> AsyncIterator[Hearing]:
    """The bot is in both rooms, and nobody has a private one with it yet. Nothing is followed yet."""
    bot = await synapse.register("suidao", display_name="随到")
    members = dict(zip(PEOPLE, synapse.populate((key, key) for key in PEOPLE), strict=True))
    async with AsyncExitStack() as stack:
        phones = {
            key: await stack.enter_async_context(Phone(synapse.url, each)) for key, each in members.items()
        }
        room_id = await phones["zhao"].create_room(name="志愿者", public=True)
        desk_id = await phones["zhao"].create_room(name="居委", public=True)
        for phone in phones.values():
            await phone.join(room_id)
        await phones["qian"].join(desk_id)
        home = await stack.enter_async_context(house(folder))
        file = register.parse("committee.toml", committee(members, room_id, desk_id))
        await home.store.load(file, prune=False, demo=False)
        account = await stack.enter_async_context(Account(settings(synapse, bot), folder, SECRET))
        for room in (room_id, desk_id):
            await account.client.join_room_by_id(RoomID(room))
        codes = Codes(SECRET, home.clock)
        router = Router(
            home.service,
            home.catalogs,
            codes,
            guides=step_pictures.load(None, home.service.playbooks.values()),
        )
        gateway, heard = halves(home, account, router)
        made = Hearing(
            home=home,
            folder=folder,
            synapse=synapse,
            bot=bot,
            account=account,
            router=router,
            codes=codes,
            gateway=gateway,
            updates=heard,
            phones=phones,
            room_id=room_id,
            desk_id=desk_id,
        )
        try:
            yield made
        finally:
            await made.updates.drain()
            await made.gateway.drain()


@asynccontextmanager
async def followed(made: Hearing) -> AsyncIterator[asyncio.Task[None]]:
    """The bot follows its rooms inside the block; it has synced once when the block begins."""
    task = asyncio.create_task(made.syncing.run())
    try:

        async def begun() -> bool:
            return await made.home.store.matrix_token(made.bot.user_id) is not None

        await made.until(begun, "the first sync")
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
