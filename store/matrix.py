"""What is kept of Matrix: how far its account was read, which events are known again, whose room is which.

The token is written together with the traces of what lies before it: read again after a crash, the same
events mean the same.
"""

from collections.abc import Sequence

from dispatch.moments import HOUR, Micros
from dispatch.ports import Trace
from dispatch.verbs import Subject
from store.engine import Plan, Query, Row, Save, SaveMany, Work, nothing

TRACES_KEPT: Micros = 30 * 24 * HOUR
"""A trace is kept so much longer than a receipt: no card is still worked with a month after its last edit."""


def token_of(user_id: str) -> Query:
    """How far this account was read."""
    return Query("matrix_token", {"user_id": user_id})


def reached(user_id: str, token: str, traces: Sequence[Trace], now: Micros) -> Work[None]:
    """This far, and what was learnt on the way; one transaction."""
    saves: list[Save | SaveMany] = [Save("save_matrix_token", {"user_id": user_id, "token": token})]
    if traces:
        rows = [
            {
                "event_id": each.event_id,
                "sender": each.sender,
                "number": each.number,
                "version": each.version,
                "application": int(each.subject is Subject.APPLICATION),
                "relay": int(each.subject is Subject.RELAY),
                "at": now,
            }
            for each in traces
        ]
        saves.insert(0, SaveMany("save_matrix_trace", rows))
    return Work((), lambda _rows: Plan(saves, nothing))


def trace_of(event_id: str) -> Query:
    """What is known of an event."""
    return Query("matrix_trace", {"event_id": event_id})


def read_trace(row: Row) -> Trace:
    """The trace that a row of `matrix_trace` is."""
    return Trace(
        event_id=row["event_id"],
        sender=row["sender"],
        number=row["number"],
        version=row["version"],
        subject=_subject(row),
    )


def _subject(row: Row) -> Subject:
    if row["application"]:
        return Subject.APPLICATION
    return Subject.RELAY if row["relay"] else Subject.JOB


def outdated(before: Micros, limit: int) -> Save:
    """Let go of traces that were not touched for `TRACES_KEPT` before then, `limit` at most."""
    return Save("forget_matrix_traces", {"before": before - TRACES_KEPT, "limit": limit})


def room_of(user_id: str) -> Query:
    """Somebody's private room."""
    return Query("matrix_room", {"user_id": user_id})


def person_of(room_id: str) -> Query:
    """Whose private room it is."""
    return Query("matrix_person", {"room_id": room_id})


def keep_room(user_id: str, room_id: str) -> Sequence[Save]:
    """From now on this is the person's private room, and nobody else's."""
    return (
        Save("drop_matrix_room", {"room_id": room_id}),
        Save("save_matrix_room", {"user_id": user_id, "room_id": room_id}),
    )


def drop_room(room_id: str) -> Save:
    """It is nobody's private room any more."""
    return Save("drop_matrix_room", {"room_id": room_id})
