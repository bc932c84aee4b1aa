"""Makes the link on the card of whoever has a run or a round: from a chat to the page where it is ticked.

It signs its reader in, as a personal link does, so it goes to nobody but them. It counts as long as their
claim lives, and a day at most (`handlers.ticking`).
"""

from dataclasses import replace

from bot.web.links import Links
from handlers.messages import Card


class TickLinks:
    """Puts the link onto cards that may have one. Implements `handlers.messages.WithPage`."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def __call__(self, card: Card) -> Card:
        """The card with its link; the same card gets the same one, so that an edit is seen to be none."""
        return card if card.ticking is None else replace(card, page=self._links.tick(card.ticking))
