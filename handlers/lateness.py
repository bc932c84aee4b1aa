"""What the auditor had to make good, in words for the desk: its own committee's, of the last day."""

from collections.abc import Sequence

from dispatch.lateness import Repair, Timed
from dispatch.people import Roster
from handlers.texts import Texts, mark

MOST_LINES = 5
"""Jobs told one by one: with more of them the clock as such was late, and one line says so."""


OTHERS = {
    Timed.DUTY: mark("At {clock} the clock was late for the duty, by {time}: it was made good at once."),
    Timed.CARE: mark("At {clock} the clock was late for a care plan, by {time}: it was made good at once."),
    Timed.MEDICINE: mark(
        "At {clock} the clock was late for a medicine that runs out, by {time}: it was made good at once."
    ),
    Timed.STATUS: mark(
        "At {clock} the clock was late for a building's status, by {time}: it was made good at once."
    ),
    Timed.REPORT: mark("At {clock} another system was told of its job late, by {time}."),
}
"""What is told of the last one of each only."""


def told(repairs: Sequence[Repair], roster: Roster, texts: Texts) -> tuple[str, ...]:
    """A line for each of the newest jobs and one for the rest; then the last of each other kind, and all
    cards."""
    jobs = [each for each in repairs if each.late.what is Timed.JOB]
    cards = [each for each in repairs if each.late.what is Timed.CARD]
    lines = [_job(each, roster, texts) for each in jobs[:MOST_LINES]]
    if len(jobs) > MOST_LINES:
        lines.append(texts.say("And for {count} more.", count=len(jobs) - MOST_LINES))
    for what, words in OTHERS.items():
        lines += [_other(words, each, roster, texts) for each in repairs if each.late.what is what][:1]
    if cards:
        lines.append(_cards(cards, roster, texts))
    return tuple(lines)


def _job(repair: Repair, roster: Roster, texts: Texts) -> str:
    return texts.say(
        "At {clock} the clock was late for job {job}, by {time}: it was made good at once.",
        clock=_clock(repair, roster, texts),
        job=repair.late.id,
        time=texts.duration(repair.by),
    )


def _other(words: str, repair: Repair, roster: Roster, texts: Texts) -> str:
    return texts.say(
        words,
        clock=_clock(repair, roster, texts),
        time=texts.duration(repair.by),
    )


def _cards(repairs: Sequence[Repair], roster: Roster, texts: Texts) -> str:
    said = texts.ngettext(
        "{count} card was sent late, the last time at {clock}.",
        "{count} cards were sent late, the last time at {clock}.",
        len(repairs),
    )
    return said.format(count=len(repairs), clock=_clock(repairs[0], roster, texts))


def _clock(repair: Repair, roster: Roster, texts: Texts) -> str:
    return texts.clock(repair.at, roster.committee.timezone)
