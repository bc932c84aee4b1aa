"""Rounds, told and ticked: the list of doors on the page, and what is written behind `/tick`.

The doors stand only where the access table lets the reader see them: with whoever has the round, and the
desk."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from dispatch.doors import Door, DoorState
from dispatch.errors import MalformedError, UnknownJobError
from dispatch.jobs import JobStatus, Outcome
from dispatch.people import Person
from dispatch.rounds import Found, Visit
from dispatch.service import Service
from dispatch.verbs import Answer
from dispatch.views import JobView
from dispatch.visiting import Visiting
from handlers import doors, facts, round_words, sentences, turns
from handlers.cards import TONES
from handlers.messages import Reply
from handlers.run_sheets import DoorGroup, DoorLine, RoundLine
from handlers.scene import Scene
from handlers.texts import Texts


class Rounds:
    """Answers whoever has a round, and the desk."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._visiting = Visiting(service)

    async def lines(self, reader: Person, texts: Texts) -> tuple[RoundLine, ...]:
        """The rounds whose doors the reader may see."""
        views = await self._visiting.mine(reader)
        return tuple([await self._line(view, texts) for view in views])

    async def held(self, actor: Person) -> tuple[int, ...]:
        """Numbers of the rounds that the actor is on."""
        views = await self._visiting.mine(actor)
        return tuple(view.situation.job.id for view in views if view.mine is not None and view.mine.live)

    async def is_one(self, actor: Person, job_id: int) -> bool:
        """The job of the actor's committee is a round."""
        try:
            view = await self._service.view(actor.committee_id, job_id, None)
        except UnknownJobError:
            return False
        return view.situation.job.round is not None

    async def form(self, actor: Person, job_id: int, fields: Mapping[str, str], texts: Texts) -> Reply:
        """Tick what a form says. Raises `DispatchError`."""
        return await self._ticked(actor, job_id, _visit(fields), texts)

    async def said(self, actor: Person, job_id: int, words: str, texts: Texts) -> Reply:
        """What follows `/tick` and the number of a round. Raises `DispatchError`."""
        visit = round_words.read(words)
        if visit is None:
            return Reply(text=_how(job_id, texts), ok=False)
        return await self._ticked(actor, job_id, visit, texts)

    async def overheard(self, actor: Person, words: str, texts: Texts) -> Reply | None:
        """Free words of somebody on a round that say what was found at its doors; None for any others. Raises
        `DispatchError`."""
        meant = round_words.overheard(words)
        held = await self.held(actor) if meant else ()
        for each in meant:
            job_id = held[0] if each.job_id is None and len(held) == 1 else each.job_id
            if job_id is not None and job_id in held:
                return await self._ticked(actor, job_id, each.visit, texts)
        return None

    async def _ticked(self, actor: Person, job_id: int, visit: Visit, texts: Texts) -> Reply:
        answer, view = await self._visiting.tick(actor, job_id, visit)
        done = answer.key not in sentences.NOTHING_DONE
        said = sentences.answer(answer, texts)
        return Reply(text=texts.sentences(said, _looked_after(answer, visit, view, texts)), ok=done)

    async def _line(self, view: JobView, texts: Texts) -> RoundLine:
        scene = Scene(view, texts, self._service.clock.now())
        stands = {
            number: _stands(each, texts) for number, each in (await self._visiting.checks(view)).items()
        }
        round_ = scene.job.round
        far = "" if round_ is None else doors.progress(round_, texts)
        turn = scene.job.turn
        until = (
            ""
            if turn is None
            else texts.say(
                "must be done by {time}",
                time=turns.moment(turn.due_at, scene.now, scene.roster.committee.timezone, texts),
            )
        )
        who = scene.names(scene.held) if scene.held else texts.say("nobody has it yet")
        return RoundLine(
            job_id=scene.job.id,
            title=facts.title(scene),
            tone=TONES[scene.job.priority],
            said=" · ".join(part for part in (far, who, until) if part),
            groups=_groups(view.doors, scene, stands),
        )


def _groups(listed: Sequence[Door], scene: Scene, stands: Mapping[int, str]) -> tuple[DoorGroup, ...]:
    """Doors that one household tells stand together."""
    made = []
    for _, found in groupby(listed, key=lambda each: each.household_id):
        together = tuple(found)
        open_ = [str(each.number) for each in together if each.state is DoorState.OPEN]
        made.append(
            DoorGroup(
                relay=doors.relay(together[0], scene.roster),
                phone=together[0].relay_phone,
                open=" ".join(open_),
                doors=tuple(_door(each, scene, stands.get(each.number, "")) for each in together),
            )
        )
    return tuple(made)


def _door(door: Door, scene: Scene, stands: str) -> DoorLine:
    said = doors.said(door, scene.texts)
    return DoorLine(
        number=door.number,
        where=doors.where(door, scene.roster),
        name=door.name,
        phone=door.phone,
        state=door.state.value,
        said=" · ".join(part for part in (said, stands) if part),
    )


def _stands(check: JobView, texts: Texts) -> str:
    """How it stands with the job that looks after whoever did not answer."""
    job = check.situation.job
    if job.status is JobStatus.CLOSED:
        return texts.say("done") if job.outcome is Outcome.DONE else texts.say("cancelled")
    if job.status is JobStatus.OPEN:
        return texts.say("nobody has it yet")
    return texts.say("somebody has it")


def _looked_after(answer: Answer, visit: Visit, view: JobView, texts: Texts) -> str:
    """Which jobs look after those who did not answer."""
    if visit.found is not Found.NO_ANSWER or answer.key in sentences.NOTHING_DONE:
        return ""
    checks = [
        f"#{each.check}" for each in view.doors if each.number in visit.numbers and each.check is not None
    ]
    return texts.say("Somebody is asked to look there: {jobs}.", jobs=texts.names(checks)) if checks else ""


def _visit(fields: Mapping[str, str]) -> Visit:
    """What a form's fields say. Raises `MalformedError`."""
    said = fields.get("number", "").split()
    if not said or not all(each.isascii() and each.isdigit() and len(each) <= 3 for each in said):
        raise MalformedError
    try:
        found = Found(fields.get("act", ""))
    except ValueError as error:
        raise MalformedError from error
    return Visit(numbers=tuple(map(int, said)), found=found)


def _how(job: int, texts: Texts) -> str:
    return texts.say(
        "Nothing was ticked. Write what was found at which door: /tick {job} 1 ok · /tick {job} 2-4 ok · "
        "/tick {job} 5 no answer · /tick {job} 6 told",
        job=job,
    )
