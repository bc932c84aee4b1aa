"""Guided steps that are accepted come to an end, however they are tapped and whatever time passes."""

from collections import deque
from collections.abc import Iterator

from hypothesis import event, given, settings
from hypothesis import strategies as st

from dispatch import lifecycle, playbook_file, walking
from dispatch.errors import BadFileError
from dispatch.events import EventKind
from dispatch.instructions import CLOSE
from dispatch.jobs import CallCause, JobStatus
from dispatch.moments import MINUTE
from dispatch.situation import Decision, Situation
from dispatch.verbs import Command, Verb
from tests.rules import builders
from tests.rules.builders import DISTANCES, Play
from tests.rules.mistakes import Contents
from tests.rules.plays import ANA
from tests.rules.test_instructions_file import WORDS, finding, read
from tests.rules.test_playbook_file import GOOD as RICE

NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def graphs(draw: st.DrawFn) -> Contents:
    """Steps that lead on one to the next, and anywhere else besides."""
    names = NAMES[: draw(st.integers(min_value=1, max_value=len(NAMES)))]
    timed = [name for name in names[1:] if draw(st.booleans())]
    steps = []
    for place, (name, following) in enumerate(zip(names, (*names[1:], CLOSE), strict=True)):
        anywhere = st.sampled_from(
            [*names[place + 1 :], *timed, CLOSE] if draw(st.booleans()) else [*names, CLOSE]
        )
        ways = [following, *draw(st.lists(anywhere, max_size=2))]
        step: Contents = {
            "key": name,
            **WORDS,
            "findings": [finding(f"f{n}", to, calls=draw(st.booleans())) for n, to in enumerate(ways)],
            "holds": name != "a" and draw(st.booleans()),
        }
        if name in timed:
            step["recheck"] = {
                "after": "5m",
                "to": draw(st.sampled_from(names)),
                "calls": draw(st.booleans()),
            }
        if draw(st.integers(min_value=0, max_value=3)) == 0:
            step |= {
                "wants": draw(st.sampled_from(["phone", "resident"])),
                "otherwise": draw(st.sampled_from(names)),
            }
        steps.append(step)
    reveal = ["unit", "phone", "resident"]
    plain = {key: value for key, value in RICE.items() if key != "needs"}
    return {**plain, "reveal": reveal, "steps": steps}


@settings(max_examples=150, deadline=None)
@given(contents=graphs(), data=st.data())
def test_whatever_is_accepted_is_walked_to_its_end(contents: Contents, data: st.DataObject) -> None:
    try:
        book = read(contents)
    except BadFileError:
        event("refused")
        return
    event("accepted")
    assert playbook_file.from_json(playbook_file.to_json(book)) == book
    known = data.draw(st.sets(st.sampled_from(["phone", "resident"])))
    play = Play(builders.situation(book, hides=frozenset({"unit", *known})))
    play.does(ANA, Verb.CLAIM)
    taps = 0
    for minutes in data.draw(st.lists(st.sampled_from([0, 0, 0, 5, 90]), max_size=10)):
        play.lives(minutes * MINUTE)
        if play.job.status is JobStatus.CLOSED:
            return
        if claims := [each for each in play.state.claims if each.live]:
            asked = walking.current(play.job, book)
            assert asked is not None
            found = data.draw(st.sampled_from([each.key for each in asked.findings]))
            play.does(claims[0].person_id, Verb.FIND, finding=f"{asked.key}.{found}")
            following = walking.current(play.job, book)
            timed = following is not None and following.recheck is not None
            taps = 0 if minutes or timed else taps + 1
        assert taps <= len(book.steps)
    play.does(builders.STAFF, Verb.ASSIGN, person=ANA)
    assert ends(play.state, play.now)


def ends(state: Situation, now: int) -> bool:
    """By the rules themselves: from what is asked now some row of taps, and of times that pass, comes to a
    close or to a call."""
    waiting, seen = deque([state]), set[tuple[str, bool]]()
    while waiting:
        state = waiting.popleft()
        asked = walking.current(state.job, state.playbook)
        assert asked is not None
        # A step that was begun by a finding has a clock, which the very first one has not yet.
        here = asked.key, state.job.walk is None or state.job.walk.due_at is None
        if here in seen:
            continue
        seen.add(here)
        for decision in following(state, now):
            after = decision.after.job
            called = any(each.kind is EventKind.CALLED for each in decision.events)
            if after.status is JobStatus.CLOSED or (called and after.calling.cause is CallCause.FINDING):
                return True
            waiting.append(decision.after)
    return False


def following(state: Situation, now: int) -> Iterator[Decision]:
    """Everything that may come next, each at the present moment."""
    asked = walking.current(state.job, state.playbook)
    assert asked is not None
    for each in asked.findings:
        command = Command(verb=Verb.FIND, actor=builders.STAFF, person=ANA, finding=f"{asked.key}.{each.key}")
        yield lifecycle.decide(state, command, now, DISTANCES, {})
    due = None if state.job.walk is None else state.job.walk.due_at
    if due is not None:
        yield lifecycle.looked(state, max(due, now), DISTANCES)
