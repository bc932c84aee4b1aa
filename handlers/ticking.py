"""By which claim a run or a round is ticked on a page, for a link on the claimer's own card in a chat.

The words and the claim are said here. The link itself is signed and read by the pages, and whether the claim
still lives is asked when it is opened.
"""

from dispatch.moments import HOUR, Micros
from handlers.messages import Ticking
from handlers.scene import Scene

LASTS: Micros = 24 * HOUR
"""After the claim. A round is two hours and a run half a day; whom somebody forgot to close opens nothing on
the next day."""


def ticking(scene: Scene) -> Ticking | None:
    """For whoever has it, where it has stops or doors that they may see; None for everybody else."""
    claim, reader, view = scene.working, scene.reader, scene.view
    if claim is None or reader is None or scene.closed or not (view.stops or view.doors):
        return None
    say = scene.texts.say
    return Ticking(
        ticket=(reader.committee_id, reader.id, reader.link_epoch),
        job_id=scene.job.id,
        claim=claim.number,
        until=claim.claimed_at + LASTS,
        label=say("The doors, to tick") if view.doors else say("Requests, and what changes hands"),
    )
