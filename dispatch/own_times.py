"""A committee's own times in place of those of a playbook, for jobs that begin: they keep them to their end.

Whose number it is, and within which bounds, was checked where the committee's file was read.
"""

from collections.abc import Mapping
from dataclasses import replace

from dispatch import instructions_file, playbook_file
from dispatch.people import Committee
from dispatch.playbook import Playbook


def own(book: Playbook, committee: Committee) -> Playbook:
    """The playbook as a job of the committee starts with it: every step with a time of its own has theirs."""
    after = committee.recheck
    if after is None or not any(step.recheck for step in book.steps):
        return book
    steps = instructions_file.paced(book.steps, lambda _theirs: after)
    return playbook_file.signed(replace(book, steps=steps))


def all_own(books: Mapping[str, Playbook], committee: Committee) -> Mapping[str, Playbook]:
    """The same for every kind."""
    return (
        books if committee.recheck is None else {kind: own(book, committee) for kind, book in books.items()}
    )
