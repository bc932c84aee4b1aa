"""A committee's load in words: the day's figures and the week's, as a page, a message and a chart say them.

Everything that a bar shows is said in words as well. Whether its reader may know is asked elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence

from dispatch.fairness import Carried, Load, Night, Share
from dispatch.moments import Micros
from dispatch.people import Roster
from handlers.charts import Chart, Row, Words
from handlers.sheets import LoadRow, LoadSheet, NightRow
from handlers.texts import Texts

MOST_ROWS = 40
"""People with bars of their own on the page: those who carry most, on one side of paper with the rest."""
MOST_BARS = 16
"""The same in the chart: as many as are read on a phone without turning it."""
MOST_NAMES = 5
"""Names in one line."""


def sheet(load: Load, roster: Roster, texts: Texts, *, desk: bool) -> LoadSheet:
    """The page."""
    widest = max((each.offers.span for each in load.people), default=0)
    widest = max([widest, *(each.jobs.span for each in load.people), 1])
    near = {each.person_id: (each.offers, each.daily) for each in load.near}
    carrying = [each for each in load.people if each.offers.span or each.jobs.span]
    rows = [_row(each, widest, near, roster, texts) for each in carrying[:MOST_ROWS]]
    most = max([each.total for each in load.nights] or [0])
    return LoadSheet(
        desk=desk,
        committee=roster.committee.name,
        made=_made(load, roster, texts),
        day=day(load, roster, texts),
        week=week(load, roster, texts),
        rows=tuple(rows),
        more=_more(len(carrying) - len(rows), texts),
        nights=tuple(_night_row(each, max(most, 1), roster, texts) for each in load.nights),
        notes=_notes(texts),
    )


def message(load: Load, roster: Roster, texts: Texts) -> str:
    """The same as one message."""
    say = texts.say
    parts = [
        [f"📊 {title(load, roster, texts)}"],
        [say("The last 24 hours"), *_bullets(day(load, roster, texts))],
        [say("The last 7 days"), *_bullets(week(load, roster, texts))],
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def title(load: Load, roster: Roster, texts: Texts) -> str:
    """What it is, of whom and as of when."""
    made = _made(load, roster, texts)
    return texts.say("Load · {committee} · {moment}", committee=roster.committee.name, moment=made)


def day(load: Load, roster: Roster, texts: Texts) -> tuple[str, ...]:
    """The last 24 hours, and the last night."""
    say, answers = texts.say, load.answers
    posted = texts.ngettext("{count} job posted", "{count} jobs posted", answers.posted)
    lines = [posted.format(count=answers.posted)]
    if answers.judged:
        share = _percent(answers.quick, answers.judged)
        lines.append(
            say(
                "{share} taken within 5 minutes ({quick} of {all})",
                share=share,
                quick=answers.quick,
                all=answers.judged,
            )
        )
    if answers.half is not None:
        lines.append(say("half of those taken within {time}", time=texts.duration(answers.half)))
    lines.append(_offered(load.offers_day, texts))
    lines.append(_taken(load.jobs_day, texts))
    most = _most([(each.person_id, each.jobs.day) for each in load.people], roster, texts)
    if most:
        lines.append(say("Carried most: {who}", who=most))
    if load.nights:
        lines.append(_alarms(load.nights[0], roster, texts))
    if load.near:
        lines.append(_near(load, roster, texts))
    return (*lines, *_thanked(load.thanks.day, texts))


def week(load: Load, roster: Roster, texts: Texts) -> tuple[str, ...]:
    """The last seven days."""
    say, offers, jobs = texts.say, load.offers, load.jobs
    lines = [_offered(offers, texts), _taken(jobs, texts)]
    if offers.people:
        never = _percent(offers.never, offers.people)
        lines.append(
            say(
                "Never asked: {never} of {people} people ({share})",
                never=offers.never,
                people=offers.people,
                share=never,
            )
        )
    if offers.total:
        lines.append(say("Offers a person: {figure}", figure=_each(offers, texts)))
    if jobs.total:
        lines.append(say("Jobs a person: {figure}", figure=_each(jobs, texts)))
    if offers.gini is not None:
        lines.append(say("Gini of offers: {gini}", gini=_decimal(offers.gini)))
    if jobs.gini is not None:
        lines.append(say("Gini of jobs: {gini}", gini=_decimal(jobs.gini)))
    most = _most([(each.person_id, each.jobs.span) for each in load.people], roster, texts)
    if most:
        lines.append(say("Carried most: {who}", who=most))
    rung = sum(each.total for each in load.nights)
    worst = max((each.total for each in load.nights), default=0)
    lines.append(say("Alarms at night: {count}, the most in one night: {most}", count=rung, most=worst))
    lines.append(_watch(load, roster, texts))
    return (*lines, *_thanked(load.thanks.span, texts))


def _thanked(count: int, texts: Texts) -> tuple[str, ...]:
    """Nothing where nobody gave thanks: that is no figure to wait for."""
    return (texts.say("Thanks given for what was done: {count}", count=count),) if count else ()


def chart(load: Load, roster: Roster, texts: Texts, plain: Texts) -> Chart:
    """The bars of the last seven days; `plain` is a language of Latin letters."""
    carrying = [each for each in load.people if each.offers.span or each.jobs.span]
    shown = carrying[:MOST_BARS]
    return Chart(
        words=_around(load, roster, texts, len(carrying) - len(shown), roster.committee.name),
        plain=_around(load, roster, plain, len(carrying) - len(shown), _latin(roster.committee.name, "")),
        rows=tuple(
            Row(
                label=_name(each.person_id, roster, texts),
                plain=_latin(_name(each.person_id, roster, texts), f"{number}."),
                first=each.offers.span,
                second=each.jobs.span,
            )
            for number, each in enumerate(shown, 1)
        ),
    )


def tile(load: Load, texts: Texts) -> tuple[tuple[str, str], ...]:
    """What everybody in the room may know, as a label and a figure each: nobody's name."""
    say, offers = texts.say, load.offers
    said = [(say("never asked"), f"{offers.never}/{offers.people}")] if offers.people else []
    for label, share in ((say("offers a person"), offers), (say("jobs a person"), load.jobs)):
        if share.total:
            said.append((label, _each(share, texts)))
    if load.jobs.gini is not None:
        said.append((say("Gini of jobs"), _decimal(load.jobs.gini)))
    if load.nights:
        said.append((say("alarms last night"), str(load.nights[0].total)))
    if load.watch is not None:
        said.append((say("longest watch"), texts.duration(load.watch.length)))
    return tuple(said)


