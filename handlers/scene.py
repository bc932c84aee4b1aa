"""One job in front of one reader at one moment: the questions that every part of a card asks.

Knows the rules' values and nothing of how a card looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dispatch import access, lifecycle, passage, walking
from dispatch.claims import Claim
from dispatch.instructions import Finding, Instruction
from dispatch.jobs import TROUBLE, Calling, Job, JobStatus, Priority
from dispatch.moments import Micros
from dispatch.passage import Bar
from dispatch.people import Person, Roster, Rung
from dispatch.playbook import Playbook
from dispatch.situation import Situation
from dispatch.verbs import Verb
from dispatch.views import JobView, Relation
from handlers.sentences import CALLED
from handlers.texts import Texts

MOST_NAMES = 5
"""Names in one sentence; of twenty people with rice bags the number says more."""


@dataclass(frozen=True)
class Scene:
    """A view with the reader's language and the moment. What is looked up twice is kept."""

    view: JobView
    texts: Texts
    now: Micros

    @property
    def situation(self) -> Situation:
        """What surrounds the job."""
        return self.view.situation

    @property
    def job(self) -> Job:
        """The job."""
        return self.view.situation.job

    @property
    def calling(self) -> Calling:
        """The call that runs, or ran last."""
        return self.view.situation.job.calling

    @property
    def playbook(self) -> Playbook:
        """The playbook that the job started with."""
        return self.view.situation.playbook

    @property
    def roster(self) -> Roster:
        """The committee."""
        return self.view.situation.roster

    @property
    def reader(self) -> Person | None:
        """Who reads; None for a room."""
        return self.view.reader

    @property
    def relation(self) -> Relation:
        """What the reader is to the job."""
        return self.view.relation

    @property
    def closed(self) -> bool:
        """Nothing is to be done any more."""
        return self.job.status is JobStatus.CLOSED

    @property
    def life(self) -> bool:
        """Life is at stake."""
        return self.job.priority is Priority.LIFE

    def committee(self, number: int) -> str:
        """The name of another committee, for those who may know which ones there are; the job's own one is
        the sub-district office (`dispatch.jobs.Pending`)."""
        if number == self.job.committee_id:
            return self.texts.gettext(CALLED[Rung.OFFICE])
        found = next((each.name for each in self.view.elsewhere if each.id == number), "")
        return found or self.texts.say("another committee")

    @cached_property
    def held(self) -> tuple[Claim, ...]:
        """Claims that occupy a place, by place."""
        claims = (claim for claim in self.situation.claims if claim.holds_place)
        return tuple(sorted(claims, key=lambda claim: claim.place))

    @cached_property
    def live(self) -> tuple[Claim, ...]:
        """Claims that somebody is working on, by place."""
        return tuple(claim for claim in self.held if claim.live)

    @cached_property
    def working(self) -> Claim | None:
        """The reader's claim, if it lives and the card is a claimer's."""
        mine = self.view.mine
        return mine if self.relation is Relation.CLAIMER and mine is not None and mine.live else None

    @property
    def waited(self) -> str:
        """How long ago the job was posted, in words."""
        return self.texts.duration(self.now - self.job.posted_at)

    @property
    def took(self) -> str:
        """How long it took from the posting to the end, in words."""
        return self.texts.duration((self.job.closed_at or self.now) - self.job.posted_at)

    @property
    def trouble(self) -> bool:
        """A call runs because of somebody at work: they asked for help, fell silent, or found something."""
        return self.calling.running and self.calling.cause in TROUBLE

    @cached_property
    def step(self) -> Instruction | None:
        """What whoever is on it is asked now; None where the job guides nobody, and once it is closed."""
        return None if self.closed else walking.current(self.job, self.playbook)

    @cached_property
    def passed(self) -> tuple[tuple[Instruction, Finding | None], ...]:
        """The steps before, with what was found; None where a step's time had passed."""
        return walking.passed(self.job, self.playbook)

    @property
    def holds(self) -> bool:
        """It cannot be called done before the step is answered."""
        return walking.holds(self.job, self.playbook)

    @property
    def exhausted(self) -> bool:
        """Everybody was called as often as the playbook says, and nobody has answered."""
        return self.calling.exhausted_at is not None and self.calling.acknowledged_by is None

    @cached_property
    def must_answer(self) -> bool:
        """The reader is a leader who was called in this call and nobody has answered, or was urged."""
        reader, calling = self.reader, self.calling
        if reader is None or self.closed or not calling.running or self.working is not None:
            return False
        if calling.acknowledged_by is not None:
            return calling.acknowledged_by == reader.id and calling.urged_at is not None
        if self.exhausted and self.view.desk and self.may(Verb.ACKNOWLEDGE):
            return True
        return self.relation is Relation.CALLED and self._called_now(reader.id)

    @property
    def nudged(self) -> bool:
        """The reader holds a claim, has been silent, and was asked for a sign of life."""
        claim = self.working
        return claim is not None and claim.nudged_at is not None

    @cached_property
    def waiting_number(self) -> int:
        """The reader's number on the waitlist, from 1; 0 when not on it."""
        people = [waiting.person_id for waiting in self.situation.waiting]
        reader = self.reader
        return people.index(reader.id) + 1 if reader is not None and reader.id in people else 0

    @property
    def first_right(self) -> Micros | None:
        """Until when a free place is the reader's alone."""
        number = self.waiting_number
        until = self.situation.waiting[number - 1].offered_until if number else None
        return until if until is not None and until > self.now else None

    @cached_property
    def refused(self) -> bool:
        """The reader was asked and said no."""
        reader = self.reader
        asks = [ask for ask in self.situation.asks if reader is not None and ask.person_id == reader.id]
        return any(ask.refused_at is not None for ask in asks if not ask.leader)

    @property
    def busy(self) -> frozenset[int]:
        """Who is at work on another job, as far as it was read."""
        return self.situation.busy or frozenset()

    @cached_property
    def sealed(self) -> frozenset[int]:
        """Ids of the buildings that are sealed now."""
        return passage.sealed(self.roster, self.now)

    def barred(self, person: Person) -> Bar | None:
        """What in the buildings' statuses keeps somebody from going there; None where nothing does."""
        return passage.may_go(person, self.job.building_id, self.sealed)

    def may(self, verb: Verb) -> bool:
        """Whether the access table lets the reader do this to this job now."""
        reader = self.reader
        if reader is None:
            return False
        standing = lifecycle.standing(self.situation, reader.id)
        return access.allows(verb, reader, self.job.committee_id, standing)

    def name(self, person_id: int | None) -> str:
        """A person's name as everybody may know it."""
        person = self.roster.people.get(person_id) if person_id is not None else None
        return person.name if person is not None else self.texts.say("somebody who has left")

    def names(self, claims: tuple[Claim, ...]) -> str:
        """Who they are, the first few by name."""
        return self.people([claim.person_id for claim in claims])

    def people(self, ids: Sequence[int]) -> str:
        """The same, of people by their ids."""
        names = [self.name(person) for person in ids]
        if len(names) <= MOST_NAMES:
            return self.texts.names(names)
        listed = self.texts.listed(names[:MOST_NAMES])
        return self.texts.say("{names} and {count} more", names=listed, count=len(names) - MOST_NAMES)

    def _called_now(self, person: int) -> bool:
        """Called in a loop of the call that runs, and not only in one that ended long ago."""
        calling = self.calling
        first = calling.loop - calling.repeats + (calling.exhausted_at is not None)
        return any(
            ask.leader and ask.person_id == person and ask.loop >= first for ask in self.situation.asks
        )
