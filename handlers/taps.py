"""A tap as it arrives: which job, about whom; and the shape of what answers it."""

from collections.abc import Awaitable, Callable

from dispatch.errors import MalformedError
from dispatch.people import Person
from dispatch.service import Service
from dispatch.verbs import Answer
from dispatch.views import JobView
from handlers.messages import Incoming

Act = Callable[[Service, Person, Incoming], Awaitable[tuple[Answer, JobView]]]
"""Does what was tapped. Raises `DispatchError` and its kin; repeating is safe."""


def job_of(incoming: Incoming) -> int:
    """The job that a button belongs to. Raises `MalformedError` without one."""
    if incoming.job_id is None:
        raise MalformedError
    return incoming.job_id


def person_of(choice: str) -> int | None:
    """Whom a button is about; None when nobody was chosen. Raises `MalformedError` for anything odd."""
    if not choice:
        return None
    # Nine digits: more people than live anywhere, and within every database's integers.
    if not (choice.isascii() and choice.isdigit() and len(choice) <= 9):
        raise MalformedError
    return int(choice)
