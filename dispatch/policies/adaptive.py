"""As many as are needed, and no more: the wave is sized by the time left and by how likely people are to
accept.

At each look those who were asked and have not answered yet are a hope: the chance that enough of them will
still accept in time. Early that hope may be moderate, because there is time to ask more, and a claim makes
the rest needless; as time runs out it must come closer to certainty. Only what is missing is asked for. A
refusal takes its hope away at once, so somebody else is asked at once; silence takes it away bit by bit,
and says as well that people are less willing today than was thought, for everybody who is asked next.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.moments import SECOND, Micros
from dispatch.policies.candidate import Candidate
from dispatch.policies.delays import Delays
from dispatch.policies.record import Record
from dispatch.policies.search import Reply, Search
from dispatch.policies.wave import Reason, Wave

LOOKED_AT = 256
"""How many of the nearest are weighed: who is further away than 256 others is not worth the time."""

ABSENT = 0.1
"""How likely somebody accepts whose telephone cannot be rung now, as a share of what it would be: they would
have to open the page by chance (our estimate)."""

_LOOKS = 40
"""Where there is time, it looks again when a fortieth of it has passed."""

_SUREST = 1 - 1e-6
"""Nothing is surer than this."""

FAR = 3600.0
"""Seconds: whoever is further away, or lives nobody knows where, counts as an hour away."""


_USUAL = Delays()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hope:
    """Of those who were asked: `open`, how many acceptances are still to be expected in time; `spent`, how
    many were to be expected until now; `sure`, the shape of what is known about today's willingness, and
    `shape`, of what there is no time left to find out; `last`, the chance of the one who was asked last."""

    open: float
    spent: float
    sure: float
    shape: float
    last: float

    def short(self, places: int, more: float = 0.0) -> float:
        """The chance that fewer than `places` accept in time, with `more` acceptances to be expected.

        Willingness is gamma distributed, so acceptances are negative binomial."""
        # Silence lowers what is to be expected of everybody.
        mean = (self.open + more) * self.sure / (self.sure + self.spent)
        missed = self.shape / (self.shape + mean)
        term = math.pow(missed, self.shape)
        total = term
        for number in range(1, places):
            term *= (self.shape + number - 1) / number * (1 - missed)
            total += term
        return min(1.0, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptive:
    """`look` is how often it looks again: a fifth of the median answer. See docs/matching.md for the
    curve."""

    delays: Delays = _USUAL
    look: Micros = 12 * SECOND
    floor: float = 0.5
    """With less time left than this (in median answers) it acts as if there were this much."""
    again: float = 2.0
    """And once the target has passed as if there were this much."""
    eager: float = 1.68
    ease: float = 1.6
    """The curve of `_allowed`, from the cheapest plans that a search by computer found for targets of two to
    thirty median answers: they hardly depend on how many people accept (docs/matching.md)."""
    near: float = 0.15
    """Of two people of whom one is so many targets further away, that one is worth a third as much: soon
    found is not soon there."""
    haste: float = 0.51
    rush: float = 1.4
    """So many acceptances more at the beginning, less and less until so many median answers have passed:
    somebody is at the door ten seconds earlier for a tenth of a ping."""

    def next_wave(self, search: Search, people: Sequence[Candidate], now: Micros, record: Record) -> Wave:
        """Those who are missing to the hope that the time left calls for."""
        left = self._left(search, now)
        hope = self._hope(search, now, left, record)
        passed = (now - search.posted_at) / SECOND
        allowed = self._allowed(left, passed, search.chance)
        reasons = tuple(self._missing(search, people, record, hope, (left, allowed)))
        waiting = any(asked.reply is None for asked in search.asked)
        more = len(people) > len(reasons) and search.allowance != len(reasons)
        return Wave(
            people=tuple(reason.person_id for reason in reasons),
            look_at=now + self._pause(search, now) if more and (waiting or reasons) else None,
            reasons=reasons,
        )

    def _left(self, search: Search, now: Micros) -> float:
        """Seconds that it acts as if there were."""
        medians = self.floor if now < search.target_at else self.again
        return max((search.target_at - now) / SECOND, medians * self.delays.median)

    def _pause(self, search: Search, now: Micros) -> Micros:
        return max(self.look, (search.target_at - now) // _LOOKS)

    def _allowed(self, left: float, passed: float, chance: float) -> float:
        """The chance that those asked so far do not suffice, which may be left now: small when little time is
        left to ask more. The less time, the more acceptances must be on their way."""
        wanted = self.eager * math.sqrt(-math.log(1 - min(chance, _SUREST)))
        early = max(0.0, 1 - passed / (self.rush * self.delays.median))
        return math.exp(-wanted / (left / self.delays.median + self.ease) - self.haste * early)

    def _hope(self, search: Search, now: Micros, left: float, record: Record) -> _Hope:
        opened, spent, sure, chance = 0.0, 0.0, record.sureness, 0.0
        refuses = record.refusing()
        for asked in search.asked:
            chance, _ = record.weigh(asked.person_id, search.facets)
            if asked.reply is not None:
                spent += chance
                sure += asked.reply is Reply.ACCEPTED
                continue
            passed = (now - asked.at) / SECOND
            before = self.delays.within(passed)
            still = chance * (self.delays.within(passed + left) - before)
            silent = 1 - min(1.0, chance + refuses) * before
            opened += -math.log1p(-min(_SUREST, still / silent))
            spent += -math.log1p(-chance * before)
        # What is not known yet matters less while there is time to find out.
        shape = (sure + spent) * (1 + left / self.delays.median)
        return _Hope(open=opened, spent=spent, sure=sure, shape=shape, last=chance)

    def _missing(
        self,
        search: Search,
        people: Sequence[Candidate],
        record: Record,
        hope: _Hope,
        need: tuple[float, float],
    ) -> Iterator[Reason]:
        left, allowed = need
        answered = self.delays.within(left)
        # Half a person too few is as good as half a person too many; the next one is about as the last one.
        if hope.short(search.places, -math.log1p(-hope.last * answered) / 2) <= allowed:
            return
        more, allowance = 0.0, search.allowance
        for candidate, chance in self._ranked(search, people, record):
            step = -math.log1p(-chance * answered)
            first = not more and not hope.open
            if allowance == 0 or (not first and hope.short(search.places, more + step / 2) <= allowed):
                return
            yield _reason(candidate, chance, record)
            more += step
            allowance = None if allowance is None else allowance - 1

    def _ranked(
        self, search: Search, people: Sequence[Candidate], record: Record
    ) -> list[tuple[Candidate, float]]:
        """Who can be rung first; then by what asking them is worth, and how far away they are: as far as the
        whole time that there is makes somebody worth a third."""
        target = max((search.target_at - search.posted_at) / SECOND, self.delays.median)
        span = self.near * target
        ranked = []
        for place, candidate in enumerate(people[:LOOKED_AT]):
            chance, worth = record.weigh(candidate.id, search.facets)
            value = worth * math.exp(-min(candidate.walk, FAR) / span)
            chance = chance if candidate.present else chance * ABSENT
            ranked.append((not candidate.present, -value, place, chance))
        ranked.sort()
        return [(people[place], chance) for _, _, place, chance in ranked]


def _reason(candidate: Candidate, chance: float, record: Record) -> Reason:
    count = record.count(candidate.id)
    return Reason(
        person_id=candidate.id,
        walk=candidate.walk,
        accepted=count.accepted,
        asked=count.asked,
        rest=record.rest(candidate.id),
        chance=chance,
    )
