"""No sequence of verbs and clock ticks loses a job, gives two winners a place, or leaves an open job
with no next look."""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dispatch import outbox
from dispatch.claims import ClaimStatus
from dispatch.errors import DispatchError
from dispatch.jobs import CallCause, Correction, JobStatus, Priority
from dispatch.moments import HOUR, MINUTE, SECOND
from dispatch.people import Ladder
from dispatch.playbook import Seeking
from dispatch.verbs import Verb
from tests.rules import builders
from tests.rules.builders import Play

PEOPLE = st.sampled_from([*builders.VOLUNTEERS[:5], builders.STAFF, builders.SECRETARY_A, builders.OFFICE])
CLAIMERS_VERBS = (Verb.START, Verb.ARRIVE, Verb.FINISH, Verb.RELEASE, Verb.HELP)
HOLDERS = (*builders.VOLUNTEERS[:5], builders.STAFF)
LEADERS = (builders.STAFF, builders.SECRETARY_A, builders.SECRETARY_B)
LEAPS = st.one_of(
    st.integers(min_value=0, max_value=10 * SECOND),
    st.integers(min_value=0, max_value=30 * MINUTE),
    st.integers(min_value=0, max_value=3000 * MINUTE),
)


class AnyLife(RuleBasedStateMachine):
    """A job in any committee, lived through in any way."""

    @initialize(
        places=st.integers(min_value=1, max_value=3),
        priority=st.sampled_from(Priority),
        ladder=st.booleans(),
        every=st.sampled_from([None, 4 * MINUTE, 3 * HOUR]),
        policy=st.sampled_from([None, "adaptive", "adaptive", "refusals", "one_at_a_time", "no_such_policy"]),
    )
    def is_posted(
        self, places: int, priority: Priority, ladder: bool, every: int | None, policy: str | None
    ) -> None:
        seeking = (
            None if policy is None else Seeking(policy=policy, within=4 * MINUTE, chance=0.99, answers=MINUTE)
        )
        people, book = builders.roster(), builders.playbook(seeking=seeking)
        if not ladder:
            people = replace(people, ladder=Ladder())
        self.book = replace(book, rungs=(*book.rungs[:-1], replace(book.rungs[-1], every=every)))
        self.play = Play(builders.situation(self.book, people, places=places, priority=priority))

    @rule(
        actor=PEOPLE,
        verb=st.sampled_from([v for v in Verb if v not in (Verb.POST, Verb.CORRECT)]),
        subject=st.none() | PEOPLE,
        replaces=st.none() | PEOPLE,
    )
    def somebody_does_something(
        self, actor: int, verb: Verb, subject: int | None, replaces: int | None
    ) -> None:
        before = self.play.state
        try:
            decision = self.play.does(actor, verb, person=subject, replaces=replaces, note="n")
        except DispatchError:
            assert self.play.state == before
            return
        assert decision.answer is not None

    @rule(person=st.sampled_from(builders.VOLUNTEERS[:5]))
    def a_volunteer_claims(self, person: int) -> None:
        self.play.does(person, Verb.CLAIM)

    @rule(data=st.data(), verb=st.sampled_from(CLAIMERS_VERBS))
    def a_claimer_moves(self, data: st.DataObject, verb: Verb) -> None:
        live = [claim.person_id for claim in self.play.state.claims if claim.live]
        if live:
            self.play.does(data.draw(st.sampled_from(live)), verb)

    @rule(leader=st.sampled_from(LEADERS), verb=st.sampled_from((Verb.ACKNOWLEDGE, Verb.SETTLE)))
    def a_leader_answers(self, leader: int, verb: Verb) -> None:
        self.play.does(leader, verb)

    @rule(person=st.sampled_from(HOLDERS), replaces=st.none() | PEOPLE)
    def staff_assign_it(self, person: int, replaces: int | None) -> None:
        self.play.does(builders.STAFF, Verb.ASSIGN, person=person, replaces=replaces)

    @rule(places=st.integers(min_value=0, max_value=4), building=st.integers(min_value=1, max_value=3))
    def staff_correct_it(self, places: int, building: int) -> None:
        self.play.does(
            builders.STAFF, Verb.CORRECT, correction=Correction(places=places, building_id=building)
        )

    @rule()
    def staff_ask_the_office(self) -> None:
        self.play.does(builders.STAFF, Verb.HAND_OVER, office=True, patience=5 * MINUTE)

    @rule(accepts=st.booleans(), late=st.booleans())
    def the_office_answers(self, accepts: bool, late: bool) -> None:
        pending = self.play.job.pending
        if pending is not None:
            since = pending.since_version - late
            self.play.answers_office(builders.OFFICE, since_version=since, accepts=accepts)

    @rule(verb=st.sampled_from(CLAIMERS_VERBS))
    def the_office_moves(self, verb: Verb) -> None:
        if any(claim.live and claim.person_id == builders.OFFICE for claim in self.play.state.claims):
            self.play.does(builders.OFFICE, verb)

    @rule(micros=LEAPS)
    def time_leaps(self, micros: int) -> None:
        self.play.passes(micros)

    @rule(micros=LEAPS)
    def a_second_look_changes_nothing(self, micros: int) -> None:
        self.play.passes(micros)
        assert not self.play.look().changed

    @invariant()
    def one_winner_a_place(self) -> None:
        held = [claim for claim in self.play.state.claims if claim.holds_place]
        places = Counter(claim.place for claim in held)
        assert all(count == 1 for count in places.values())
        assert len(held) <= self.play.job.places
        people = Counter(claim.person_id for claim in held)
        assert all(count == 1 for count in people.values())

    @invariant()
    def never_without_a_next_look(self) -> None:
        job = self.play.job
        if job.status is JobStatus.CLOSED:
            assert job.look_at is None
            assert not any(claim.live for claim in self.play.state.claims)
        else:
            assert job.look_at is not None
            assert job.look_at > self.play.now

    @invariant()
    def a_rung_is_called_again_only_while_nobody_has_the_call_in_hand(self) -> None:
        calling, every = self.play.job.calling, self.book.rungs[-1].every
        if calling.again_at is not None:
            assert every is not None
            assert calling.running
            assert calling.calls > 0
            assert calling.acknowledged_by is None
            assert self.play.now < calling.again_at <= self.play.now + every

    @invariant()
    def a_policy_looks_again_only_while_people_are_wanted(self) -> None:
        job = self.play.job
        if job.calling.seek_at is not None:
            assert job.status is JobStatus.OPEN
            assert job.calling.cause is CallCause.UNCLAIMED
            assert job.priority is not Priority.LIFE
            assert job.calling.seek_at > self.play.now

    @invariant()
    def nobody_is_asked_twice_in_a_round(self) -> None:
        asked = Counter((ask.person_id, ask.loop) for ask in self.play.state.asks if not ask.leader)
        assert all(count == 1 for count in asked.values())

    @invariant()
    def the_office_has_all_of_it_or_nothing(self) -> None:
        pending = self.play.job.pending
        if pending is not None and pending.claim is not None:
            assert not pending.open
            (claim,) = [each for each in self.play.state.claims if each.number == pending.claim]
            assert claim.person_id == builders.OFFICE
            assert claim.holds_place or self.play.job.status is JobStatus.CLOSED

    @invariant()
    def status_follows_from_claims(self) -> None:
        held = [claim for claim in self.play.state.claims if claim.holds_place]
        match self.play.job.status:
            case JobStatus.OPEN:
                assert len(held) < self.play.job.places
            case JobStatus.FILLED:
                assert len(held) == self.play.job.places
                assert any(claim.status is not ClaimStatus.DONE for claim in held)
            case JobStatus.CLOSED:
                assert self.play.job.outcome is not None

    @invariant()
    def the_ledger_has_no_gap_and_no_step_twice(self) -> None:
        events = [event for decision in self.play.decisions for event in decision.events]
        assert self.play.job.version == len(events)
        steps = [(event.loop, event.step) for event in events if event.step is not None]
        assert len(steps) == len(set(steps))

    @invariant()
    def nobody_is_owed_two_rows_for_one_decision(self) -> None:
        rows = outbox.owed(self.play.decisions[-1])
        assert len({row.address_id for row in rows}) == len(rows)


AnyLife.TestCase.settings = settings(max_examples=150, stateful_step_count=30)
TestAnyLife = AnyLife.TestCase
