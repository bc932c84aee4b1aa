"""What is remembered of the Matrix rooms: how far they were read, and which event was which card.

Held for `bot.matrix`, in the transaction of what it is about; nothing here decides anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.verbs import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An event in a Matrix room that is known again, since nothing in a reaction says what it is about.

    It is a card of ours (`sender` is the bot), of which `version` was the last that could be seen there; or
    somebody's tap that took a job, with the version that this made.
    """

    event_id: str
    sender: str
    number: int
    """Of the job, or of whatever else it is about."""
    version: int
    subject: Subject = Subject.JOB


class Traces(Protocol):
    """The part of the store that `bot.matrix` reads again after a restart."""

    async def matrix_token(self, user_id: str) -> str | None:
        """How far this Matrix account of ours was read; None before it was read at all."""

    async def keep_matrix_token(self, user_id: str, token: str, traces: Sequence[Trace] = ()) -> None:
        """It was read this far, and everything before is done; the traces are kept with it."""

    async def matrix_trace(self, event_id: str) -> Trace | None:
        """What is known of an event; None for one that is none of ours and took nothing."""

    async def matrix_room(self, user_id: str) -> str | None:
        """The private room of an account, if there is one."""

    async def matrix_person(self, room_id: str) -> str | None:
        """The account whose private room it is."""

    async def keep_matrix_room(self, user_id: str, room_id: str) -> None:
        """From now on this is the account's private room, instead of any other."""

    async def drop_matrix_room(self, room_id: str) -> None:
        """It is nobody's private room any more. Repeating changes nothing."""
