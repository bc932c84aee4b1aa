"""The job's side of a search for volunteers: what is wanted by when, and who was asked so far."""

from dataclasses import dataclass
from enum import StrEnum

from dispatch.moments import Micros


class Reply(StrEnum):
    """What somebody said who was asked; silence is no reply."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody was asked for this job. `reply` is None as long as they are silent."""

    person_id: int
    at: Micros
    reply: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One call for volunteers.

    `places` is how many people are still wanted. By `target_at` they should have been found with
    probability `chance`: what a priority means to a policy. `facets` names what answers may depend on, such
    as the hours of the day and the kind of job; a record keeps counts by them. `most` is how many may be
    asked all together, those asked already included; None is no limit.
    """

    posted_at: Micros
    target_at: Micros
    chance: float = 0.99
    places: int = 1
    asked: tuple[Asked, ...] = ()
    facets: tuple[str, ...] = ()
    most: int | None = None

    @property
    def allowance(self) -> int | None:
        """How many more may be asked; None is no limit."""
        return None if self.most is None else max(0, self.most - len(self.asked))
