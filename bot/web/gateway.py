"""The web page as a gateway, outgoing: a card goes to every page its reader has open at this moment.

A closed page is not reached unless a device of its reader rings (`ringing`), and saying so is the point: the
work then goes on to somebody who can be reached.
Nothing is kept here; a page that opens later is told everything at once (`pages`).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.web.assets import NO_GUIDES, Assets
from bot.web.render import Renderer
from bot.web.ringing import Ringing
from bot.web.session import PLATFORM
from bot.web.streams import Streams
from dispatch.events import NoticeKind
from dispatch.people import Address
from dispatch.pictures import Picture
from handlers.gateways import Abilities, Delivery, Sent
from handlers.messages import Card, MessageRef
from handlers.texts import Catalogs

ABILITIES = Abilities(
    buttons=True,
    edits=True,
    private_cards=True,
    encryption=False,
    calls_by_name=False,
    copies_text=False,
    lasting=False,
)
"""What a page can do; it rings nobody by itself."""


class WebGateway:
    """Implements `handlers.gateways.Gateway`; `build` in `app` serves the pages it sends to."""

    def __init__(
        self,
        catalogs: Catalogs,
        root: str = "",
        ringing: Ringing | None = None,
        *,
        demo: bool = False,
        guides: Mapping[str, Picture] = NO_GUIDES,
    ) -> None:
        """`demo` marks as one those pages, too, that belong to no committee; `guides` are the pictures of
        playbooks' steps by name."""
        self.assets = Assets(root, guides=guides)
        key = b"" if ringing is None else ringing.key
        self.renderer = Renderer(catalogs, self.assets, root, key, demo=demo)
        self.ringing = ringing
        self.streams = Streams()

    @property
    def abilities(self) -> Abilities:
        """What a page can do."""
        return ABILITIES

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        return PLATFORM

    def reaches(self, address: Address) -> bool:
        """A page of theirs is open, or a device rings although it is closed."""
        rings = self.ringing is not None and self.ringing.rings(address)
        return rings or bool(self.streams.of(address.id))

    async def send(self, address: Address, card: Card, kind: NoticeKind, ref: MessageRef | None) -> Sent:
        """Push the card to the address's open pages, each in its own language, and ring their devices where
        somebody is to be woken: a page that is open may lie in a pocket.

        Repeating is safe: a page shows one card a job, the newest. A card is told from another by its
        job alone, so `ref` changes nothing."""
        del ref
        if kind is NoticeKind.DRILL:  # that a page is open proves nothing of the night
            return await self._drill(address, card)
        here = self.show(address, card)
        rung = Sent(delivery=Delivery.NOT_REACHED)
        if kind.wakes and self.ringing is not None and self.ringing.rings(address):
            rung = await self.ringing.ring(address, card, kind)
        return replace(
            rung, delivery=Delivery.DELIVERED if here else rung.delivery, ref=MessageRef(value=card.name)
        )

    async def _drill(self, address: Address, card: Card) -> Sent:
        """Ring the devices of the address; where there are none it counts as not reached."""
        if self.ringing is None or not self.ringing.rings(address):
            return Sent(delivery=Delivery.NOT_REACHED)
        return await self.ringing.ring(address, card, NoticeKind.DRILL)

    def show(self, address: Address, card: Card) -> bool:
        """Push the card to the pages of the address that are open in this process; whether there are any."""
        pages = self.streams.of(address.id)
        for language in {page.language for page in pages}:
            html = self.renderer.card(card, language)
            for page in pages:
                if page.language == language:
                    page.push(card.name, html)
        return bool(pages)

    @asynccontextmanager
    async def listening(self, address: Address) -> AsyncIterator[None]:  # noqa: ARG002 - all is in one process
        """A page of the address is open as long as the block runs. Enter it before the page is told what is:
        then it misses nothing."""
        yield