def own(offers: int, jobs: int, texts: Texts) -> str:
    """One person's own week, in a sentence."""
    asked = texts.ngettext("{count} job", "{count} jobs", offers).format(count=offers)
    return texts.say("In the last 7 days you were asked for {jobs} and took {taken}.", jobs=asked, taken=jobs)


def _around(load: Load, roster: Roster, texts: Texts, missing: int, committee: str) -> Words:
    say = texts.say
    figures = [f"{label} {figure}" for label, figure in tile(load, texts)]
    names = (say("Load"), committee, _made(load, roster, texts))
    return Words(
        title=" · ".join(each for each in names if each),
        below=" · ".join((say("The last 7 days"), *figures)),
        first=say("asked for"),
        second=say("taken"),
        rest=_more(missing, texts),
    )


def _row(
    each: Carried, widest: int, near: Mapping[int, tuple[int, int]], roster: Roster, texts: Texts
) -> LoadRow:
    say, close = texts.say, near.get(each.person_id)
    return LoadRow(
        name=_name(each.person_id, roster, texts),
        offers=_hundredths(each.offers.span, widest),
        jobs=_hundredths(each.jobs.span, widest),
        said=say(
            "asked for {offers}, took {jobs}; in 24 hours {lately} and {took}",
            offers=each.offers.span,
            jobs=each.jobs.span,
            lately=each.offers.day,
            took=each.jobs.day,
        ),
        near=""
        if close is None
        else say("{offers} of {daily} offers a day", offers=close[0], daily=close[1]),
    )


