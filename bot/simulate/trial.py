"""One job as a policy meets it: who may be asked, and what each would do, which nobody is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.policies.candidate import Candidate
from dispatch.policies.search import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`replies`, `delays` and `ways` are by person id: what they would say, how many seconds after they were
    asked, and how many seconds after that they would be at the door. Seconds all through."""

    people: Sequence[Candidate]
    replies: Sequence[Reply | None]
    delays: Sequence[float]
    ways: Sequence[float]
    target: float
    chance: float
    horizon: float
    facets: tuple[str, ...] = ()
    most: int | None = None
    places: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of it. `claimed` and `arrived` are seconds since the posting, None where nobody came in
    time; `late` counts those who accepted when every place was taken. `asked` are person ids."""

    claimed: float | None
    arrived: float | None
    asked: tuple[int, ...]
    late: int
    group: str = ""

    @property
    def pings(self) -> int:
        """How many were asked."""
        return len(self.asked)
