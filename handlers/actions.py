"""The buttons of a card: which ones, in which order, with which words. Nothing is offered that the access
table would refuse."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dispatch import barriers, thanking, transferring
from dispatch.claims import ClaimStatus
from dispatch.jobs import JobStatus, Priority
from dispatch.passage import Bar
from dispatch.people import Person, Role
from dispatch.verbs import Verb
from dispatch.views import Relation
from handlers import walks
from handlers.messages import Action, Asks, Choice, Style
from handlers.scene import Scene
from handlers.sentences import PRIORITIES
from handlers.texts import mark

REPLACES = ":"
"""In an assignment's choice it parts who gets the place from who leaves it: `12:7`."""

OFFICE = 0
"""The choice that is the sub-district office and no committee: those count from 1."""

_BARS: Mapping[Bar, str] = {Bar.SEALED_IN: mark("sealed in"), Bar.NO_GEAR: mark("no protective gear")}
_ASSIGNABLE = frozenset({Role.VOLUNTEER, Role.LEADER, Role.STAFF})
_WORKING = (Verb.START, Verb.ARRIVE, Verb.FINISH)
_THERE = 2
"""How many of these lie behind somebody who has arrived and was heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Those in sight, and those behind a fold."""

    actions: tuple[Action, ...] = ()
    more: tuple[Action, ...] = ()


def buttons(scene: Scene) -> Buttons:
    """What the reader can do now; once the job is closed, nothing but give thanks."""
    if scene.closed:
        return Buttons(actions=_allowed(scene, _thanking(scene)))
    if scene.reader is None:
        return Buttons(actions=(_button(scene, Verb.CLAIM, _take_label(scene), Style.SUCCESS),))
    actions = _BY_RELATION[scene.relation](scene)
    more = _more(scene, shown={action.verb for action in actions}) if scene.view.desk else ()
    return Buttons(actions=_allowed(scene, actions), more=_allowed(scene, more))


def _button(scene: Scene, verb: Verb, label: str, style: Style = Style.PLAIN) -> Action:
    return Action(verb=verb, job_id=scene.job.id, version=scene.job.version, label=label, style=style)


def _asking(
    scene: Scene, verb: Verb, label: str, asks: Asks, hint: str, style: Style = Style.PLAIN
) -> Action:
    """A button that wants words, or a second thought, before it is sent."""
    return Action(
        verb=verb,
        job_id=scene.job.id,
        version=scene.job.version,
        label=label,
        style=style,
        asks=asks,
        hint=hint,
    )


def _choosing(
    scene: Scene, verb: Verb, label: str, hint: str, choices: Iterable[Choice]
) -> tuple[Action, ...]:
    """A button that wants a person; none where there is nobody to choose."""
    listed = tuple(choices)
    button = Action(
        verb=verb,
        job_id=scene.job.id,
        version=scene.job.version,
        label=label,
        asks=Asks.PERSON,
        hint=hint,
        choices=listed,
    )
    return (button,) if listed else ()


def _allowed(scene: Scene, actions: Iterable[Action]) -> tuple[Action, ...]:
    return tuple(action for action in actions if scene.may(action.verb))


def _take_label(scene: Scene) -> str:
    say = scene.texts.say
    return say("I'll go") if len(scene.held) < scene.job.places else say("Put me on the waitlist")


def _take(scene: Scene) -> tuple[Action, ...]:
    reader = scene.reader
    if reader is None or not barriers.may_offer(reader, scene.situation, scene.now) or scene.barred(reader):
        return ()
    free = len(scene.held) < scene.job.places
    return (_button(scene, Verb.CLAIM, _take_label(scene), Style.SUCCESS if free else Style.PLAIN),)


def _public(scene: Scene) -> tuple[Action, ...]:
    return _take(scene)


def _asked(scene: Scene) -> tuple[Action, ...]:
    if scene.refused:
        return _take(scene)
    if scene.job.status is JobStatus.FILLED:
        return _take(scene)
    return (*_take(scene), _button(scene, Verb.REFUSE, scene.texts.say("Not this time")))


def _waiting(scene: Scene) -> tuple[Action, ...]:
    leave = _button(scene, Verb.REFUSE, scene.texts.say("Take me off the list"))
    return (*_take(scene), leave) if scene.first_right is not None else (leave,)


def _released(scene: Scene) -> tuple[Action, ...]:  # noqa: ARG001 - the table of relations calls all alike
    return ()


