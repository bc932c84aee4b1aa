"""What a guided job says: what is asked now, what was found before, and what a finding is answered with.

The words are the playbook's, in the reader's language; in a line they stand short. What a finding does to the
job is decided elsewhere (`dispatch.walking`).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from dispatch import walking
from dispatch.events import Entry, EventKind
from dispatch.instructions import Finding, Instruction
from dispatch.jobs import CallCause
from dispatch.moments import Micros
from dispatch.people import PAGE
from dispatch.verbs import Answer, AnswerKey, Verb
from dispatch.views import JobView
from handlers import sentences
from handlers import told as families
from handlers.messages import Action, Asks, Choice, Incoming, Style
from handlers.scene import Scene
from handlers.texts import Texts, mark

SHORT = 48
"""Characters of a step within a line: its first clause, and not more than a line and a half of a phone."""

_DONE, _LAPSED = "✓", "⏱"
_CLAUSE = re.compile(r"[，。：；？！]|[,.:;?!](?=\s|$)")
_ENDS = re.compile(r"\s*(?:[，。：；！,.:;!]+\s*|$)")
_OF_STEPS: Mapping[AnswerKey, str] = {
    AnswerKey.FOUND: mark("Noted: {finding}. Now: {step}"),
    AnswerKey.FOUND_BEFORE: mark("Something else is asked by now: {step}"),
    AnswerKey.STEP_OPEN: mark("It is not done before this is answered: {step} Please tap what you find."),
}
_ANSWERED = mark("That was answered already: {finding}. Now: {step}")


def short(scene: Scene, step: Instruction) -> str:
    """A step in a few words."""
    words = scene.texts.pick(step.words).strip()
    head = _CLAUSE.split(words, maxsplit=1)[0].strip() or words
    return head if len(head) <= SHORT else f"{head[: SHORT - 1].rsplit(' ', 1)[0]}…"


def asked(scene: Scene) -> str:
    """What is asked now, in full: for whoever is on it, and for the desk once something was found."""
    step = scene.step
    if step is None or not _follows(scene):
        return ""
    return scene.texts.sentences(scene.texts.pick(step.words), families.asked(scene))


def found(scene: Scene) -> tuple[str, ...]:
    """What every step before gave, a line each; with the time for those who read the log."""
    if scene.step is None or not _follows(scene):
        return ()
    return tuple(_line(scene, step, finding) for step, finding in scene.passed)


def latest(scene: Scene) -> str:
    """What was found last, in a line; empty before anything was."""
    given = [(step, finding) for step, finding in scene.passed if finding is not None]
    return _said(scene, *given[-1]) if given else ""


def stage(scene: Scene) -> str:
    """What is asked now in a sentence, and when its own clock goes on; empty where nothing is asked."""
    step, walk, say = scene.step, scene.job.walk, scene.texts.say
    if step is None:
        return ""
    now = say("Now: {step}.", step=short(scene, step))
    if walk is None or walk.due_at is None:
        return now
    clock = scene.texts.clock(walk.due_at, scene.roster.committee.timezone)
    return scene.texts.sentences(now, say("Next look at {time}.", time=clock))


def alarm(scene: Scene) -> str:
    """Why leaders are called: who found what, or which step's time has passed without a word."""
    say = scene.texts.say
    for step, finding in reversed(scene.passed):
        if finding is None and step.recheck is not None and step.recheck.calls:
            time = scene.texts.duration(step.recheck.after)
            return say("Nothing new for {time}: {step}.", time=time, step=short(scene, step))
        if finding is not None and finding.calls:
            words = scene.texts.pick(finding.words)
            return say("{who} found: {finding}.", who=_finder(scene, step), finding=words)
    return ""


def says(scene: Scene) -> str:
    """What leaders who are called because of a finding are to do, or to know."""
    calling = (finding for _, finding in reversed(scene.passed) if finding is not None and finding.calls)
    finding = next(calling, None)
    return scene.texts.pick(finding.says) if finding is not None else ""


def at_rest(scene: Scene) -> str:
    """For leaders whose call because of a finding has ended: what was found since, and when."""
    if scene.calling.cause is not CallCause.FINDING or scene.calling.running:
        return ""
    for step, finding in reversed(scene.passed):
        if finding is not None and finding.settles:
            words = scene.texts.pick(finding.words)
            said = scene.texts.say("{who} found: {finding}.", who=_finder(scene, step), finding=words)
            return " ".join(part for part in (_clock(scene, step), said) if part)
    return ""


def told(scene: Scene) -> str:
    """For whoever found it: whether a leader knows."""
    if not scene.trouble or scene.calling.cause is not CallCause.FINDING:
        return ""
    leader = scene.calling.acknowledged_by
    if leader is None:
        return scene.texts.say("Leaders are being called.")
    return scene.texts.say("{who} knows of it.", who=scene.name(leader))


def buttons(scene: Scene, *, green: bool) -> tuple[Action, ...]:
    """What may be found now, a button each, for whoever is there. The first one goes on well and stands out
    where `green` says so; what calls leaders is red."""
    claim, step = scene.working, scene.step
    if claim is None or step is None or claim.arrived_at is None:
        return ()
    findings = enumerate(step.findings)
    return tuple(_button(scene, step, each, green=green and number == 0) for number, each in findings)


