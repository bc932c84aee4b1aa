"""Posting and deciding on a real database: once, together, and by one winner."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import MISSING, fields, replace
from typing import Any

import pytest

from dispatch.barriers import DAILY
from dispatch.claims import Ask, Because, ClaimStatus, ReleaseReason
from dispatch.doors import Round
from dispatch.errors import ConflictError, NotAllowedError, UnknownPersonError
from dispatch.events import Event, EventKind
from dispatch.jobs import CallCause, Calling, Job, JobStatus, Outcome, Pending, Priority, Turn, Walk
from dispatch.kept import Saved
from dispatch.moments import HOUR, MINUTE
from dispatch.situation import Decision, Situation
from dispatch.stops import Run
from dispatch.verbs import AnswerKey
from store import SqlStore, claims
from store.crypto import Vault
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, after, read_anew, settle
from tests.store.samples import NOW, OurClock


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


async def test_a_posted_job_reads_back_as_it_was_decided(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    assert saved.decision is not None
    found = await store.situation(place.committee_id, saved.job_id)
    assert found == saved.decision.after
    assert (found.job.version, found.job.look_at) == (2, NOW + MINUTE)
    assert found.playbook == samples.playbook()


async def test_every_field_of_a_situation_reads_back(store: SqlStore, place: Place) -> None:
    await store.add_source(place.committee_id, "hotline", token="t", webhook="", secret="", now=NOW)
    source = await store.source("t")
    assert source is not None
    turn = Turn(plan_id=8, at=NOW, due_at=NOW + 1, leaders_at=NOW + 2, first=(3, 4), usual=(4,))
    run = Run(hospital="East Hospital", until=NOW + 5, stops=3, owed=2)
    draft = samples.draft(
        place.committee_id, place.buildings["3"], source_id=source.id, origin_id=7, turn=turn, run=run
    )
    job_id = (await store.post(draft, samples.playbook(), NOW, samples.posted)).job_id
    assigned = samples.claim(place.people["v1"], assigned_by=place.people["li"])
    await store.change(place.committee_id, job_id, assigned)
    await store.change(place.committee_id, job_id, samples.claim(place.people["v2"]))
    wanted = after(await store.change(place.committee_id, job_id, _everything))
    found = await read_anew(store, place.committee_id, job_id)
    assert replace(found, busy=None, present=None, full=None) == wanted
    for value in (found.job, found.job.calling, found.claims[0], found.waiting[-1]):
        assert _untold(value) == [], "a field that this test does not set might not be kept at all"
    assert _untold(found.asks[0]) == ["leader", "because"]
    assert _untold(found.asks[-1]) == ["refused_at"]


def test_why_somebody_was_asked_reads_as_it_was_kept_before_the_last_time_was_part_of_it() -> None:
    row = {"person_id": 1, "loop": 0, "step": 1, "at": NOW, "leader": 0, "refused_at": None}
    (ask,) = claims.read_asks([row | {"because": "180,4,6,"}])
    assert ask.because == Because(walk=180, accepted=4, asked=6, rest=None)


async def test_what_is_remembered_equals_what_is_read(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    for decide in (
        samples.claim(place.people["v1"]),
        samples.claim(place.people["v3"]),
        samples.claim(place.people["v2"]),
        _everything,
        samples.told("still at it"),
    ):
        await store.change(place.committee_id, job_id, decide)
        remembered = await store.situation(place.committee_id, job_id)
        assert await read_anew(store, place.committee_id, job_id) == remembered


async def test_what_the_clock_alone_moves_is_kept_in_full(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    for who in ("v1", "v3", "v2"):
        await store.change(place.committee_id, job_id, samples.claim(place.people[who]))

    def moved(before: Situation) -> Decision:
        everything = _everything(before).after.job
        job = replace(before.job, calling=everything.calling, look_at=everything.look_at)
        event = Event(kind=EventKind.REOPENED, at=NOW)
        return samples.decided(before, event, after=replace(before, job=job))

    saved = after(await store.change(place.committee_id, job_id, moved))
    found = await read_anew(store, place.committee_id, job_id)
    assert found.job == saved.job
    assert found.job.calling.seek_at == NOW + 17
    assert found.job.look_at == NOW + 14


async def test_the_same_nonce_is_the_same_job(store: SqlStore, place: Place) -> None:
    first = await place.post()
    second = await place.post()
    assert second.job_id == first.job_id
    assert second.decision is None
    assert second.rows == ()
    assert len(await store.open_jobs(place.committee_id)) == 1


async def test_the_same_nonce_at_the_same_moment_is_one_job(store: SqlStore, place: Place) -> None:
    saved = await asyncio.gather(*(place.post() for _ in range(20)))
    assert len({each.job_id for each in saved}) == 1
    assert sum(each.decision is not None for each in saved) == 1


async def test_a_nonce_is_a_committees_own(store: SqlStore, place: Place) -> None:
    other = await settle(store, "qingtongli")
    assert (await place.post()).job_id != (await other.post()).job_id


async def test_posting_to_no_committee_is_refused(store: SqlStore) -> None:
    with pytest.raises(UnknownPersonError):
        await store.post(samples.draft(404), samples.playbook(), NOW, samples.posted)


async def test_a_decision_that_raises_posts_nothing(store: SqlStore, place: Place) -> None:
    def refuse(_before: Situation) -> Decision:
        raise NotAllowedError

    with pytest.raises(NotAllowedError):
        await place.post(decide=refuse)
    assert await store.open_jobs(place.committee_id) == ()
    assert (await place.post()).decision is not None


async def test_280_at_once_leave_one_winner_and_279_in_line(store: SqlStore) -> None:
    place = await settle(store, volunteers=280)
    job_id = (await place.post()).job_id
    crowd = [person for key, person in place.people.items() if key.startswith("v")]
    saved = await asyncio.gather(
        *(store.change(place.committee_id, job_id, samples.claim(person)) for person in crowd)
    )
    assert _answers(saved) == {AnswerKey.WON: 1, AnswerKey.WAITLISTED: 279}
    found = await read_anew(store, place.committee_id, job_id)
    assert len(found.claims) == 1
    assert len(found.waiting) == 279
    assert found.job.version == 2 + 280
    entries = await store.timeline(place.committee_id, job_id)
    assert [entry.version for entry in entries] == list(range(1, 283))


async def test_two_processes_on_one_database_leave_one_winner(
    store: SqlStore, place: Place, vault: Vault, base: Base, clock: OurClock
) -> None:
    job_id = (await place.post()).job_id
    second = await base.open(vault, clock)
    people = place.people
    saved = await asyncio.gather(
        store.change(place.committee_id, job_id, samples.claim(people["v1"])),
        second.change(place.committee_id, job_id, samples.claim(people["v2"])),
        store.change(place.committee_id, job_id, samples.claim(people["v3"])),
        second.change(place.committee_id, job_id, samples.claim(people["new"])),
    )
    await second.close()
    assert _answers(saved)[AnswerKey.WON] == 1
    assert len((await store.situation(place.committee_id, job_id)).claims) == 1


async def test_a_change_of_a_person_is_seen_by_the_next_decision(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    await store.set_language(place.committee_id, place.people["v1"], "en")
    saved = await store.change(place.committee_id, job_id, samples.unmoved)
    assert saved.decision is not None
    assert saved.decision.before.roster.people[place.people["v1"]].language == "en"


async def test_a_decision_without_events_writes_nothing(store: SqlStore, place: Place) -> None:
    saved = await place.post()
    nothing = await store.change(place.committee_id, saved.job_id, samples.unmoved)
    assert nothing.rows == ()
    assert await store.situation(place.committee_id, saved.job_id) == after(saved)
    assert len(await store.timeline(place.committee_id, saved.job_id)) == 2


async def test_a_step_is_decided_once(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id

    def again(before: Situation) -> Decision:
        return samples.decided(before, Event(kind=EventKind.ASKED, at=NOW, loop=0, step=1))

    with pytest.raises(ConflictError):
        await store.change(place.committee_id, job_id, again)
    assert (await store.situation(place.committee_id, job_id)).job.version == 2


async def test_a_place_has_one_claim(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    await store.change(place.committee_id, job_id, samples.claim(place.people["v1"]))

    def second_on_it(before: Situation) -> Decision:
        copy = replace(before.claims[0], number=2, person_id=place.people["v2"])
        event = Event(kind=EventKind.CLAIMED, at=NOW)
        return samples.decided(before, event, after=replace(before, claims=(*before.claims, copy)))

    with pytest.raises(ConflictError):
        await store.change(place.committee_id, job_id, second_on_it)
    assert len((await store.situation(place.committee_id, job_id)).claims) == 1


async def test_the_timeline_has_every_entry_with_its_words(store: SqlStore, place: Place) -> None:
    job_id = (await place.post()).job_id
    await store.change(place.committee_id, job_id, samples.told("钥匙在邻居家"))
    entries = await store.timeline(place.committee_id, job_id)
    assert [(entry.version, entry.kind) for entry in entries] == [
        (1, EventKind.POSTED),
        (2, EventKind.ASKED),
        (3, EventKind.NOTED),
    ]
    assert entries[1].data == {"people": len(place.people)}
    assert (entries[1].loop, entries[1].step) == (0, 1)
    assert entries[2].note == "钥匙在邻居家"


async def test_somebody_at_work_elsewhere_is_busy_and_a_page_or_a_chat_is_present(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    first = (await place.post()).job_id
    second = (await place.post(nonce="form-2")).job_id
    staff = place.people["li"]
    await store.change(place.committee_id, first, samples.claim(place.people["v1"]))
    assert (await store.situation(place.committee_id, second)).busy == frozenset({place.people["v1"]})
    assert (await store.situation(place.committee_id, first)).busy == frozenset()

    by_chat = frozenset(place.people[key] for key in ("v1", "v2", "v3"))
    await store.invite(place.committee_id, staff, revoke=False)
    address = await store.address("web", "wutongli/li")
    assert address is not None
    assert (await store.situation(place.committee_id, first)).present == by_chat
    await store.present(address.id, NOW + 1)
    assert (await store.situation(place.committee_id, first)).present == by_chat | {staff}
    clock.moment = NOW + 1
    assert (await store.situation(place.committee_id, first)).present == by_chat
    await store.present(address.id, NOW + MINUTE)
    await store.present(address.id, None)
    assert (await store.situation(place.committee_id, first)).present == by_chat


async def test_who_had_their_number_of_offers_of_late_is_read_unless_a_life_is_at_stake(
    store: SqlStore, place: Place, clock: OurClock
) -> None:
    file = samples.register()
    told = [{**each, "daily": {"v1": 1, "v2": 2}.get(str(each["key"]))} for each in file.people]
    await store.load(replace(file, people=told), prune=False, demo=False)
    posted = [(await place.post(nonce=f"{number}")).job_id for number in range(2)]
    assert await _full(store, place, posted[0]) == {"v1", "v2"}
    other = await settle(store, "fangxiangli")
    assert (await store.situation(other.committee_id, (await other.post()).job_id)).full == frozenset()
    posted += [(await place.post(nonce=f"{number}")).job_id for number in range(2, DAILY)]
    assert await _full(store, place, posted[0]) == set(place.people)
    urgent = (await place.post(nonce="life", priority=Priority.LIFE)).job_id
    assert await _full(store, place, urgent) == set()
    clock.moment = NOW + 24 * HOUR
    assert await _full(store, place, posted[0]) == set(), "a day later they may be asked again"


async def _full(store: SqlStore, place: Place, job: int) -> set[str]:
    full = (await store.situation(place.committee_id, job)).full
    assert full is not None
    return {key for key, ident in place.people.items() if ident in full}


async def test_lists_of_jobs_are_in_the_order_that_was_promised(store: SqlStore, place: Place) -> None:
    made = {
        name: (await place.post(nonce=name, priority=priority, now=NOW + at)).job_id
        for name, priority, at in (
            ("late", Priority.NORMAL, 3),
            ("early", Priority.NORMAL, 1),
            ("life", Priority.LIFE, 2),
            ("gone", Priority.LIFE, 0),
        )
    }
    await store.change(place.committee_id, made["gone"], samples.closed)

    def names(jobs: Sequence[Job]) -> list[str]:
        return [name for job in jobs for name, job_id in made.items() if job_id == job.id]

    volunteer, closing = place.people["v1"], NOW + MINUTE
    assert names(await store.open_jobs(place.committee_id)) == ["life", "early", "late"]
    mine = await store.jobs_of(place.committee_id, volunteer, closing - 1)
    assert names(mine) == ["life", "gone", "late", "early"]
    still = await store.jobs_of(place.committee_id, volunteer, closing)
    assert names(still) == ["life", "late", "early"]
    assert names(await store.closed_since(place.committee_id, closing - 1)) == ["gone"]
    assert await store.closed_since(place.committee_id, closing) == ()


async def test_somebody_with_no_part_in_a_job_does_not_have_it(store: SqlStore, place: Place) -> None:
    saved = await place.post(decide=samples.unmoved)
    assert await store.jobs_of(place.committee_id, place.people["v1"], NOW) == ()
    await store.change(place.committee_id, saved.job_id, samples.claim(place.people["v1"]))
    await store.change(place.committee_id, saved.job_id, samples.claim(place.people["v2"]))
    for key, jobs in (("v1", 1), ("v2", 1), ("v3", 0)):
        assert len(await store.jobs_of(place.committee_id, place.people[key], NOW)) == jobs


async def test_due_jobs_come_most_overdue_first_and_closed_ones_never(store: SqlStore, place: Place) -> None:
    first = (await place.post()).job_id
    other = await settle(store, "qingtongli")
    second = (await other.post(now=NOW - MINUTE, decide=samples.unmoved)).job_id
    third = (await place.post(nonce="gone")).job_id
    await store.change(place.committee_id, third, samples.closed)
    assert [due.job_id for due in await store.due(NOW, 10)] == [second]
    due = await store.due(NOW + MINUTE, 10)
    assert [(each.committee_id, each.job_id) for each in due] == [
        (other.committee_id, second),
        (place.committee_id, first),
    ]
    assert len(await store.due(NOW + MINUTE, 1)) == 1


def _answers(saved: Sequence[Saved]) -> Counter[AnswerKey]:
    return Counter(each.decision.answer.key for each in saved if each.decision and each.decision.answer)


def _everything(before: Situation) -> Decision:
    """Change every field that can be changed, each to a value of its own."""
    first, *rest = before.claims
    moved = replace(
        first,
        status=ClaimStatus.RELEASED,
        started_at=NOW + 1,
        arrived_at=NOW + 2,
        ended_at=NOW + 3,
        reason=ReleaseReason.SILENT,
        nudged_at=NOW + 4,
        alarmed_at=NOW + 5,
        deadline_at=NOW + 6,
        handed=2,
    )
    calling = Calling(
        cause=CallCause.SILENT,
        since_version=5,
        loop=3,
        step=7,
        position=2,
        repeats=1,
        due_at=NOW + 8,
        acknowledged_by=first.person_id,
        acknowledged_at=NOW + 9,
        urge_at=NOW + 13,
        urged_at=NOW + 10,
        exhausted_at=NOW + 11,
        again_at=NOW + 16,
        calls=3,
        seek_at=NOW + 17,
        behind=CallCause.FINDING,
    )
    job = replace(
        before.job,
        priority=Priority.LIFE,
        status=JobStatus.CLOSED,
        places=4,
        headline="改",
        outcome=Outcome.CANCELLED,
        closed_at=NOW + 12,
        closed_by=first.person_id,
        calling=calling,
        missing=frozenset({"phone"}),
        pictures=2,
        look_at=NOW + 14,
        walk=Walk(step="knock", since_version=7, found=(("door", "shut"), ("phone", "")), due_at=NOW + 18),
        second=True,
        round=Round(doors=3, open=(1, 3), unanswered=(2,)),
        thanked_by=(first.person_id, 77),
        kinds=2,
        pending=Pending(
            committee_id=before.job.committee_id, since_version=6, until=NOW + 15, claim=1, places=4
        ),
    )
    head, *tail = before.waiting
    waiting = (*tail, replace(head, since=NOW + 20, offered_until=NOW + 21))
    asks = (replace(before.asks[0], refused_at=NOW + 30), *before.asks[1:])
    why = Because(walk=180, accepted=4, asked=6, rest=2, last=NOW - HOUR)
    asks = (*asks, Ask(person_id=first.person_id, loop=3, step=7, at=NOW, leader=True, because=why))
    changed = replace(before, job=job, claims=(moved, *rest), waiting=waiting, asks=asks)
    return samples.decided(before, Event(kind=EventKind.REOPENED, at=NOW), after=changed)


def _untold(value: Any) -> list[str]:
    """Fields that have the value they would have if nobody had kept them."""
    return [
        each.name
        for each in fields(value)
        if each.default is not MISSING and getattr(value, each.name) == each.default
    ]
