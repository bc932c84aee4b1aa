"""What the program can do, one short method each: ask the rules, keep the outcome, ring the bell.

Knows neither how anything is said nor how it is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dispatch import (
    access,
    duty,
    harvesting,
    lifecycle,
    nearby,
    own_times,
    reach,
    revealing,
    run_beginning,
    run_joining,
    runs,
    seeing,
)
from dispatch.errors import (
    UnknownBuildingError,
    UnknownJobError,
    UnknownKindError,
    UnknownPersonError,
    UnknownPictureError,
)
from dispatch.hours import Served
from dispatch.jobs import Correction, Draft, Job
from dispatch.kept import Due, Saved
from dispatch.lately import LIMITS, Lately, Limits, Reader
from dispatch.lateness import Repair
from dispatch.moments import HOUR, Micros
from dispatch.people import ASKABLE, Address, Person, Roster
from dispatch.pictures import Picture
from dispatch.playbook import Playbook
from dispatch.ports import Bell, Clock, Distances, Store
from dispatch.reach import Unreached
from dispatch.situation import Decision, Situation
from dispatch.sources import Source
from dispatch.verbs import Answer, AnswerKey, Command, Verb
from dispatch.views import JobView

SHOWN_AFTER_CLOSE: Micros = 12 * HOUR
"""A closed job stays on the page for one shift, so that whoever slept can read how it ended."""


LATE_SHOWN: Micros = 24 * HOUR
"""How long the desk reads that something was late: until everybody of its rota has been there."""

NEAR_SHOWN = 10
"""Jobs nearby on a phone's page: two screens of them, and whoever scrolls further has time to be asked."""

NEAR_READ = 60
"""Open jobs looked at for that, the most urgent ones: twice a committee's whole day."""


Told = Callable[[Decision, Micros], None]
"""Hears of a decision that is kept, and when that was; never raises, and is over at once."""


def _nobody(_decision: Decision, _now: Micros) -> None:
    """Whom decisions are told where nobody counts them."""


Rule = Callable[[Situation, Micros, Distances], Decision]
"""What is decided about a job because of something else (`dispatch.handing`)."""