def _night_row(night: Night, most: int, roster: Roster, texts: Texts) -> NightRow:
    return NightRow(
        when=texts.say("Night of {day}", day=texts.day(night.since, roster.committee.timezone)),
        count=night.total,
        width=_hundredths(night.total, most),
        who=_named(night.alarms, roster, texts),
    )


def _offered(share: Share, texts: Texts) -> str:
    asked = share.people - share.never
    return texts.say(
        "Offers: {count}, to {people} of {all} people", count=share.total, people=asked, all=share.people
    )


def _taken(share: Share, texts: Texts) -> str:
    took = share.people - share.never
    return texts.say(
        "Jobs taken: {count}, by {people} of {all} people", count=share.total, people=took, all=share.people
    )


def _each(share: Share, texts: Texts) -> str:
    """The mean and the highest: of whom, it does not say."""
    return texts.say("{mean}, at most {highest}", mean=f"{share.mean or 0:.1f}", highest=share.highest)


def _alarms(night: Night, roster: Roster, texts: Texts) -> str:
    said = texts.say("Alarms in the night (23:00 to 07:00): {count}", count=night.total)
    who = _named(night.alarms, roster, texts)
    return texts.say("{said} – {who}", said=said, who=who) if who else said


def _near(load: Load, roster: Roster, texts: Texts) -> str:
    near = load.near[:MOST_NAMES]
    said = [f"{_name(each.person_id, roster, texts)} ({each.offers}/{each.daily})" for each in near]
    who = texts.names(said) if len(near) == len(load.near) else f"{texts.listed(said)} …"
    return texts.say("At or close to their number of offers a day: {who}", who=who)


def _watch(load: Load, roster: Roster, texts: Texts) -> str:
    watch, zone = load.watch, roster.committee.timezone
    if watch is None:
        return texts.say("Longest unbroken watch: none")
    time = texts.duration(watch.length)
    return texts.say(
        "Longest unbroken watch: {who}, {time} ({since} to {until})",
        who=_name(watch.person_id, roster, texts),
        time=texts.say("at least {time}", time=time) if watch.cut else time,
        since=_moment(watch.since, zone, texts),
        until=_moment(watch.until, zone, texts),
    )


def _notes(texts: Texts) -> tuple[str, ...]:
    return (
        texts.say("Gini: 0 when everybody has the same, close to 1 when one person has everything."),
        texts.say(
            "An alarm is a message by which a leader was rung. A watch is time on duty or between two things "
            "that somebody did in jobs, with never 6 hours between them."
        ),
        texts.say("Counted are those who may be asked: volunteers and group leaders who can be reached."),
    )


def _most(counts: Iterable[tuple[int, int]], roster: Roster, texts: Texts) -> str:
    """Who has most, with how many; nobody who has none. Of those who have as much, whoever came first."""
    found = sorted(((who, count) for who, count in counts if count), key=lambda each: -each[1])
    return _named(found[:MOST_NAMES], roster, texts)


def _named(counts: Sequence[tuple[int, int]], roster: Roster, texts: Texts) -> str:
    return texts.names(f"{_name(who, roster, texts)} ({count})" for who, count in counts)


def _name(person_id: int, roster: Roster, texts: Texts) -> str:
    person = roster.people.get(person_id)
    return texts.say("somebody who has left") if person is None else person.name


def _made(load: Load, roster: Roster, texts: Texts) -> str:
    return _moment(load.now, roster.committee.timezone, texts)


def _moment(at: Micros, zone: str, texts: Texts) -> str:
    return f"{texts.day(at, zone)} {texts.clock(at, zone)}"


def _more(count: int, texts: Texts) -> str:
    return texts.say("And {count} more.", count=count) if count > 0 else ""


def _latin(name: str, otherwise: str) -> str:
    """The name, if it is written in letters that every font has."""
    return name if all(ord(sign) < 0x250 for sign in name) else otherwise


def _hundredths(count: int, of: int) -> int:
    return round(100 * count / of)


def _percent(part: int, whole: int) -> str:
    return f"{_hundredths(part, whole)}%"


def _decimal(figure: float) -> str:
    return f"{figure:.2f}"


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"· {line}" for line in lines]
