"""What a card says of the family: whether they hear of it by themselves, or somebody has to ring them; and
that they give thanks.

Whose family it is, is private; that a resident has any, whoever is on the job may know.
"""

from dispatch.telling import FAMILY, Told
from handlers.scene import Scene
from handlers.texts import Texts

_BY_ITSELF = frozenset({Told.WILL_BE, Told.ON_ITS_WAY, Told.ARRIVED})


def ahead(scene: Scene) -> str:
    """For whoever is on a turn of a care plan: who waits to hear that it was done, and how they will."""
    if FAMILY not in scene.job.hides:
        return ""
    say = scene.texts.say
    if scene.view.told in _BY_ITSELF:
        return say("The family is told by message as soon as it is done.")
    return say("When it is done, please ring the family before you tap Done: they wait for it.")


def asked(scene: Scene) -> str:
    """Beside a step that asks to ring the family: they have a message as well."""
    step, say = scene.step, scene.texts.say
    if step is None or step.wants != FAMILY:
        return ""
    if scene.view.told is Told.FAILED:
        return say("Our message did not reach them.")
    if scene.view.told not in _BY_ITSELF:
        return ""
    if any(finding is not None and finding.rings for _, finding in scene.passed):
        return say("They are told by message as well; this they should hear from a person.")
    known = scene.texts.pick(step.findings[0].words)
    return say("They are told by message, so you need not ring: tap “{finding}”.", finding=known)


def done(scene: Scene, *, mine: bool) -> str:
    """Once it is over: whether somebody has still to ring. `mine`: the reader did it."""
    say = scene.texts.say
    match scene.view.told:
        case Told.ARRIVED:
            return say("The family was told by message.")
        case Told.WILL_BE | Told.ON_ITS_WAY:
            return say("The family is being told by message.")
        case Told.FAILED:
            return say("Our message did not reach the family: please ring them.")
        case _ if FAMILY not in scene.job.hides:
            return ""
    if mine:
        return say("If the family does not know yet, please ring them.")
    return say("Please see that the family knows.")


def missed(scene: Scene) -> str:
    """The same of a job that is no turn of a care plan: only a message that was lost is worth a word."""
    return done(scene, mine=False) if scene.job.turn is None and scene.view.told is Told.FAILED else ""


def thanks(scene: Scene, giver: int) -> str:
    """Who gives thanks; below zero it is family (`dispatch.thanking`)."""
    if giver < 0:
        return from_family(scene.texts)
    return scene.texts.say("{person} gives thanks for what you did.", person=scene.name(giver))


def from_family(texts: Texts) -> str:
    """That they do."""
    return texts.say("The family gives thanks for what you did.")
