"""The web page as a gateway, outgoing: a card goes to every page its reader has open at this moment.

A closed page is not reached unless a device of its reader rings (`ringing`), and saying so is the point: the
work then goes on to somebody who can be reached.
Nothing is kept here; a page that opens later is told everything at once (`pages`).
"""

from dataclasses import replace

from bot.web.assets import Assets
from bot.web.render import Renderer
from bot.web.ringing import Ringing
from bot.web.session import PLATFORM
from bot.web.streams import Streams
from dispatch.events import NoticeKind
from dispatch.people import Address
from handlers.messages import Abilities, Card, Delivery, MessageRef, Sent
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
    """Implements `handlers.messages.Gateway`; `build` in `app` serves the pages it sends to."""

    def __init__(
        self, catalogs: Catalogs, root: str = "", ringing: Ringing | None = None, *, demo: bool = False
    ) -> None:
        """`demo` marks as one those pages, too, that belong to no committee."""
        self.assets = Assets(root)
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
        pages = self.streams.of(address.id)
        here = MessageRef(value=card.name)
        for language in {page.language for page in pages}:
            html = self.renderer.card(card, language)
            for page in pages:
                if page.language == language:
                    page.push(here.value, html)
        rung = Sent(delivery=Delivery.NOT_REACHED)
        if kind.wakes and self.ringing is not None and self.ringing.rings(address):
            rung = await self.ringing.ring(address, card, kind)
        return replace(rung, delivery=Delivery.DELIVERED if pages else rung.delivery, ref=here)