def _claimer(scene: Scene) -> tuple[Action, ...]:
    """The next thing to tap comes first and stands out; what lies behind is gone. Whoever is there is asked
    what they find, where the job guides them."""
    claim = scene.working
    if claim is None:
        return ()
    say = scene.texts.say
    labels = {Verb.START: say("On my way"), Verb.ARRIVE: say("Arrived"), Verb.FINISH: say("Done")}
    passed = 2 if claim.arrived_at is not None else int(claim.status is ClaimStatus.UNDERWAY)
    if claim.nudged_at is not None and passed:
        passed -= 1  # a sign of life: the same tap again says that all is well
    ahead = [verb for verb in _WORKING[passed:] if not (verb is Verb.FINISH and scene.holds)]
    findings = walks.buttons(scene, green=passed == _THERE)
    first = 0 if findings and passed == _THERE else 1
    return (
        *(_button(scene, verb, labels[verb], Style.SUCCESS) for verb in ahead[:first]),
        *findings,
        *(_button(scene, verb, labels[verb]) for verb in ahead[first:]),
        *_leaving(scene),
    )


def _leaving(scene: Scene) -> tuple[Action, ...]:
    """What whoever has it may always say: something, that they cannot, and that they need help."""
    say = scene.texts.say
    back = say("Give it back? Others are asked at once.")
    return (
        _saying(scene, say("The staff read it at once. Nobody sees your number.")),
        _asking(scene, Verb.RELEASE, say("Can't"), Asks.CONFIRM, back),
        _button(scene, Verb.HELP, say("Help"), Style.DANGER),
    )


def _saying(scene: Scene, hint: str) -> Action:
    return _asking(scene, Verb.SAY, scene.texts.say("Say something"), Asks.TEXT, hint)


def _leading(scene: Scene) -> tuple[Action, ...]:
    """A called leader answers first, and nothing else is in the way. Then somebody is given the job, or it
    is closed, as by the desk."""
    if scene.must_answer:
        return (_button(scene, Verb.ACKNOWLEDGE, scene.texts.say("I'm on it"), Style.DANGER),)
    return (*_answering(scene), *_assigning(scene), *_closing(scene))


def _answering(scene: Scene) -> tuple[Action, ...]:
    """Trouble at work is answered, then settled; a call for volunteers can wait behind the fold."""
    if not scene.trouble:
        return ()
    say = scene.texts.say
    if scene.calling.acknowledged_by is None:
        return (_button(scene, Verb.ACKNOWLEDGE, say("I'm on it"), Style.PRIMARY),)
    return (_button(scene, Verb.SETTLE, say("Settled"), Style.SUCCESS),)


def _assigning(scene: Scene) -> tuple[Action, ...]:
    say = scene.texts.say
    choices = (
        Choice(value=f"{person.id}{replaced(scene)}", label=_label(scene, person)) for person in _able(scene)
    )
    return _choosing(scene, Verb.ASSIGN, say("Give it to …"), say("Who goes?"), choices)


def _closing(scene: Scene) -> tuple[Action, ...]:
    say = scene.texts.say
    return (_asking(scene, Verb.COMPLETE, say("It is done"), Asks.CONFIRM, say("Close the job as done?")),)


def _more(scene: Scene, shown: set[Verb]) -> tuple[Action, ...]:
    """The desk's rarer verbs, whatever else the reader is to the job."""
    say, calling = scene.texts.say, scene.calling
    offered: list[Action] = []
    if scene.relation is Relation.CLAIMER or scene.must_answer:
        offered += [*_assigning(scene), *_closing(scene)]
    free = scene.relation is not Relation.CLAIMER and len(scene.held) < scene.job.places
    if free and scene.reader is not None and not scene.barred(scene.reader):
        offered += [_button(scene, Verb.CLAIM, say("I go myself"))]
    if calling.running and calling.acknowledged_by is None:
        offered.append(_button(scene, Verb.ACKNOWLEDGE, say("I'm on it")))
    offered += _finding(scene)
    offered += _for_others(scene)
    offered += _telling(scene)
    offered += _raising(scene)
    offered += _handing(scene)
    offered += [
        _asking(scene, Verb.CORRECT, say("Correct"), Asks.TEXT, _correct_hint(scene)),
        _asking(scene, Verb.NOTE, say("Note"), Asks.TEXT, say("What should the others know?")),
        _asking(scene, Verb.CANCEL, say("Cancel"), Asks.CONFIRM, say("Call everybody back?"), Style.DANGER),
    ]
    return tuple(action for action in offered if action.verb not in shown)


def _finding(scene: Scene) -> tuple[Action, ...]:
    """What somebody there has found and said by phone."""
    step, choices = scene.step, walks.choices(scene)
    question = "" if step is None else scene.texts.pick(step.words)
    return _choosing(scene, Verb.FIND, scene.texts.say("Say what was found"), question, choices)


