"""Somebody who may be asked: able and allowed, which was decided before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`walk` is how many seconds they need to the place, infinite where it is not known. `present`: their
    telephone can be rung now. A closed page wakes nobody."""

    id: int
    walk: float = float("inf")
    present: bool = True
