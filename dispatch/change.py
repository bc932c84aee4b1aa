"""A decision in the making: the one mutable thing of this package, never seen outside a decision.

It numbers ledger entries, remembers who is to be told, and turns into a frozen `Decision` at the end.
It knows no rule: those are in `lifecycle`, `claiming` and `escalation`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dispatch import caring, telling
from dispatch.claims import Ask, Because, Claim, Waiting
from dispatch.events import Event, EventKind, Notice, NoticeKind
from dispatch.frozen import changed
from dispatch.jobs import Calling, Correction, Job, JobStatus
from dispatch.moments import Micros
from dispatch.people import Audience, Roster
from dispatch.pictures import Picture
from dispatch.playbook import Playbook
from dispatch.ports import Distances
from dispatch.situation import Decision, Situation
from dispatch.verbs import Answer, AnswerKey

NO_REASONS: Mapping[int, Because] = {}


class Change:
    """The situation as it is becoming, at one moment (`now`)."""

    def __init__(self, situation: Situation, now: Micros, distances: Distances) -> None:
        self.before = situation
        self.now = now
        self.distances = distances
        self.job: Job = situation.job
        self.playbook: Playbook = situation.playbook
        self.claims: dict[int, Claim] = {claim.number: claim for claim in situation.claims}
        self.waiting: list[Waiting] = list(situation.waiting)
        self.asks: list[Ask] = list(situation.asks)
        self.events: list[Event] = []
        self.notices: list[Notice] = []
        self._held: list[Claim] | None = None

    @property
    def roster(self) -> Roster:
        """The committee."""
        return self.before.roster

    @property
    def version(self) -> int:
        """The job's version with what was recorded so far: one more an entry."""
        return self.before.job.version + len(self.events)

    @property
    def calling(self) -> Calling:
        """The call that runs, or ran last."""
        return self.job.calling

    @property
    def held(self) -> Sequence[Claim]:
        """Claims that occupy a place, by place."""
        if self._held is None:
            holding = (claim for claim in self.claims.values() if claim.holds_place)
            self._held = sorted(holding, key=lambda claim: claim.place)
        return self._held

    @property
    def live(self) -> list[Claim]:
        """Claims that somebody is working on."""
        return [claim for claim in self.held if claim.live]

    def situation(self) -> Situation:
        """The situation as it stands in this very moment of deciding."""
        return changed(
            self.before,
            job=self.job,
            playbook=self.playbook,
            claims=tuple(self.claims.values()),
            waiting=tuple(self.waiting),
            asks=tuple(self.asks),
        )

    def set_job(self, **fields: Any) -> None:
        """Change fields of the job."""
        self.job = changed(self.job, **fields)

    def set_calling(self, **fields: Any) -> None:
        """Change fields of the call."""
        self.set_job(calling=changed(self.job.calling, **fields))

    def set_claim(self, claim: Claim, **fields: Any) -> Claim:
        """Put a claim, with some fields changed."""
        new = changed(claim, **fields) if fields else claim
        self.claims[claim.number] = new
        self._held = None
        return new

    def record(
        self,
        kind: EventKind,
        *,
        actor: int | None = None,
        step: bool = False,
        note: str = "",
        **data: str | int,
    ) -> None:
        """Write a ledger entry; one with a `step` uses up the call's next step."""
        calling = self.calling
        self.events.append(
            Event(
                kind=kind,
                at=self.now,
                actor_id=actor,
                loop=calling.loop if step else None,
                step=calling.step if step else None,
                data=data,
                note=note,
            )
        )
        if step:
            self.set_calling(step=calling.step + 1)

    def tell(self, kind: NoticeKind, *people: int, rooms: tuple[Audience, ...] = ()) -> None:
        """Owe people (and rooms) a card of this kind."""
        if people or rooms:
            self.notices.append(Notice(kind=kind, people=people, rooms=rooms))

    def ask(
        self, people: tuple[int, ...], *, leader: bool, because: Mapping[int, Because] = NO_REASONS
    ) -> None:
        """Remember that they were asked in the step about to be recorded, and why where that is known."""
        calling = self.calling
        self.asks += [
            Ask(
                person_id=person,
                loop=calling.loop,
                step=calling.step,
                at=self.now,
                leader=leader,
                because=because.get(person),
            )
            for person in people
        ]

    def decision(
        self,
        answer: Answer | None = None,
        correction: Correction | None = None,
        pictures: tuple[Picture, ...] = (),
    ) -> Decision:
        """Freeze it. Everybody whose card shows something that changed is owed an update."""
        if self.events:
            self._update_cards()
            self.set_job(version=self.version, look_at=self._look_at())
        return Decision(
            before=self.before,
            after=self.situation(),
            events=tuple(self.events),
            notices=tuple(self.notices),
            answer=answer,
            correction=correction,
            pictures=pictures,
            tells=telling.due(self.before.job, self.job, self.playbook),
        )

    def answer(self, key: AnswerKey, **params: str | int) -> Answer:
        """An answer that names the job, and who has it where somebody has."""
        named = {"job": self.job.id, "who": self.who(), **params}
        return Answer(key, named)

    def who(self) -> str:
        """The names of those who hold a place, as everybody may know them."""
        names = [self.roster.people[c.person_id].name for c in self.held if c.person_id in self.roster.people]
        return ", ".join(names)

    def _update_cards(self) -> None:
        if all(event.kind is EventKind.WAITLISTED for event in self.events):
            # 279 losers of a race change nobody's card but their own, and they are answered with it.
            return
        leaders = {ask.person_id for ask in self.asks if ask.leader}
        before = {claim.number: claim for claim in self.before.claims}
        workers = {claim.person_id for claim in self.claims.values() if before.get(claim.number) != claim}
        new_face = _face(self.job, self.claims.values()) != _face(self.before.job, self.before.claims)
        before_job = self.before.job
        moved = (self.job.calling, self.job.walk) != (before_job.calling, before_job.walk)
        moved = moved or (self.job.run, self.job.round) != (before_job.run, before_job.round)
        if new_face or moved:
            workers |= {claim.person_id for claim in self.held}
        self.tell(NoticeKind.UPDATE, *sorted({*self.roster.desk, *leaders, *workers}))
        if new_face:
            asked = {ask.person_id for ask in self.asks} | {waiting.person_id for waiting in self.waiting}
            rooms = (Audience.VOLUNTEERS, Audience.STAFF)
            self.tell(NoticeKind.UPDATE, *sorted(asked), rooms=rooms)
        elif (
            self.job.round != before_job.round
        ):  # how far it is: who was asked and did not come need not know
            self.tell(NoticeKind.UPDATE, rooms=(Audience.VOLUNTEERS, Audience.STAFF))

    def _look_at(self) -> Micros | None:
        if self.job.status is JobStatus.CLOSED:
            return None
        calling = self.calling
        pending = self.job.pending
        until = None if pending is None else pending.until
        recheck = None if self.job.walk is None else self.job.walk.due_at
        moments = [calling.due_at, calling.urge_at, calling.again_at, calling.seek_at, until, recheck]
        moments += [claim.deadline_at for claim in self.live]
        moments += [waiting.offered_until for waiting in self.waiting]
        moments.append(caring.raises_at(self.job, self.playbook))
        return min(moment for moment in moments if moment is not None)


def _face(job: Job, claims: Iterable[Claim]) -> tuple[object, ...]:
    """What the public side of a card shows: those who were asked are told only when it changes."""
    shown = (job.status, job.priority, job.headline, job.building_id, job.kind, job.places, job.outcome)
    run = () if job.run is None else (job.run.hospital, job.run.stops)
    return (*shown, *run, *(claim.person_id for claim in claims if claim.holds_place))
