"""How old whoever does a job should be, as a playbook says it.

Of people only the year of birth is known, so nobody's age is: somebody born 18 years ago is 17 or 18. Only
whoever is outside either way is told to be; everybody else has the benefit of the doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.tables import Table

YOUNGEST, OLDEST = 10, 100
"""What a playbook may name: below, nobody is sent anywhere; above, nobody would be kept from anything."""

FIRST_YEAR, LAST_YEAR = 1900, 2099
"""In which somebody may be born; a year of two digits, or an age in its place, is named as a slip."""

_DIGITS = len(str(LAST_YEAR))

_BOTH = "from, to, or both, in years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """In years, both included; None is no limit on that side."""

    low: int | None = None
    high: int | None = None

    def bar(self, born: int, year: int) -> bool:
        """Somebody born in that year is outside in all of this `year`, before their birthday and after it."""
        turns = year - born
        return (self.low is not None and turns < self.low) or (
            self.high is not None and turns - 1 > self.high
        )


def parse(table: Table) -> Ages:
    """The table `age` of what a playbook needs. Raises `BadFileError`."""
    table.only("from", "to")
    if not table.fields():
        table.fail("from", _BOTH)
    low, high = (_years(table, field) for field in ("from", "to"))
    if low is not None and high is not None and high < low:
        table.fail("to", "no less than from: nobody is of such an age")
    return Ages(low=low, high=high)


def plain(ages: Ages | None) -> Mapping[str, object]:
    """As it is kept; nothing where none is asked for, so that older playbooks keep their digest."""
    return {} if ages is None else {"age": [ages.low, ages.high]}


def read(plain: Mapping[str, list[int | None]]) -> Mapping[str, Ages]:
    """What `plain` gave, as a field of needs."""
    if "age" not in plain:
        return {}
    low, high = plain["age"]
    return {"age": Ages(low=low, high=high)}


def born(table: Table) -> int | None:
    """The year in which somebody was born; 0 takes it back, since a file cannot say None."""
    year = table.whole("born", 0, low=0, high=LAST_YEAR)
    if 0 < year < FIRST_YEAR:
        table.fail("born", f"a year from {FIRST_YEAR} to {LAST_YEAR}, such as 1956; 0 is not known")
    return year or None


def year(said: str, now: int) -> int | None:
    """The year of birth that somebody typed, in the year that it is `now`; None for what is none."""
    plain = said.strip().removesuffix("年").strip()
    found = int(plain) if len(plain) == _DIGITS and plain.isascii() and plain.isdigit() else 0
    return found if FIRST_YEAR <= found <= now else None


def _years(table: Table, field: str) -> int | None:
    return table.whole(field, low=YOUNGEST, high=OLDEST) if table.has(field) else None
