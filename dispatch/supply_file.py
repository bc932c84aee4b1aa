"""The medicines of a committee's file, checked: `[[medicines]]`.

All of it is private: a mistake is named by table, number and field, never by what stood there.
"""

from collections.abc import Sequence

from dispatch import fields, residents_file
from dispatch.entries import MedicineEntry, ResidentEntry
from dispatch.running_out import AHEAD
from dispatch.stops import Good
from dispatch.tables import Table, refuse_twice

LONGEST_BOX = 366
"""Days of what is fetched at once: a year's boxes, which no counter gives at once."""

LONGEST_AHEAD = 30
"""Days: what is left for a month is on no prescription yet."""

LONGEST_WORD = 60
"""Characters of a medicine, a hospital or a doctor: what fits a line of a stop's list."""


def medicines(top: Table, residents: Sequence[ResidentEntry]) -> Sequence[MedicineEntry]:
    """The medicines of a file. A day that has passed is no mistake: files are loaded again. Raises
    `BadFileError`."""
    tables = top.tables("medicines")
    homes = {each["key"]: each for each in residents}
    found: list[MedicineEntry] = []
    for table in tables:
        table.only(*MedicineEntry.__annotations__)
        found.append(
            {
                "key": fields.key(table),
                "resident": residents_file.at_home(table, homes),
                "medicine": table.text("medicine", longest=LONGEST_WORD),
                "hospital": table.text("hospital", "", longest=LONGEST_WORD),
                "doctor": table.text("doctor", "", longest=LONGEST_WORD),
                "until": fields.day(table, "until"),
                "box": table.whole("box", low=1, high=LONGEST_BOX) if table.has("box") else 0,
                "ahead": table.whole("ahead", AHEAD, low=1, high=LONGEST_AHEAD),
                "brings": table.words(
                    "brings",
                    known=tuple(good.value for good in Good),
                    expected="a list of prescription, card, cash",
                ),
            }
        )
    refuse_twice(tables, "key", [each["key"] for each in found], "key")
    return found
