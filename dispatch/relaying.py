"""A committee's relays in the making: the one mutable thing of `passing`, never seen outside a decision.

It counts versions, remembers who is to be told, and turns into a frozen `Passed` at the end. It knows no
rule.
"""

from collections.abc import Sequence
from dataclasses import replace

from dispatch.events import NoticeKind
from dispatch.moments import SECOND, Micros
from dispatch.people import Roster
from dispatch.relays import Carried, Entrusted, Leave, Passed, Relay, RelayState, Watch
from dispatch.rota import Override, Swap
from dispatch.verbs import Answer

_RANK = {kind: rank for rank, kind in enumerate(NoticeKind)}


class Relaying:
    """The watch as it is becoming, at one moment (`now`)."""

    def __init__(self, watch: Watch, now: Micros, pace: int) -> None:
        self.watch = watch
        self.now = now
        self.roster: Roster = watch.roster
        self.holder = watch.holder
        self.relays: dict[str, Relay] = {each.cause: each for each in watch.relays}
        self.begun: set[str] = set()
        """Causes of those that did not exist before."""
        self.answer: Answer | None = None
        self._before = dict(self.relays)
        self._told: dict[str, dict[int, NoticeKind]] = {}
        self._swaps: list[Swap] = []
        self._leaves: list[Leave] = []
        self._pace = pace

    def paced(self, length: Micros) -> Micros:
        """So long, in a demo a part of it; never less than a second."""
        return max(length // self._pace, SECOND)

    def alive(self) -> list[Relay]:
        """Those that are to be looked at again, as they stand in this very moment."""
        return [each for each in self.relays.values() if each.due_at is not None]

    def begin(self, relay: Relay, kind: NoticeKind | None = None, *people: int) -> None:
        """A new one, unless that cause has one already; see `put`."""
        if relay.cause not in self.relays:
            self.begun.add(relay.cause)
            self.put(relay, kind, *people)

    def put(self, relay: Relay, kind: NoticeKind | None = None, *people: int) -> None:
        """A relay as it is from now on; these people are owed its card for this reason, and whoever else has
        one, that it stays true."""
        self.relays[relay.cause] = replace(relay, version=self._version(relay))
        told = self._told.setdefault(relay.cause, {})
        readers = [*relay.asked, *((relay.about_id,) if relay.about_id is not None else ())]
        kinds = [(who, NoticeKind.UPDATE) for who in readers]
        kinds += [(who, kind) for who in people if kind is not None]
        for who, each in kinds:
            told[who] = min(told.get(who, each), each, key=_RANK.__getitem__)

    def finish(self, relay: Relay) -> None:
        """Nothing is to be done about it any more; no card of it changes."""
        self.relays[relay.cause] = replace(relay, due_at=None, version=self._version(relay))

    def decide(self, relay: Relay, state: RelayState, *, taken_by: int | None, due_at: Micros | None) -> None:
        """It is taken, or over."""
        self.put(replace(relay, state=state, taken_by=taken_by, due_at=due_at, decided_at=self.now))

    def swap(self, swap: Swap) -> None:
        """Somebody has the duty in that span from now on."""
        newest = max((each.id for each in self.roster.overrides), default=0)
        override = Override(
            id=newest + 1,
            starts_at=swap.starts_at,
            ends_at=swap.ends_at,
            person_id=swap.person_id,
            by=swap.by,
            made_at=self.now,
        )
        self.roster = replace(self.roster, overrides=(*self.roster.overrides, override))
        self._swaps.append(swap)

    def leave(self, leave: Leave) -> None:
        """Somebody is out, or back."""
        person = replace(self.roster.people[leave.person_id], out_since=leave.since, out_until=leave.until)
        self.roster = replace(self.roster, people={**self.roster.people, person.id: person})
        self._leaves.append(leave)

    def passed(self, released: Sequence[Entrusted], carried: Sequence[Carried], look_at: Micros) -> Passed:
        """Freeze it."""
        changed = tuple(each for each in self.relays.values() if each != self._before.get(each.cause))
        after = replace(
            self.watch,
            roster=self.roster,
            relays=tuple(self.relays.values()),
            looked_at=self.now,
            holder=self.holder,
        )
        return Passed(
            watch=after,
            before=self.watch.relays,
            now=self.now,
            look_at=look_at,
            relays=changed,
            told={each.cause: self._told.get(each.cause, {}) for each in changed},
            swaps=tuple(self._swaps),
            leaves=tuple(self._leaves),
            released=tuple(released),
            carried=tuple(carried),
            answer=self.answer,
        )

    def _version(self, relay: Relay) -> int:
        """One more than before this decision."""
        before = self._before.get(relay.cause)
        return 1 if before is None else before.version + 1