def choices(scene: Scene) -> tuple[Choice, ...]:
    """The same for the desk, which hears of it by phone; none while nobody is there who could find it."""
    step = scene.step
    there = scene.job.walk is not None or any(claim.arrived_at is not None for claim in scene.live)
    if step is None or scene.working is not None or not there:
        return ()
    return tuple(
        Choice(value=_value(step, finding), label=scene.texts.pick(finding.words))
        for finding in step.findings
    )


def finder(view: JobView) -> int | None:
    """Whose claim somebody of the desk means who says what was found: that of the one who is there, where it
    is one."""
    live = [claim for claim in view.situation.claims if claim.live]
    own = view.mine is not None and view.mine.live
    return live[0].person_id if len(live) == 1 and live[0].arrived_at is not None and not own else None


def spoken(incoming: Incoming, scene: Scene) -> Incoming | None:
    """The tap that a reply in words stands for: it begins with the words of something that may be found now,
    and nothing else is in that sentence. None where it is a remark."""
    step = scene.step
    if step is None or not (buttons(scene, green=False) or choices(scene)):
        return None
    for finding in step.findings:
        for label in finding.words.values():
            rest = incoming.text.strip()[len(label) :]
            if incoming.text.strip().casefold().startswith(label.casefold()) and _ENDS.match(rest):
                words = _ENDS.sub("", rest, count=1)
                return replace(
                    incoming, verb=Verb.FIND, job_id=scene.job.id, choice=_value(step, finding), text=words
                )
    return None


def answered(answer: Answer, incoming: Incoming, view: JobView, texts: Texts, now: Micros) -> str:
    """What a tap is answered with; of a step that is not the one that is asked, with the one that is."""
    scene = Scene(view, texts, now)
    step = scene.step
    if step is None or answer.key not in _OF_STEPS:
        return sentences.answer(answer, texts)
    asks, given = texts.pick(step.words), _given(incoming, scene)
    if answer.key is AnswerKey.FOUND_BEFORE and given is not None:
        return texts.say(_ANSWERED, finding=texts.pick(given.words), step=asks)
    finding = "" if given is None else texts.pick(given.words)
    hint = _question(incoming, scene, given) if answer.key is AnswerKey.FOUND else ""
    return texts.sentences(texts.say(_OF_STEPS[answer.key], finding=finding, step=asks), hint)


def named(scene: Scene, key: str, name: str) -> Mapping[str, str]:
    """The words for the keys of a step and of what was found there, for a line of the log."""
    step = scene.playbook.step_of.get(key)
    if step is None:
        return {}
    words = next((finding.words for finding in step.findings if finding.key == name), {})
    return {"step": short(scene, step), "finding": scene.texts.pick(words)}


def _follows(scene: Scene) -> bool:
    return scene.working is not None or (scene.view.desk and scene.job.walk is not None)


def _line(scene: Scene, step: Instruction, finding: Finding | None) -> str:
    sign = _LAPSED if finding is None else _DONE
    words = short(scene, step) if finding is None else _said(scene, step, finding)
    return " ".join(part for part in (sign, _clock(scene, step), words) if part)


def _said(scene: Scene, step: Instruction, finding: Finding | None) -> str:
    words = "" if finding is None else scene.texts.pick(finding.words)
    return scene.texts.say("{step}: {finding}", step=short(scene, step), finding=words)


def _entry(scene: Scene, step: Instruction) -> Entry | None:
    """The newest in the log that is about a step; None for those who do not read it."""
    kinds = (EventKind.FOUND, EventKind.RECHECK)
    about = (
        entry
        for entry in reversed(scene.view.timeline)
        if entry.kind in kinds and entry.data.get("at_step") == step.key
    )
    return next(about, None)


def _clock(scene: Scene, step: Instruction) -> str:
    entry = _entry(scene, step)
    return "" if entry is None else scene.texts.clock(entry.at, scene.roster.committee.timezone)


def _finder(scene: Scene, step: Instruction) -> str:
    entry = _entry(scene, step)
    if entry is not None and entry.actor_id is not None:
        return scene.name(entry.actor_id)
    return scene.names(scene.live) or scene.texts.say("somebody")


def _button(scene: Scene, step: Instruction, finding: Finding, *, green: bool) -> Action:
    well = Style.SUCCESS if green else Style.PLAIN
    return Action(
        verb=Verb.FIND,
        job_id=scene.job.id,
        version=scene.job.version,
        label=scene.texts.pick(finding.words),
        style=Style.DANGER if finding.calls else well,
        asks=Asks.TEXT if finding.asks else Asks.NOTHING,
        hint=scene.texts.pick(finding.asks),
        choice=_value(step, finding),
    )


def _value(step: Instruction, finding: Finding) -> str:
    return f"{step.key}{walking.BETWEEN}{finding.key}"


def _given(incoming: Incoming, scene: Scene) -> Finding | None:
    """What the tapped step has given by now."""
    key = incoming.choice.partition(walking.BETWEEN)[0]
    return next((finding for step, finding in scene.passed if step.key == key), None)


def _question(incoming: Incoming, scene: Scene, given: Finding | None) -> str:
    """Words that were wanted and not said can follow; a page has asked for them before."""
    if given is None or not given.asks or incoming.text.strip() or incoming.address.platform == PAGE:
        return ""
    question = scene.texts.pick(given.asks)
    return scene.texts.say("{question} Reply to this card with it.", question=question)
