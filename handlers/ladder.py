"""How the call for one job stands, in a line: who has it, or who was called last and who is next.

For whoever takes over a committee and has not seen any of its cards.
"""

from dispatch import sequences
from dispatch.jobs import CallCause
from dispatch.moments import Micros
from dispatch.playbook import RungCall
from handlers import states
from handlers.scene import Scene
from handlers.sentences import CALLED


def standing(scene: Scene) -> str:
    """The line. The scene is that of somebody who follows every job."""
    calling = scene.calling
    if not calling.running:
        return states.state(scene)
    stands = states.in_hand(scene) or _asked(scene)
    if calling.cause is CallCause.UNCLAIMED and not scene.held:
        return stands
    return scene.texts.sentences(states.state(scene), stands if calling.acknowledged_by is None else "")


def _asked(scene: Scene) -> str:
    """Nobody has answered so far."""
    if scene.calling.exhausted_at is not None:
        return scene.texts.say("Everybody was called and nobody has answered!")
    return scene.texts.sentences(_so_far(scene), _next(scene), _again(scene))


def _so_far(scene: Scene) -> str:
    """Who was called last, or how many volunteers were asked."""
    say, asks = scene.texts.say, scene.situation.asks
    last = next((ask for ask in reversed(asks) if ask.leader and ask.loop == scene.calling.loop), None)
    if last is not None:
        people = [
            ask.person_id for ask in asks if ask.leader and (ask.loop, ask.step) == (last.loop, last.step)
        ]
        return say(
            "{who} called at {time}, no answer yet.", who=scene.people(people), time=_at(scene, last.at)
        )
    asked = {ask.person_id for ask in asks if not ask.leader}
    return say("Volunteers asked: {count}.", count=len(asked)) if asked else say("Nobody could be asked.")


def _next(scene: Scene) -> str:
    calling = scene.calling
    if calling.due_at is None:
        return ""
    entries = sequences.sequence(scene.playbook, scene.job.priority, calling.cause)
    say, time = scene.texts.say, _at(scene, calling.due_at)
    if calling.position >= len(entries):
        return say("Next: once more from the start ({time}).", time=time)
    what = entries[calling.position].what
    if isinstance(what, RungCall):
        return say("Next: {rung} ({time}).", rung=scene.texts.gettext(CALLED[what.to]), time=time)
    return say("Next: more volunteers ({time}).", time=time)


def _again(scene: Scene) -> str:
    """A rung with a clock of its own: how often it was called, folded into a count, and when it is next."""
    calling, say = scene.calling, scene.texts.say
    rung = next((each for each in scene.playbook.rungs if each.every is not None), None)
    if rung is None or calling.again_at is None:
        return ""
    who, time = scene.texts.gettext(CALLED[rung.to]), _at(scene, calling.again_at)
    if calling.calls == 1:
        return say("Asked again at {time}: {rung}.", rung=who, time=time)
    return say(
        "Asked {count} times so far, again at {time}: {rung}.", rung=who, count=calling.calls, time=time
    )


def _at(scene: Scene, moment: Micros) -> str:
    return scene.texts.clock(moment, scene.roster.committee.timezone)
