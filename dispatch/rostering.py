"""Whose duty it is, told and changed, one short method each.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

from dispatch import access, duty
from dispatch.errors import MalformedError, ShiftChangedError, UnknownPersonError
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Roster
from dispatch.ports import Clock, Store
from dispatch.register import MAY_ANSWER
from dispatch.rota import LONGEST, Shift, Swap
from dispatch.verbs import Verb


class Rostering:
    """Who has the duty. Every method may be repeated: the second time changes nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def held(self, committee_id: int, length: Micros) -> tuple[Roster, tuple[Shift, ...]]:
        """The committee, and who has the duty from now on, piece by piece; the last piece is whole, too."""
        roster, now = await self._store.roster(committee_id), self._clock.now()
        until = duty.planned(roster, now + length).ends_at
        return roster, duty.held(roster, now, until)

    async def give(
        self, actor: Person, span: tuple[Micros, Micros], to: int, *, shown: int | None = None
    ) -> bool:
        """Let somebody have the duty in that span; False where they had all of it already.

        `shown` is whose it was when the actor decided (0: nobody's). Raises `NotAllowedError`,
        `UnknownPersonError` for somebody who may not be on duty, `ShiftChangedError` where it is another's
        by now, and `MalformedError` for a span that is over, or is none."""
        access.check(Verb.SWAP, actor, actor.committee_id)
        roster, now = await self._store.roster(actor.committee_id), self._clock.now()
        start, end = max(span[0], now), span[1]
        if not start < end <= start + LONGEST * HOUR or end > now + 2 * duty.AHEAD:
            raise MalformedError
        if to not in {person.id for person in eligible(roster)}:
            raise UnknownPersonError
        if shown is not None and shown != (duty.on_duty(roster, start) or 0):
            raise ShiftChangedError
        if {piece.person_id for piece in duty.held(roster, start, end)} == {to}:
            return False
        # The same word about the same state is the same cause, however often it is sent.
        newest = roster.overrides[-1].id if roster.overrides else 0
        cause = f"swap {span[0]}-{end} to {to} after {newest}"
        swap = Swap(
            committee_id=actor.committee_id,
            starts_at=start,
            ends_at=end,
            person_id=to,
            by=actor.id,
            cause=cause,
        )
        return await self._store.take_duty(swap, now)


def eligible(roster: Roster) -> tuple[Person, ...]:
    """Everybody who may be on duty, by name: whoever may stand on the ladder."""
    found = (person for person in roster.people.values() if not MAY_ANSWER.isdisjoint(person.roles))
    return tuple(sorted(found, key=lambda person: (person.name, person.id)))
