"""How often people were asked, and what came of it: the numbers that are kept.

Counts are kept over all and by facets, which are names. One facet may be a part of another, as an hour is of
the night: then its name begins with the other's (`nested`, `parent`), and whoever counts it counts both.
"""

from dataclasses import dataclass, field

from dispatch.policies.belief import NEVER

_WITHIN = "/"


def nested(outer: str, part: str) -> str:
    """The name of a facet that is a part of another: `night/3`."""
    return f"{outer}{_WITHIN}{part}"


def parent(facet: str) -> str | None:
    """The name of the facet that this one is a part of; None where it stands for itself."""
    outer, within, _ = facet.rpartition(_WITHIN)
    return outer if within else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Counts as they are kept: of a person, a facet ("" is over all) and a bucket of rest (`belief.bucket`).
    Silence is what remains of `asked`; people who were stood down early count for less than one. The bucket
    says something over all only: within a facet rests are not told apart."""

    person_id: int
    facet: str
    bucket: int
    asked: float
    accepted: float
    refused: float


@dataclass(slots=True)
class Count:
    """Rows added up."""

    asked: float = 0.0
    accepted: float = 0.0
    refused: float = 0.0

    def add(self, row: Row) -> None:
        """One more row."""
        self.asked += row.asked
        self.accepted += row.accepted
        self.refused += row.refused


@dataclass(slots=True)
class Counts:
    """All counts of one person, or of everybody."""

    total: Count = field(default_factory=Count)
    by_facet: dict[str, Count] = field(default_factory=dict)
    asked: list[float] = field(default_factory=lambda: [0.0] * (NEVER + 1))
    """By bucket."""
    answered: list[float] = field(default_factory=lambda: [0.0] * (NEVER + 1))
    """Accepted or refused, by bucket: either way they were there."""

    def add(self, row: Row) -> None:
        """One more row."""
        if row.facet:
            self.by_facet.setdefault(row.facet, Count()).add(row)
            return
        self.total.add(row)
        self.asked[row.bucket] += row.asked
        self.answered[row.bucket] += row.accepted + row.refused
