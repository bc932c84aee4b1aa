"""A small committee, a playbook and toy decisions: enough to keep, little enough to read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dispatch.claims import Ask, Claim, ClaimStatus, ReleaseReason, Waiting
from dispatch.entries import (
    BuildingEntry,
    CommitteeEntry,
    ContactEntry,
    PersonEntry,
    RegisterFile,
    ResidentEntry,
    RoomEntry,
    WayEntry,
)
from dispatch.events import Event, EventKind, Notice, NoticeKind
from dispatch.jobs import Draft, JobStatus, Outcome, Priority
from dispatch.moments import MINUTE, SECOND, Micros
from dispatch.people import Audience
from dispatch.playbook import Deadlines, Needs, Playbook, Wave, WaveTo
from dispatch.playbook_file import from_json, to_json
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from dispatch.verbs import Answer, AnswerKey

NOW: Micros = 1_780_000_000_000_000
"""A moment in 2026; any serves."""

DOOR, PHONE, NOTES = "502", "13800138000", "八十岁独居，耳背"
RESIDENT, CONTACT, CONTACT_PHONE = "陈阿婆", "陈家儿子", "13900139000"
SAID = "敲门无应答，女儿电话打不通"
RESIDENT_KEY = "chen-apo"
PERSON_PHONE = "13700137000"
PRIVATE_WORDS = (PHONE, NOTES, RESIDENT, CONTACT, CONTACT_PHONE, SAID, RESIDENT_KEY, PERSON_PHONE)
"""Everything private that the samples hold, but the door: three digits are found anywhere."""


class OurClock:
    """A clock that moves only when a test says so."""

    def __init__(self, now: Micros = NOW) -> None:
        self.moment = now

    def now(self) -> Micros:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += round(seconds * SECOND)


def playbook() -> Playbook:
    """A playbook whose digest is the one of its own text."""
    made = Playbook(
        digest="",
        kind="welfare_check",
        title={"en": "Welfare check", "zh_CN": "上门探望"},
        icon="door",
        priority=Priority.URGENT,
        recognise=("敲门",),
        require=frozenset({"building", "unit", "phone"}),
        reveal=frozenset({"unit", "phone", "resident"}),
        places=1,
        needs=Needs(trusted=True),
        waves=(Wave(after=0, to=WaveTo.NEAREST, count=5),),
        rungs=(),
        loops=2,
        deadlines=Deadlines(
            claimed_to_started=5 * MINUTE,
            started_to_done=30 * MINUTE,
            nudge_grace=2 * MINUTE,
            waitlist_offer=MINUTE,
            urge_every=MINUTE,
            exhausted_every=5 * MINUTE,
        ),
    )
    return from_json(to_json(made))


def committee(key: str = "wutongli") -> CommitteeEntry:
    return {
        "key": key,
        "name": "梧桐里居民区",
        "language": "zh_CN",
        "timezone": "Asia/Shanghai",
        "recheck": None,
        "scale": None,
        "joining": "approve",
        "coordinates": "gcj02",
        "emergency": {"ambulance": "120", "police": "110"},
    }


def building(key: str, lat: float | None = 31.2031) -> BuildingEntry:
    return {
        "key": key,
        "name": f"{key}号楼",
        "lat": lat,
        "lon": None if lat is None else 121.4789,
        "coordinates": None,
        "outline": (),
        "spot": None,
    }


def person(
    key: str,
    *roles: str,
    trusted: bool = True,
    phone: str = "",
    addresses: Mapping[str, str] | None = None,
    ways: Sequence[WayEntry] = (),
) -> PersonEntry:
    return {
        "key": key,
        "name": f"{key} 阿姨",
        "language": "zh_CN",
        "roles": roles or ("volunteer",),
        "trusted": trusted,
        "building": "3",
        "skills": ("medicine",),
        "vehicle": "ebike",
        "phone": phone,
        "addresses": addresses or {},
        "ways": ways,
        "speaks": (),
        "hours": "",
        "daily": None,
        "gear": False,
        "born": None,
        "left": frozenset(),
    }


def room() -> RoomEntry:
    return {
        "platform": "telegram",
        "chat": "-100123",
        "topic": "7",
        "audience": "volunteers",
        "language": None,
    }


def resident(building_key: str | None = "3", unit: str = f"{DOOR}室") -> ResidentEntry:
    contacts: Sequence[ContactEntry] = ({"name": CONTACT, "phone": CONTACT_PHONE, "kind": "family"},)
    return {
        "key": RESIDENT_KEY,
        "name": RESIDENT,
        "household": None,
        "building": building_key,
        "unit": unit,
        "phone": PHONE,
        "notes": NOTES,
        "contacts": contacts,
        "alone": False,
    }


def register(key: str = "wutongli", *, volunteers: int = 3) -> RegisterFile:
    """Two buildings, some volunteers (`v1`... by telegram), one staff, one room, one resident."""
    crowd = [person(f"v{n}", addresses={"telegram": f"{n}00{len(key)}"}) for n in range(1, volunteers + 1)]
    staff = person("li", "staff", "secretary", phone=PERSON_PHONE)
    return RegisterFile(
        committee=committee(key),
        buildings=(building("3"), building("12", None)),
        people=(*crowd, person("new", trusted=False), staff),
        rooms=(room(),),
        residents=(resident(),),
        ladder={
            "duty": ("li",),
            "deputy": (),
            "director": ("li",),
            "office": (),
            "last_resort": ("li", "v1"),
        },
    )


def draft(committee_id: int, building_id: int | None = None, **changed: object) -> Draft:
    made = Draft(
        committee_id=committee_id,
        kind="welfare_check",
        priority=Priority.URGENT,
        text=SAID,
        nonce="form-1",
        building_id=building_id,
        unit=DOOR if building_id else "",
        headline="敲门",
    )
    return replace(made, **changed)  # type: ignore[arg-type] # fields by name, for brevity


def decided(
    before: Situation,
    *events: Event,
    notices: tuple[Notice, ...] = (),
    answer: AnswerKey = AnswerKey.UNCHANGED,
    after: Situation | None = None,
) -> Decision:
    """A decision by hand: the version grows by one an event."""
    after = after or before
    job = replace(after.job, version=before.job.version + len(events))
    return Decision(
        before=before,
        after=replace(after, job=job),
        events=events,
        notices=notices,
        answer=Answer(answer, {}),
    )


def posted(before: Situation) -> Decision:
    """Post, and ask everybody: the second event carries a step."""
    people = tuple(sorted(before.roster.people))
    asks = tuple(Ask(person_id=each, loop=0, step=1, at=NOW) for each in people)
    return decided(
        before,
        Event(kind=EventKind.POSTED, at=NOW),
        Event(kind=EventKind.ASKED, at=NOW, loop=0, step=1, data={"people": len(people)}),
        notices=(Notice(kind=NoticeKind.ASK, people=people, rooms=(Audience.VOLUNTEERS,)),),
        after=replace(before, asks=asks, job=replace(before.job, look_at=NOW + MINUTE)),
    )


def silently(before: Situation) -> Decision:
    """Post, and ask nobody."""
    return decided(before, Event(kind=EventKind.POSTED, at=NOW))


def claim(person_id: int, *, assigned_by: int | None = None) -> Decide:
    """Take the only place, or stand in line."""

    def decide(before: Situation) -> Decision:
        if any(each.holds_place for each in before.claims):
            waiting = (*before.waiting, Waiting(person_id=person_id, since=NOW))
            return decided(
                before,
                Event(kind=EventKind.WAITLISTED, at=NOW, actor_id=person_id),
                answer=AnswerKey.WAITLISTED,
                after=replace(before, waiting=waiting),
            )
        new = Claim(
            job_id=before.job.id,
            person_id=person_id,
            place=1,
            number=len(before.claims) + 1,
            status=ClaimStatus.CLAIMED,
            claimed_at=NOW,
            since_version=before.job.version + 1,
            assigned_by=assigned_by,
        )
        return decided(
            before,
            Event(kind=EventKind.CLAIMED, at=NOW, actor_id=person_id),
            notices=(Notice(kind=NoticeKind.WON, people=(person_id,)),),
            answer=AnswerKey.WON,
            after=replace(
                before,
                claims=(*before.claims, new),
                job=replace(before.job, status=JobStatus.FILLED),
            ),
        )

    return decide


def told(note: str, kind: NoticeKind = NoticeKind.UPDATE) -> Decide:
    """Write a note down and owe everybody a card."""

    def decide(before: Situation) -> Decision:
        people = tuple(before.roster.people)
        event = Event(kind=EventKind.NOTED, at=NOW, note=note)
        return decided(before, event, notices=(Notice(kind=kind, people=people),))

    return decide


def claimed_done(before: Situation) -> Decision:
    """Whoever has it has done it; the job stays what it is."""
    done = tuple(replace(each, status=ClaimStatus.DONE) for each in before.claims)
    return decided(before, Event(kind=EventKind.FINISHED, at=NOW), after=replace(before, claims=done))


def closed(before: Situation) -> Decision:
    """End it."""
    job = replace(
        before.job,
        status=JobStatus.CLOSED,
        outcome=Outcome.DONE,
        closed_at=NOW + MINUTE,
        look_at=None,
    )
    return decided(before, Event(kind=EventKind.CLOSED, at=NOW + MINUTE), after=replace(before, job=job))


def unmoved(before: Situation) -> Decision:
    """Decide that nothing is to be done."""
    return decided(before)


def released(person_id: int) -> Decide:
    """Give the place back, a minute later."""

    def decide(before: Situation) -> Decision:
        ended = {"status": ClaimStatus.RELEASED, "ended_at": NOW + MINUTE, "reason": ReleaseReason.CANNOT}
        claims = tuple(
            replace(each, **ended) if each.person_id == person_id else each  # type: ignore[arg-type] # as above
            for each in before.claims
        )
        event = Event(kind=EventKind.RELEASED, at=NOW + MINUTE, actor_id=person_id)
        job = replace(before.job, status=JobStatus.OPEN)
        return decided(before, event, after=replace(before, claims=claims, job=job))

    return decide
