"""A welfare check as we ship it, walked by anybody, in any way, at any time."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.playbooks import load_playbooks
from dispatch import walking
from dispatch.errors import NotAllowedError
from dispatch.events import EventKind
from dispatch.jobs import TROUBLE, CallCause, JobStatus
from dispatch.moments import MINUTE
from dispatch.playbook import Playbook
from dispatch.verbs import AnswerKey, Verb
from tests.rules import builders
from tests.rules.builders import STAFF, Play
from tests.rules.plays import ANA, BEN, key

COMES = (EventKind.CLAIMED, EventKind.ASSIGNED)
GOES = (EventKind.RELEASED, EventKind.TIMED_OUT, EventKind.FINISHED)


class AnyWalk(RuleBasedStateMachine):
    """A welfare check as we ship it, walked in any way: it never stands still and never ends unseen."""

    book: Playbook = load_playbooks(None)["welfare_check"]

    @initialize(hides=st.sets(st.sampled_from(["unit", "phone", "text", "resident", "keyholder", "family"])))
    def is_posted(self, hides: set[str]) -> None:
        self.play = Play(builders.situation(self.book, hides=frozenset(hides)))
        self.play.does(ANA, Verb.CLAIM)

    @rule(data=st.data(), actor=st.sampled_from([ANA, ANA, ANA, BEN, STAFF]))
    def somebody_finds_something(self, data: st.DataObject, actor: int) -> None:
        asked = walking.current(self.play.job, self.book)
        assert asked is not None
        found = data.draw(st.sampled_from([each.key for each in asked.findings]))
        try:
            self.play.does(actor, Verb.FIND, finding=f"{asked.key}.{found}")
        except NotAllowedError:
            assert actor == BEN

    @rule(
        verb=st.sampled_from([Verb.FINISH, Verb.RELEASE, Verb.HELP, Verb.CLAIM]),
        who=st.sampled_from([ANA, BEN]),
    )
    def somebody_taps(self, verb: Verb, who: int) -> None:
        held = walking.holds(self.play.job, self.book)
        try:
            self.play.does(who, verb)
        except NotAllowedError:
            return
        if held and verb is Verb.FINISH:
            assert self.play.job.status is not JobStatus.CLOSED or key(self.play) is AnswerKey.CLOSED

    @rule(minutes=st.integers(min_value=0, max_value=200))
    def time_passes(self, minutes: int) -> None:
        self.play.lives(minutes * MINUTE)

    @invariant()
    def never_stands_still(self) -> None:
        job = self.play.job
        assert (job.look_at is None) is (job.status is JobStatus.CLOSED)
        assert job.look_at is None or job.look_at > self.play.now - MINUTE

    @invariant()
    def what_was_found_is_called_for_until_it_is_settled(self) -> None:
        calling = self.play.job.calling
        called = (calling.running and calling.cause, calling.running and calling.behind)
        assert calling.behind is None or (calling.running and calling.cause in TROUBLE)
        if self.play.job.status is not JobStatus.CLOSED and self.leaders_are_wanted():
            assert CallCause.FINDING in called

    def leaders_are_wanted(self) -> bool:
        """By the ledger alone: somebody is there, and what they found last of this kind calls."""
        there, wanted = 0, False
        for event in [event for each in self.play.decisions for event in each.events]:
            there += (event.kind in COMES) - (event.kind in GOES)
            wanted = wanted and there > 0
            step = self.book.step_of.get(str(event.data.get("at_step", "")))
            if event.kind is EventKind.RECHECK and step is not None and step.recheck is not None:
                wanted = wanted or (there > 0 and step.recheck.calls)
            elif event.kind is EventKind.FOUND and step is not None:
                (found,) = [each for each in step.findings if each.key == event.data["finding"]]
                wanted = not found.settles and (wanted or (there > 0 and found.calls))
        return wanted

    @invariant()
    def each_finding_stands_in_the_log_in_order(self) -> None:
        events = [event for each in self.play.decisions for event in each.events]
        found = [event for event in events if event.kind in (EventKind.FOUND, EventKind.RECHECK)]
        assert all(before.at <= after.at for before, after in pairwise(found))
        walk = self.play.job.walk
        assert walk is None or len(walk.found) <= len(self.book.steps)


AnyWalk.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyWalk = AnyWalk.TestCase
