"""A playbook that is tried, in words for a console: the card of whoever is on it, what happens, who is told
what, and what it came to.

The card, the log and the leaders' sentence are those that everybody gets; only the names are invented. It
moves nothing (`dispatch.trial` does).
"""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from dispatch import trial
from dispatch.events import Entry, EventKind, NoticeKind
from dispatch.moments import Micros, to_datetime
from dispatch.situation import Decision
from dispatch.trial import Cast, Trial
from dispatch.verbs import Verb
from dispatch.widths import behind
from handlers import cards, sentences, states, timeline
from handlers.messages import Action, Card
from handlers.playbooks import ROOM
from handlers.scene import Scene
from handlers.texts import Texts, mark

Names = Mapping[str, str]

_PEOPLE: Mapping[int, Names] = {
    trial.YOU: {"en": "Wang Yue", "zh_CN": "王悦"},
    2: {"en": "Li Ming", "zh_CN": "李明"},
    3: {"en": "Chen Jing", "zh_CN": "陈静"},
    4: {"en": "Zhou Qiang", "zh_CN": "周强"},
    trial.STAFF: {"en": "Zhang Jie", "zh_CN": "张洁"},
    trial.DUTY: {"en": "Secretary Wu", "zh_CN": "吴书记"},
    trial.DEPUTY: {"en": "Deputy Sun", "zh_CN": "孙副书记"},
    trial.DIRECTOR: {"en": "Director Xu", "zh_CN": "徐主任"},
    trial.OFFICE: {"en": "Sub-district office", "zh_CN": "街道值班室"},
}
_RESIDENT: Names = {"en": "Mrs Chen", "zh_CN": "陈奶奶"}
_NOTES: Names = {"en": "80, lives alone", "zh_CN": "80岁，独居"}
_FAMILY: Names = {"en": "Chen Wei", "zh_CN": "陈伟"}
_KEYHOLDER: Names = {"en": "Mrs Liu, next door", "zh_CN": "隔壁刘阿姨"}
_BUILDING: Names = {"en": "Building 3", "zh_CN": "3号楼"}

_OURS = frozenset(
    {Verb.CLAIM, Verb.REFUSE, Verb.START, Verb.ARRIVE, Verb.FIND, Verb.FINISH, Verb.RELEASE, Verb.HELP}
)
"""What can be tried: the buttons of whoever is asked, or is on it."""

_TOLD = frozenset({EventKind.FOUND, EventKind.RECHECK, EventKind.RAISED, EventKind.HELP})
"""What the summary tells again."""

_ENDED = {True: mark("The job is closed, {time} after it was posted."), False: mark("The job is still open.")}


def cast(example: Names, texts: Texts, unknown: frozenset[str]) -> Cast:
    """Everybody's names in the reader's language; of the resident nothing is known that is `unknown`."""
    private = trial.invented(
        resident=texts.pick(_RESIDENT),
        notes=texts.pick(_NOTES),
        text=texts.pick(example),
        family=texts.pick(_FAMILY),
        keyholder=texts.pick(_KEYHOLDER),
    )
    return Cast(
        names={ident: texts.pick(names) for ident, names in _PEOPLE.items()},
        building=texts.pick(_BUILDING),
        private=trial.without(private, unknown),
    )


def choices(tried: Trial, texts: Texts) -> tuple[Action, ...]:
    """The buttons that stand on the card now."""
    return tuple(action for action in _card(tried, texts).actions if action.verb in _OURS)


def screen(tried: Trial, texts: Texts, before: frozenset[str]) -> Iterator[str]:
    """What whoever is on it sees now, with a number before each button; of what is private only what was not
    shown `before` (`shown`)."""
    card = _card(tried, texts)
    yield f"── {card.title} ── {card.badge} ── {clock(tried.now)}"
    yield from _lines(card.state)
    for fact in card.facts:
        if fact.private and _fact(fact.label, fact.value) not in before:
            yield from _lines(_fact(fact.label, fact.value), "  ")
    yield from _lines(card.step, "▶ ")
    for number, step in enumerate(card.steps, 1):
        yield from _lines(step, f"  {number}. ")
    for number, action in enumerate(choices(tried, texts), 1):
        yield from _lines(action.label, f"{number:>4}) ")


def shown(tried: Trial, texts: Texts) -> frozenset[str]:
    """The private lines that stand on the card now."""
    return frozenset(_fact(fact.label, fact.value) for fact in _card(tried, texts).facts if fact.private)


def happened(tried: Trial, decision: Decision, texts: Texts) -> Iterator[str]:
    """What a decision made of the job, and who is told what because of it."""
    scene = _scene(tried, trial.STAFF, texts)
    for entry in tried.timeline[decision.before.job.version : decision.after.job.version]:
        yield from _lines(_said(scene, entry), f"{clock(entry.at)}  ")
    for said, people in _told(tried, decision, texts).items():
        names = texts.names(_name(tried, each) for each in people)
        yield from _lines(f"{names}: {said}", " " * 9 + "☎ ")


def answered(decision: Decision, texts: Texts) -> str:
    """What a tap is answered with where the card does not say it; empty otherwise."""
    answer = decision.answer
    if answer is None or answer.key not in sentences.NOTHING_DONE:
        return ""
    return sentences.answer(answer, texts)


def summary(tried: Trial, texts: Texts) -> Iterator[str]:
    """What was found, when leaders were called and how it ended."""
    yield texts.say("What it came to")
    scene = _scene(tried, trial.STAFF, texts)
    for entry in tried.timeline:
        if entry.kind in _TOLD:
            yield from _lines(_said(scene, entry), f"  {clock(entry.at)}  ")
    calls = [ask for ask in tried.state.asks if ask.leader]
    people = {ask.person_id for ask in calls}
    if calls:
        said = texts.say(
            "Leaders were called from {time} on: {who}",
            time=clock(calls[0].at),
            who=texts.names(_name(tried, each) for each in trial.LEADERS if each in people),
        )
        yield from _lines(said, "  ")
    yield f"  {texts.say(_ENDED[tried.over], time=texts.duration(tried.now - trial.BEGINS))}"


def clock(moment: Micros) -> str:
    """The imagined time of day."""
    return to_datetime(moment).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M:%S")


def _told(tried: Trial, decision: Decision, texts: Texts) -> dict[str, list[int]]:
    """What the cards of those who are rung say first, and who reads it. Whoever taps sees their own anyway,
    and a card that only stays true rings nobody."""
    told = {trial.YOU} if decision.answer is not None else set[int]()
    found: dict[str, list[int]] = {}
    for notice in sorted(decision.notices, key=lambda each: list(NoticeKind).index(each.kind)):
        for person in notice.people if notice.kind.wakes else ():
            if person not in told:
                told.add(person)
                found.setdefault(states.state(_scene(tried, person, texts)), []).append(person)
    return found


def _scene(tried: Trial, reader: int, texts: Texts) -> Scene:
    return Scene(tried.view(reader), texts, tried.now)


def _said(scene: Scene, entry: Entry) -> str:
    """A line of the log, with the words that were said."""
    note = f": {entry.note}" if entry.note else ""
    return timeline.said(scene, entry) + note


def _card(tried: Trial, texts: Texts) -> Card:
    return cards.card(tried.view(trial.YOU), texts, tried.now)


def _fact(label: str, value: str) -> str:
    return f"{label}: {value}"


def _name(tried: Trial, person: int) -> str:
    return tried.state.roster.people[person].name


def _lines(said: str, before: str = "") -> Iterator[str]:
    return behind(before, said, ROOM) if said else iter(())
