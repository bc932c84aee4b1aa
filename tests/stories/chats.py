"""A chat beside the pages: people who write to a bot, and what arrives at their accounts.

The platform is the tests' own radio; who somebody is, is looked up as a real platform does it.
"""

from dataclasses import dataclass

from bot.codes import Codes
from dispatch.moments import HOUR
from dispatch.people import Committee
from handlers.messages import Card, Gateway, Incoming, Reply, Stranger
from handlers.router import Router
from tests.stories.world import World
from tests.workers.radio import Message, Radio
from workers.deliver import Deliverer

PLATFORM = "telegram"


class Chat:
    """A bot that everybody of the world can write to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.radio = Radio()
        self.codes = Codes(world.vault.derive(b"invite"), world.clock)
        self.router = Router(world.service, world.catalogs, self.codes)
        gateways: dict[str, Gateway] = {"web": world.gateway, PLATFORM: self.radio}
        self._deliverer = Deliverer(world.store, self.router, gateways, world.clock)

    def account(self, value: str, *, name: str = "", language: str = "zh-hans") -> "Account":
        """Somebody's account, whoever they are."""
        return Account(chat=self, value=value, name=name, language=language)

    async def code(self, key: str, *, lasts: int = HOUR, committee: Committee | None = None) -> str:
        """An invitation for the person of that key."""
        person = await self.world.store.person((committee or self.world.committee).id, key)
        now = self.world.clock.now()
        return self.codes.make(person.committee_id, person.id, person.link_epoch, now + lasts)

    async def member(self, key: str, value: str) -> "Account":
        """The account of somebody of the committee, tied by their invitation."""
        account = self.account(value)
        assert (await account.says(f"/start {await self.code(key)}")).ok
        return account

    async def settles(self) -> None:
        """Deliver everything that is owed."""
        rows = await self.world.store.overdue_outbox(self.world.clock.now() + 1, 500)
        await self._deliverer.deliver(rows)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the chat."""

    chat: Chat
    value: str
    name: str
    language: str
    committee: str | None = None
    """The key of the committee whose own bot it writes to."""

    async def says(self, text: str, *, phone: str = "", about: int | None = None) -> Reply:
        """Write a message; everything that comes of it is delivered."""
        found = await self.chat.world.store.revive(PLATFORM, self.value)
        router = self.chat.router
        if found:
            self.chat.world.nonces += 1
            nonce = f"m{self.chat.world.nonces}"
            incoming = Incoming(address=found[0], text=text, phone=phone, about=about, nonce=nonce)
            reply = await router.handle(incoming)
        else:
            stranger = Stranger(
                platform=PLATFORM,
                value=self.value,
                name=self.name,
                language=self.language,
                committee=self.committee,
            )
            reply = await router.meet(stranger, text, phone)
        await self.chat.settles()
        return reply

    async def presses(self, reply: Reply, label: str) -> Reply:
        """Press the button of a reply that has this label."""
        (choice,) = [button for button in reply.buttons if button.label == label]
        return await self.says(choice.value)

    async def taps(self, card: Card, verb: str) -> Reply:
        """Press the button of a card that does this."""
        (action,) = [each for each in (*card.actions, *card.more) if each.verb.value == verb]
        (address,) = await self.chat.world.store.addresses(PLATFORM, self.value)
        tap = Incoming(address=address, verb=action.verb, job_id=action.job_id, version=action.version)
        reply = await self.chat.router.handle(tap)
        await self.chat.settles()
        return reply

    @property
    def received(self) -> list[Message]:
        """What arrived, oldest first."""
        return self.chat.radio.to(self.value)