class Service:
    """The verbs of the product. Every method may be repeated: the second time changes nothing."""

    def __init__(
        self,
        store: Store,
        bell: Bell,
        clock: Clock,
        distances: Distances,
        playbooks: Mapping[str, Playbook],
        told: Told = _nobody,
        limits: Limits = LIMITS,
    ) -> None:
        self.store = store
        self.bell = bell
        self.clock = clock
        self.playbooks = playbooks
        self.distances = distances
        self._told = told
        self._limits = limits
        self.looking: set[Due] = set()
        """What is decided at this moment because its time has come. That it is due stands in the store."""

    async def roster(self, committee_id: int) -> Roster:
        """The committee as it stands now."""
        return await self.store.roster(committee_id)

    async def person(self, address: Address) -> Person:
        """Who reads this address. Raises `UnknownPersonError` for rooms and for people who left."""
        roster = await self.store.roster(address.committee_id)
        person = None if address.person_id is None else roster.people.get(address.person_id)
        if person is None:
            raise UnknownPersonError
        return person

    async def post(self, actor: Person, draft: Draft) -> JobView:
        """Post a job and start calling; the same nonce again gives the same job."""
        access.check(Verb.POST, actor, draft.committee_id)
        playbook = self.playbooks.get(draft.kind)
        if playbook is None:
            raise UnknownKindError(kind=draft.kind)
        saved = await self.keep(replace(draft, posted_by=actor.id), playbook)
        return await self.view(draft.committee_id, saved.job_id, actor)

    async def post_from(self, source: Source, draft: Draft) -> tuple[JobView, bool]:
        """Post a job for another system, and whether it is a new one; the same nonce again gives the same
        job. Raises `NonceUsedError` where that was another job."""
        playbook = self.playbooks.get(draft.kind)
        if playbook is None:
            raise UnknownKindError(kind=draft.kind)
        signed = replace(draft, committee_id=source.committee_id, posted_by=None, source_id=source.id)
        saved = await self.keep(signed, playbook, source)
        return await self.view(source.committee_id, saved.job_id, None), saved.decision is not None

    async def keep(self, draft: Draft, playbook: Playbook, source: Source | None = None) -> Saved:
        """Keep a draft as a job that begins its call, or as one more request of a medicine run where it may
        go with one; the same nonce again finds the same job. Who may post it was asked."""
        now, roster = self.clock.now(), await self.roster(draft.committee_id)
        signed, key = run_beginning.begun(draft, roster, now), "" if source is None else source.key
        supply = runs.supply_of(draft)
        saved = await run_joining.join(self.store, signed, now, self.distances, source)
        if saved is None:
            saved = await self.store.post(
                signed,
                own_times.own(playbook, roster.committee),
                now,
                lambda found: lifecycle.posted(found, now, self.distances, key, supply=supply),
            )
        self.ring(draft.committee_id, saved)
        return saved

    async def view_from(self, source: Source, job_id: int) -> JobView:
        """A job of that system, or a run with a request of it, as everybody may see it. Raises
        `UnknownJobError` for any other job."""
        view = await self.view(source.committee_id, job_id, None)
        job = view.situation.job
        if job.source_id != source.id and not (job.run and await self.store.stop_from(source, job_id)):
            raise UnknownJobError(job=job_id)
        return view

    async def act(self, actor: Person, job_id: int, command: Command) -> tuple[Answer, JobView]:
        """Do a verb to a job of the actor's committee, and see the job as it is then."""
        if command.correction is not None:
            await self._check_correction(actor, command.correction)
        saved = await self._change(actor, job_id, command)
        decision = saved.decision
        if decision is None or decision.answer is None:  # this very update came before
            view = await self.view(actor.committee_id, job_id, actor)
            return Answer(AnswerKey.UNCHANGED, {"job": job_id}), view
        seen = seeing.known(decision.after, actor, saved.private)
        job_seen = seen.situation.job
        listed = seen.private is not None and (job_seen.run is not None or job_seen.round is not None)
        # Their card also tells what happened and who is busy, which a tap need not know.
        if seen.desk or listed or seeing.rings_family(seen):
            seen = await self.view(actor.committee_id, job_id, actor)
        else:
            seen = await seeing.with_words(self.store, seen)
        return decision.answer, seen

    async def look(self, committee_id: int, job_id: int) -> None:
        """Let the clock act on a job; early, late or repeated looks change nothing."""
        await self.rule(committee_id, job_id, lifecycle.looked)

    async def rule(self, committee_id: int, job_id: int, rule: Rule) -> None:
        """Let a rule act on a job that nobody has tapped; what it makes of it twice must change nothing."""
        now = self.clock.now()
        saved = await self.store.change(committee_id, job_id, lambda found: rule(found, now, self.distances))
        self.ring(committee_id, saved)

    async def view(self, committee_id: int, job_id: int, reader: Person | None) -> JobView:
        """The job as this reader may see it (None: a room)."""
        situation = await self.store.situation(committee_id, job_id)
        return await seeing.view(self.store, situation, reader, self.clock.now())

    async def picture(self, reader: Person, job_id: int, number: int, *, claim: int | None = None) -> Picture:
        """One picture of a job, for somebody who may see it now; with `claim` only as long as that claim
        lives, which is theirs unless they are of the desk. Raises `UnknownPictureError` for everybody and
        everything else."""
        try:
            situation = await self.store.situation(reader.committee_id, job_id)
        except UnknownJobError as error:
            raise UnknownPictureError from error
        mine = any(
            each.number == claim and each.live and (reader.desk or each.person_id == reader.id)
            for each in situation.claims
        )
        shown = 1 <= number <= revealing.pictures(situation, reader)
        if not shown or (claim is not None and not mine):
            raise UnknownPictureError
        return await self.store.picture(reader.committee_id, job_id, number)

    async def home(self, reader: Person) -> tuple[JobView, ...]:
        """What a person's own page shows: the desk every job, others the ones they have a part in."""
        since = self.clock.now() - SHOWN_AFTER_CLOSE
        committee = reader.committee_id
        if access.allows(Verb.SEE_DESK, reader, committee):
            jobs: Sequence[Job] = (
                *await self.store.open_jobs(committee),
                *await self.store.closed_since(committee, since),
            )
        else:
            jobs = await self.store.jobs_of(committee, reader.id, since)
        return tuple([await self.view(committee, job.id, reader) for job in jobs])

    async def near(self, reader: Person) -> tuple[JobView, ...]:
        """Open jobs that the reader was not asked for and could take now, nearest first: nobody has to wait
        until the next wave thinks of them. Nothing for the desk, whose page shows every job; whoever rests is
        asked by nobody and may look all the same."""
        if not reader.roles & ASKABLE or access.allows(Verb.SEE_DESK, reader, reader.committee_id):
            return ()
        own = await self.store.jobs_of(reader.committee_id, reader.id, self.clock.now())
        known = {job.id for job in own}
        found = [job for job in await self.store.open_jobs(reader.committee_id) if job.id not in known]
        views = [await self.view(reader.committee_id, job.id, reader) for job in found[:NEAR_READ]]
        takeable = [view for view in views if nearby.takeable(view, reader, self.clock.now())]
        return tuple(sorted(takeable, key=nearby.metres)[:NEAR_SHOWN])

    async def on_duty(self, committee_id: int) -> Person | None:
        """Who is on duty now."""
        roster = await self.store.roster(committee_id)
        person = duty.on_duty(roster, self.clock.now())
        return None if person is None else roster.people[person]

    async def unreached(self, reader: Person) -> tuple[Unreached, ...]:
        """Whom and which rooms nothing reaches now, for those who follow every job. Raises
        `NotAllowedError` for anybody else."""
        access.check(Verb.SEE_DESK, reader, reader.committee_id)
        ways = await self.store.ways(reader.committee_id)
        return reach.unreached(await self.store.roster(reader.committee_id), ways, self.clock.now())

    async def made_good(self, reader: Person) -> Sequence[Repair]:
        """What was late in the last day, for those who follow every job. Raises `NotAllowedError` for
        anybody else."""
        access.check(Verb.SEE_DESK, reader, reader.committee_id)
        return await self.store.repairs(reader.committee_id, self.clock.now() - LATE_SHOWN)

    async def set_language(self, person: Person, language: str) -> None:
        """What the person reads from now on."""
        await self.store.set_language(person.committee_id, person.id, language)

    async def pause(self, person: Person, until: Micros | None) -> Person:
        """No wave asks the person before `until`; None ends their rest. Their own wish, so it needs no leave;
        it touches neither the ladder of leaders nor what they have taken. Returns them as they are then."""
        await self.store.pause(person.committee_id, person.id, until)
        return replace(person, paused_until=until)

    async def served(self, person: Person) -> tuple[Served, ...]:
        """The jobs that this person finished, newest first: for themselves alone."""
        return await self.store.served(person.committee_id, person.id)

    async def _change(self, actor: Person, job_id: int, command: Command) -> Saved:
        now = self.clock.now()
        asks = harvesting.asks(actor, command)
        to = Reader(person_id=actor.id, since=now - self._limits.day) if asks else None

        def decide(found: Situation) -> Decision:
            books = own_times.all_own(self.playbooks, found.roster.committee)
            lately = Lately(shown=found.lately, limits=self._limits)
            return lifecycle.decide(found, command, now, self.distances, books, lately)

        saved = await self.store.change(
            actor.committee_id,
            job_id,
            decide,
            command.receipt,
            lambda found: not actor.desk and revealing.reveals(found, actor),
            to,
        )
        self.ring(actor.committee_id, saved)
        return saved

    async def _check_correction(self, actor: Person, correction: Correction) -> None:
        if correction.kind is not None and correction.kind not in self.playbooks:
            raise UnknownKindError(kind=correction.kind)
        roster = await self.store.roster(actor.committee_id)
        if correction.building_id is not None and correction.building_id not in roster.buildings:
            raise UnknownBuildingError

    def ring(self, committee_id: int, saved: Saved) -> None:
        """The rows are committed; from here on the bell may fail and only lateness is lost."""
        decision = saved.decision
        if decision is None or not decision.changed:
            return
        self._told(decision, self.clock.now())
        job = decision.after.job
        if job.look_at is not None and job.look_at != decision.before.job.look_at:
            self.bell.look(committee_id, job.id, job.look_at)
        if saved.rows:
            self.bell.deliver(saved.rows)
        if saved.quiet:
            self.bell.deliver(saved.quiet, later=True)
