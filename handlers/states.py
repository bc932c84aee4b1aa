"""The one sentence of a card: who has it, or what is awaited, and of whom."""

from collections.abc import Callable, Mapping

from dispatch.claims import Claim, ClaimStatus, ReleaseReason
from dispatch.jobs import TROUBLE, CallCause, Outcome
from dispatch.moments import MINUTE
from dispatch.transfers import Fate
from dispatch.views import Relation
from handlers import turns, walks
from handlers.scene import Scene
from handlers.texts import mark


def state(scene: Scene) -> str:
    """What the reader should know first."""
    if scene.closed:
        return turns.closed(scene) or _closed(scene)
    return _BY_RELATION[scene.relation](scene)


def who_has_it(scene: Scene) -> str:
    """The truth for everybody: who has it, how far they are, and how long nobody has had it."""
    say, held, places = scene.texts.say, scene.held, scene.job.places
    if not held:
        return _nobody(scene)
    who = scene.names(held)
    if len(held) < places:
        return say(
            "{taken} of {places} places are taken: {who}. {free} more wanted.",
            taken=len(held),
            places=places,
            who=who,
            free=places - len(held),
        )
    if places > 1:
        return say("All {places} places are taken: {who}.", places=places, who=who)
    return _progress(scene, held[0])


def _nobody(scene: Scene) -> str:
    say = scene.texts.say
    if scene.situation.claims:
        return say("Nobody has it any more. It was posted {time} ago.", time=scene.waited)
    if scene.now - scene.job.posted_at < MINUTE:
        return say("Just posted; nobody has it yet.")
    return say("Nobody has it yet. It has waited {time}.", time=scene.waited)


def progress(scene: Scene, claim: Claim) -> str:
    """How far one person is, for the desk's list of many."""
    return _progress(scene, claim)


def _progress(scene: Scene, claim: Claim) -> str:
    say, who = scene.texts.say, scene.name(claim.person_id)
    if claim.status is ClaimStatus.DONE:
        return say("{who} has done it.", who=who)
    if claim.arrived_at is not None:
        return say("{who} is there.", who=who)
    if claim.status is ClaimStatus.UNDERWAY:
        return say("{who} is on the way.", who=who)
    return say("{who} has it.", who=who)


def _closed(scene: Scene) -> str:
    if scene.job.outcome is Outcome.CANCELLED:
        return _cancelled(scene)
    if scene.job.outcome is Outcome.HANDED_OVER:
        return _handed_over(scene)
    say, mine = scene.texts.say, scene.view.mine
    if mine is not None and mine.status is ClaimStatus.DONE:
        return say("Done. Thank you!")
    if not scene.view.desk:
        return say("Done. Thank you for being ready.")
    if scene.held:
        return say("Done by {who}, {time} after it was posted.", who=scene.names(scene.held), time=scene.took)
    closer = scene.name(scene.job.closed_by)
    return say("Closed as done by {who}, {time} after it was posted.", who=closer, time=scene.took)


def _cancelled(scene: Scene) -> str:
    say, mine = scene.texts.say, scene.view.mine
    if mine is not None and mine.reason is ReleaseReason.CANCELLED:
        return say("Cancelled. You need not go; if you are on the way, please turn back. Thank you.")
    if scene.view.desk:
        closer = scene.name(scene.job.closed_by)
        return say("Cancelled by {who}, {time} after it was posted.", who=closer, time=scene.took)
    return say("Cancelled. Nothing more is needed, thank you.")


def _handed_over(scene: Scene) -> str:
    """One line that everybody may read, also of what became of it there; who took it over is for the desk."""
    say, fate = scene.texts.say, scene.view.fate
    if fate is None or not scene.view.desk:
        where = fate.committee if fate is not None else say("another committee")
        return say("Handed over to {committee}. Nothing more is needed here, thank you.", committee=where)
    by = say("Handed over to {committee}: {who} accepted it.", committee=fate.committee, who=fate.by)
    return scene.texts.sentences(by, say(_fate(fate)))


def _fate(fate: Fate) -> str:
    if fate.outcome is not None:
        return _ENDED[fate.outcome]
    return mark("Somebody there has it.") if fate.taken else mark("Nobody there has it yet.")


_ENDED: Mapping[Outcome, str] = {
    Outcome.DONE: mark("It is done."),
    Outcome.CANCELLED: mark("They cancelled it."),
    Outcome.HANDED_OVER: mark("They handed it on."),
}


def _asking(scene: Scene) -> str:
    """That another committee has not answered yet; it stays here until they do."""
    pending = scene.job.pending
    if pending is None or not pending.open:
        return ""
    there = scene.committee(pending.committee_id)
    said = scene.texts.say("{committee} is asked to take it over; until then it stays here.", committee=there)
    return said[:1].upper() + said[1:]  # the office's name is written as within a sentence


def _public(scene: Scene) -> str:
    return who_has_it(scene)


def _asked(scene: Scene) -> str:
    say = scene.texts.say
    if scene.refused:
        return scene.texts.sentences(say("You said: not this time."), who_has_it(scene))
    free = len(scene.held) < scene.job.places
    usual = turns.asked(scene) if free else ""
    return scene.texts.sentences(say("Can you go?") if free else "", usual, who_has_it(scene))


def _waiting(scene: Scene) -> str:
    say, until = scene.texts.say, scene.first_right
    if until is not None:
        clock = scene.texts.clock(until, scene.roster.committee.timezone)
        return say("A place is free and kept for you until {time}. Will you take it?", time=clock)
    number = say("You are number {place} on the waitlist.", place=scene.waiting_number)
    return scene.texts.sentences(who_has_it(scene), number)