def _for_others(scene: Scene) -> tuple[Action, ...]:
    """Staff move the claim of somebody who has no phone, or who is not heard of."""
    say = scene.texts.say
    others = [claim for claim in scene.live if scene.reader is None or claim.person_id != scene.reader.id]
    choices = tuple(Choice(value=str(claim.person_id), label=scene.name(claim.person_id)) for claim in others)
    if scene.relation is Relation.CLAIMER:
        return ()
    arrived = _choosing(scene, Verb.ARRIVE, say("Somebody has arrived"), say("Who?"), choices)
    ended = () if scene.holds else choices
    done = _choosing(scene, Verb.FINISH, say("Somebody is done"), say("Who?"), ended)
    back = _choosing(scene, Verb.RELEASE, say("Somebody can't go"), say("Who gives it back?"), choices)
    return (*arrived, *done, *back)


def _telling(scene: Scene) -> tuple[Action, ...]:
    """For whoever leads: a word to those who are at work on it."""
    if not scene.live or scene.relation is Relation.CLAIMER:
        return ()
    return (_saying(scene, scene.texts.say("At once for: {who}.", who=scene.names(scene.live))),)


def _raising(scene: Scene) -> tuple[Action, ...]:
    higher = {Priority.NORMAL: Priority.URGENT, Priority.URGENT: Priority.LIFE}.get(scene.job.priority)
    if higher is None:
        return ()
    say = scene.texts.say
    priority = scene.texts.gettext(PRIORITIES[higher])
    hint = say("Raise it to: {priority}? People are called afresh.", priority=priority)
    return (_asking(scene, Verb.RAISE, say("Raise"), Asks.CONFIRM, hint),)


def _handing(scene: Scene) -> tuple[Action, ...]:
    """A job that nobody here has may be the office's, which knows every committee, or another committee's."""
    pending, say = scene.job.pending, scene.texts.say
    if scene.held or (pending is not None and pending.open):
        return ()
    office = transferring.office(scene.roster, scene.now)
    choices = [Choice(value=str(OFFICE), label=say("Sub-district office"))] if office else []
    choices += [Choice(value=str(each.id), label=each.name) for each in scene.view.elsewhere]
    return _choosing(scene, Verb.HAND_OVER, say("Hand over …"), say("To whom?"), choices)


def _thanking(scene: Scene) -> tuple[Action, ...]:
    """For those who were told how glad somebody is: once, with words or without."""
    reader, job = scene.reader, scene.job
    given = reader is None or not scene.view.desk or reader.id in job.thanked_by
    if reader is None or given or not thanking.whom(job, scene.situation.claims, reader.id, scene.now):
        return ()
    say = scene.texts.say
    hint = say("What did the family say? Nothing is needed, thanks are enough.")
    return (_asking(scene, Verb.THANK, say("Thank you"), Asks.TEXT, hint),)


def _correct_hint(scene: Scene) -> str:
    example = scene.texts.say("Building 3 unit 502, 13800000000")
    return scene.texts.say("What is right? For example: {example}", example=example)


def replaced(scene: Scene) -> str:
    """Who leaves: the one who has it, where it is exactly one; a job of many takes one more instead."""
    full = len(scene.held) >= scene.job.places
    return f"{REPLACES}{scene.live[0].person_id}" if full and len(scene.live) == len(scene.held) == 1 else ""


def _able(scene: Scene) -> list[Person]:
    """Who may be given it: neighbours and people with free hands first, then by name. Last come those whom
    the buildings' statuses keep away: staff may know better."""
    holding = {claim.person_id for claim in scene.held}
    people = [
        person
        for person in scene.roster.people.values()
        if person.roles & _ASSIGNABLE
        and person.id not in holding
        and barriers.able(person, scene.playbook.needs)
        and (person.desk or barriers.trusted_enough(person, scene.situation))
    ]
    home, busy = scene.job.building_id, scene.busy
    barred = {each.id for each in people if scene.barred(each)}
    return sorted(
        people,
        key=lambda each: (each.id in barred, each.id in busy, each.building_id != home, each.name, each.id),
    )


def _label(scene: Scene, person: Person) -> str:
    home = scene.roster.buildings.get(person.building_id) if person.building_id is not None else None
    busy = scene.texts.say("busy") if person.id in scene.busy else ""
    paused = scene.texts.say("resting") if person.resting(scene.now) else ""
    bar = scene.barred(person)
    kept = scene.texts.gettext(_BARS[bar]) if bar is not None else ""
    return " · ".join(part for part in (person.name, home.name if home else "", busy, paused, kept) if part)


_BY_RELATION: Mapping[Relation, Callable[[Scene], tuple[Action, ...]]] = {
    Relation.CLAIMER: _claimer,
    Relation.CALLED: _leading,
    Relation.DESK: _leading,
    Relation.WAITING: _waiting,
    Relation.RELEASED: _released,
    Relation.ASKED: _asked,
    Relation.PUBLIC: _public,
}
