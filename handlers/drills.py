"""What a drill came to, in words for a console: by person and way, in both languages side by side.

Of a service nothing is said but its scheme: the rest of its address is a secret.
"""

from collections.abc import Iterator, Mapping, Sequence

from dispatch import reach
from dispatch.drills import Result
from dispatch.people import Roster
from dispatch.ways import masked
from handlers.texts import Texts, mark
from handlers.unreached import PLATFORMS, REASONS

STATUSES: Mapping[str, str] = {
    "delivered": mark("arrived"),
    "unknown": mark("sent; nobody knows whether it arrived"),
    "not_reached": mark("nobody is there: a closed page, or a room that was not entered yet"),
    "unreachable": mark("refused"),
}
"""How a test ended, by the outbox's word; whatever has another one was not tried."""

ARRIVED = frozenset({"delivered", "unknown"})
"""What may have arrived is not called lost."""

_NOT_TRIED = mark("not tried: Suidao is not running, or did not get to it")
_NOBODY = mark("neither page, nor chat, nor service")
_UNPROVED = mark("No way is known to work:")
_PROVED = mark("Everybody who may be called has a way that works.")

Results = Mapping[int, Sequence[Result]]
"""How it stands with each leader's ways, by person id."""


def unproved(results: Results) -> tuple[int, ...]:
    """Those of whom no way took the test."""
    return tuple(
        person for person, found in results.items() if not any(each.status in ARRIVED for each in found)
    )


def lines(results: Results, roster: Roster, languages: Sequence[Texts]) -> Iterator[str]:
    """Each leader with each of their ways, and at the end whom nothing is known to wake."""
    for person, found in results.items():
        yield _who(roster, person)
        if not found:
            yield f"  ✘ {_both([_NOBODY], languages)}"
        shown = names(roster, person, languages)
        for result in found:
            sign = "✔" if result.status in ARRIVED else "✘" if result.status in STATUSES else "–"
            yield f"  {sign} {shown[result.address_id]}  {_both(_said(result), languages)}"
    left = unproved(results)
    if left:
        yield f"{_both([_UNPROVED], languages)} {', '.join(_who(roster, person) for person in left)}"
    else:
        yield _both([_PROVED], languages)


def _who(roster: Roster, person: int) -> str:
    known = roster.people[person]
    return f"{known.name} ({known.key})"


def names(roster: Roster, person: int, languages: Sequence[Texts]) -> Mapping[int, str]:
    """Every address of a person by its id, as a console shows it."""
    chats = {
        each.id: _both([PLATFORMS[each.platform]], languages) if each.platform in PLATFORMS else each.platform
        for each in roster.addresses_of.get(person, ())
    }
    services = {way.address_id: masked(way.service) for way in roster.waking.get(person, ())}
    return {**chats, **{address: name for address, name in services.items() if address is not None}}


def _said(result: Result) -> Sequence[str]:
    if result.status not in STATUSES:
        return [_NOT_TRIED]
    said = [STATUSES[result.status]]
    reason = REASONS.get(reach.reason_of(result.failed)) if result.failed else None
    return said if reason is None or result.status in ARRIVED else [*said, reason]


def _both(msgids: Sequence[str], languages: Sequence[Texts]) -> str:
    """The same in each language, one after the other; once where all of them say it alike."""
    said = [": ".join(texts.gettext(each) for each in msgids) for texts in languages]
    return "  ".join(dict.fromkeys(said))
