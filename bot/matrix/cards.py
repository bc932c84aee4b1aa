"""Which event is which card, and which version of it a reader had before them when they reacted.

A room is read in its order. Our own edits stand in it as everybody else's events do, so what was seen at a
point of the timeline is what stood before it. What is learnt is kept with the token of the sync: after a
crash the same events are read again from the same knowledge.
"""

from collections import OrderedDict
from collections.abc import Sequence

from bot.matrix import contents
from bot.matrix.events import REPLACE, Event
from bot.matrix.people import PLATFORM
from dispatch.ports import Store, Trace

REMEMBERED = 20_000
"""Events known without asking the store, the latest used: some 5 MB."""

LONG_AGO = 0
"""The version of a card of which nobody knows any more what it showed: it moves nothing that came since."""


class Cards:
    """What the events of rooms are, as far as they are ours."""

    def __init__(self, store: Store, user_id: str) -> None:
        self._store = store
        self._user_id = user_id
        self._known: OrderedDict[str, Trace] = OrderedDict()
        self._learnt: dict[str, Trace] = {}

    def seen(self, event: Event) -> None:
        """An event of our own came by: from here on in the room the card is of that version."""
        mark, relation = contents.marked(event.content), event.relation
        if mark is None or event.sender != self._user_id:
            return
        self._learn(
            Trace(
                event_id=relation.event_id if relation.kind == REPLACE else event.event_id,
                sender=event.sender,
                number=mark.number,
                version=mark.version,
                subject=mark.subject,
            )
        )

    def took(self, event: Event, number: int, version: int) -> None:
        """Somebody's reaction took a job, or a place on its waitlist; `version` is what that made."""
        self._learn(Trace(event_id=event.event_id, sender=event.sender, number=number, version=version))

    async def card(self, room_id: str, event_id: str) -> Trace | None:
        """The card that an event is, as of the last event that was `seen`; None where it is none."""
        trace = await self._trace(event_id)
        if trace is None:
            job = await self._store.job_of_ref(PLATFORM, f"{room_id} {event_id}")
            if job is None:
                return None
            return Trace(event_id=event_id, sender=self._user_id, number=job, version=LONG_AGO)
        return trace if trace.sender == self._user_id else None

    async def taken(self, event: Event) -> Trace | None:
        """What the reaction took that `event` takes back; None unless it is the same person's own."""
        trace = await self._trace(event.redacts)
        return trace if trace is not None and trace.sender == event.sender else None

    def learnt(self) -> Sequence[Trace]:
        """What is to be kept with the next token. `kept` says that it was."""
        return tuple(self._learnt.values())

    def kept(self, traces: Sequence[Trace]) -> None:
        """These need not be kept again."""
        for trace in traces:
            if self._learnt.get(trace.event_id) == trace:
                del self._learnt[trace.event_id]

    async def _trace(self, event_id: str) -> Trace | None:
        trace = self._known.get(event_id) or self._learnt.get(event_id)
        if trace is None and event_id:
            trace = await self._store.matrix_trace(event_id)
            if trace is not None:
                self._remember(trace)
        return trace

    def _learn(self, trace: Trace) -> None:
        self._learnt[trace.event_id] = trace
        self._remember(trace)

    def _remember(self, trace: Trace) -> None:
        self._known[trace.event_id] = trace
        self._known.move_to_end(trace.event_id)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
