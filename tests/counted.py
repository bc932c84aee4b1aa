"""The program's own playbooks with the counted waves: whom a job asks, and when, a test can count on."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.playbooks import load_playbooks
from dispatch.playbook import Playbook


@cache
def playbooks() -> Mapping[str, Playbook]:
    """All of them, none of which leaves it to a policy whom to ask."""
    return {kind: replace(book, seeking=None) for kind, book in load_playbooks(None).items()}
