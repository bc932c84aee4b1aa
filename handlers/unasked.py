"""Why the others were not asked for a job, one line a reason, as the desk reads it."""

from collections.abc import Mapping

from dispatch import matching
from dispatch.barriers import Barrier, barriers
from dispatch.jobs import JobStatus
from handlers.scene import Scene
from handlers.texts import mark

REASONS: Mapping[Barrier, str] = {
    Barrier.SEALED_IN: mark("Sealed in their own building: {names}"),
    Barrier.NO_GEAR: mark("The building is sealed, and no protective gear: {names}"),
    Barrier.UNTRUSTED: mark("Nobody has vouched for them yet: {names}"),
    Barrier.SKILL: mark("Without the skill that is needed: {names}"),
    Barrier.VEHICLE: mark("Without a vehicle: {names}"),
    Barrier.LANGUAGE: mark("Do not speak the language that is needed: {names}"),
    Barrier.AGE: mark("Of another age than is asked for: {names}"),
    Barrier.AWAY: mark("Resting or out: {names}"),
    Barrier.ASLEEP: mark("Not at this hour, by their own wish: {names}"),
    Barrier.ENOUGH: mark("Asked often enough in the last 24 hours: {names}"),
    Barrier.SHOWN: mark("Shown as many doors today as anybody may be: {names}"),
    Barrier.BUSY: mark("On another job: {names}"),
}
"""In this order; whoever has it, gave it back, said no or was asked stands among those who were asked."""


def lines(scene: Scene) -> tuple[str, ...]:
    """Everybody who could have been asked and was not; nothing for anybody but the desk, and nothing of a job
    that asks nobody now."""
    read = scene.situation.busy is not None and scene.situation.full is not None
    if not scene.view.desk or scene.job.status is not JobStatus.OPEN or not read:
        return ()
    known = barriers(scene.situation, scene.now, busy=True)
    found: dict[Barrier | None, list[int]] = {}
    for person in matching.everybody(scene.situation, scene.now):
        found.setdefault(known.of(person), []).append(person.id)
    said = [(text, found.get(reason, [])) for reason, text in REASONS.items()]
    said.append((mark("No way to reach them: {names}"), _unreachable(scene)))
    said.append((mark("Not their turn yet: {names}"), found.get(None, [])))
    return tuple(scene.texts.say(text, names=scene.people(people)) for text, people in said if people)


def _unreachable(scene: Scene) -> list[int]:
    """They would be asked, and have no address that works; whoever has or had it was."""
    holding = {claim.person_id for claim in scene.situation.claims}
    return [person for person in scene.roster.unaskable if person not in holding]
