"""What is ticked at doors, as people write it behind `/tick 57` or in front of nobody: `3 ok`, `1-4 好`, `5
没人应`.

What cannot be read is answered with examples, by whoever asked.
"""

import re
from dataclasses import dataclass

from dispatch.doors import MOST_DOORS
from dispatch.rounds import Found, Visit
from handlers.folding import fold

_NUMBERS = r"#?\d{1,2}(?:\s*(?:[-–—~至到]\s*|[,，、\s]+)\d{1,2})*"
_VISIT = re.compile(rf"\s*(?P<numbers>{_NUMBERS})(?:[.、:：号家户]+\s*|\s*)(?P<rest>\D.*)", re.DOTALL)
_OF_JOB = re.compile(r"\s*#?(?P<job>\d{1,9})\s+(?P<rest>\S.*)", re.DOTALL)
_SPAN = re.compile(r"(\d{1,2})(?:\s*[-–—~至到]\s*(\d{1,2}))?")
_NO_ANSWER = (
    r"no[ -]?answer|not answering|nobody(?: answers| there)?|none"
    r"|没人应?|无人应?答?|没应答?|不应|敲不开|没开门|联系不上|没联系上|没找到"
)
_PASSED_ON = r"told|passed(?: it)? on|relayed|传到了?|已?转告了?|已?通知了?|已?传话"
_WELL = (
    r"ok(?:ay)?|fine|good|(?:all )?(?:is )?well|yes|√|✓|✔️?|✅"
    r"|都?好的?|没事|平安|在家|都在|正常|安好"
)
_FOUND = tuple(
    (found, re.compile(words, re.IGNORECASE))
    for found, words in (
        (Found.NO_ANSWER, _NO_ANSWER),
        (Found.PASSED_ON, _PASSED_ON),
        (Found.WELL, _WELL),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A visit, and the round that is named with it, if one is."""

    visit: Visit
    job_id: int | None = None


def read(words: str) -> Visit | None:
    """What was found at which doors; None where it cannot be read as that alone."""
    said = fold(words).text.strip().rstrip(".!。！")
    found = _VISIT.fullmatch(said)
    numbers = () if found is None else _numbers(found["numbers"])
    if found is None or not numbers:
        return None
    rest = found["rest"].strip()
    kinds = (kind for kind, pattern in _FOUND if pattern.fullmatch(rest))
    kind = next(kinds, None)
    return None if kind is None else Visit(numbers=numbers, found=kind)


def overheard(words: str) -> tuple[Said, ...]:
    """What free words may mean, the likelier first: with the number of a round before them, or without."""
    whole, named = read(words), _OF_JOB.fullmatch(words)
    of_job = None if named is None else read(named["rest"])
    found = () if named is None or of_job is None else (Said(visit=of_job, job_id=int(named["job"])),)
    return (*found, *(() if whole is None else (Said(visit=whole),)))


def _numbers(said: str) -> tuple[int, ...]:
    """The numbers of a list such as `1-4, 7`; none where one is a slip."""
    found: list[int] = []
    for first, last in _SPAN.findall(said):
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= MOST_DOORS:
            return ()
        found += range(low, high + 1)
    return tuple(dict.fromkeys(found))
