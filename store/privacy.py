"""The store's parts about what is private, as one: letting go of it, telling who was shown it, telling people
what is kept about them, and forgetting them."""

from store.disclosing import Disclosing
from store.erasing import Erasing
from store.forgetting import Forgetting
from store.reveals import RevealRows


class Privacy(Forgetting, RevealRows, Disclosing, Erasing):
    """What each of them promises."""