def _released(scene: Scene) -> str:
    say = scene.texts.say
    reason = scene.view.mine.reason if scene.view.mine is not None else None
    if reason is ReleaseReason.SILENT:
        return say("We did not hear from you, so others are being asked. Thank you all the same.")
    if reason is ReleaseReason.REPLACED:
        return say("Somebody else goes in your place. You need not go. Thank you.")
    return say("You gave it back. Thank you for saying so.")


def _claimer(scene: Scene) -> str:
    say, claim = scene.texts.say, scene.working
    if claim is None:
        return say("Done. Thank you!")
    if scene.trouble and scene.calling.cause is CallCause.HELP and not _comes_to_help(scene, claim):
        return scene.texts.sentences(_help_for_claimer(scene), _coming(scene))
    if claim.nudged_at is not None:
        return _nudged(scene, claim)
    if claim.arrived_at is not None:
        return _there(scene)
    if claim.status is ClaimStatus.UNDERWAY:
        return say("You are on the way. Tap Arrived when you are there.")
    return scene.texts.sentences(_in_need(scene), say("It is yours. Tap On my way when you set out."))


def _comes_to_help(scene: Scene, claim: Claim) -> bool:
    """It was taken after somebody at work on the job had asked for help."""
    return scene.calling.cause is CallCause.HELP and claim.since_version > scene.calling.since_version


def _in_need(scene: Scene) -> str:
    """Who asked for help, for somebody who comes because of it."""
    others = tuple(claim for claim in scene.live if not _comes_to_help(scene, claim))
    comes = scene.trouble and scene.working is not None and _comes_to_help(scene, scene.working)
    return (
        scene.texts.say("{who} is there and needs help.", who=scene.names(others)) if comes and others else ""
    )


def _coming(scene: Scene) -> str:
    """Who comes to whoever asked for help, if somebody does."""
    coming = tuple(claim for claim in scene.live if _comes_to_help(scene, claim))
    return scene.texts.say("{who} is coming to help you.", who=scene.names(coming)) if coming else ""


def _there(scene: Scene) -> str:
    say = scene.texts.say
    if scene.step is None:
        return say("You are there. Tap Done when it is done.")
    return scene.texts.sentences(say("You are there."), walks.stage(scene), walks.told(scene))


def _nudged(scene: Scene, claim: Claim) -> str:
    if claim.alarmed_at is not None:
        return scene.texts.say(
            "We have not heard from you. Are you all right? Please tap how far you are, or Help."
        )
    return scene.texts.say("Are you still on it? Please tap how far you are, or Can't.")


def _help_for_claimer(scene: Scene) -> str:
    leader = scene.calling.acknowledged_by
    if leader is None:
        return scene.texts.say(
            "Help is being called. Stay where it is safe; in danger ring the emergency number first."
        )
    return scene.texts.say("{who} knows that help is needed and is dealing with it.", who=scene.name(leader))


def _leading(scene: Scene) -> str:
    """For those who follow every job, and for leaders who were called."""
    stage = "" if scene.job.walk is None else walks.stage(scene)
    return scene.texts.sentences(turns.overdue(scene), _cause(scene), stage, in_hand(scene), _asking(scene))


def _cause(scene: Scene) -> str:
    say, calling = scene.texts.say, scene.calling
    if not calling.running:
        return scene.texts.sentences(walks.at_rest(scene), who_has_it(scene))
    if calling.cause in TROUBLE:
        return _trouble(scene)
    if calling.cause is CallCause.RAISED:
        return scene.texts.sentences(say("It has become life-threatening."), who_has_it(scene))
    if scene.exhausted:
        return say(
            "Everybody has been called and nobody has taken it! It was posted {time} ago.", time=scene.waited
        )
    return who_has_it(scene)


def _trouble(scene: Scene) -> str:
    """What it is about somebody at work that leaders are called for."""
    say, cause = scene.texts.say, scene.calling.cause
    if cause is CallCause.HELP:
        return say("{who} needs help!", who=scene.names(scene.live))
    if cause is CallCause.FINDING:
        return scene.texts.sentences(walks.alarm(scene), walks.says(scene))
    silent = tuple(claim for claim in scene.live if claim.alarmed_at is not None) or scene.live
    return say("{who} set out and has not been heard of since. Please reach them.", who=scene.names(silent))


def in_hand(scene: Scene) -> str:
    """Whether a leader has answered; empty where nobody has and nobody is asked to."""
    say, calling, reader = scene.texts.say, scene.calling, scene.reader
    if scene.must_answer:
        urged = calling.acknowledged_by is not None
        return (
            say("Are you still on it? Please tap again.")
            if urged
            else say("Who deals with it? Please answer.")
        )
    if not calling.running or calling.acknowledged_by is None:
        return ""
    if reader is not None and calling.acknowledged_by == reader.id:
        return say("You have it in hand.")
    leader = scene.roster.people.get(calling.acknowledged_by)
    if leader is None or leader.out(scene.now):
        who = scene.name(calling.acknowledged_by)
        return say("{who} has it in hand and is out: somebody is asked to take it over.", who=who)
    return say("{who} has it in hand.", who=scene.name(calling.acknowledged_by))


_BY_RELATION: Mapping[Relation, Callable[[Scene], str]] = {
    Relation.CLAIMER: _claimer,
    Relation.CALLED: _leading,
    Relation.DESK: _leading,
    Relation.WAITING: _waiting,
    Relation.RELEASED: _released,
    Relation.ASKED: _asked,
    Relation.PUBLIC: _public,
}
