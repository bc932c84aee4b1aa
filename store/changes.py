"""The two units of work that move a job: posting it, and deciding about it.

State, ledger entry, what is revealed and what is owed are written together or not at all. What is decided
is none of this module's business.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from dispatch import rounds, saying, walking
from dispatch.claims import Claim
from dispatch.errors import ConflictError, NonceUsedError, UnknownPersonError
from dispatch.events import EventKind
from dispatch.frozen import changed
from dispatch.jobs import Draft, Job, JobStatus, Outcome, Priority
from dispatch.kept import Saved
from dispatch.lately import Reader
from dispatch.moments import Micros
from dispatch.people import Committee
from dispatch.playbook import Playbook
from dispatch.playbook_file import to_json
from dispatch.ports import Decide, Reveals
from dispatch.situation import Decision, Situation, SurroundingsUnknownError
from dispatch.transfers import Exchanged, Takeover, Transfer
from store import (
    care_pictures,
    claims,
    families,
    jobs,
    ledger,
    outbox,
    people,
    pictures,
    private,
    residents,
    reveals,
    situations,
    sources,
    stops,
    transfers,
)
from store.crypto import Vault
from store.engine import Plan, Query, Row, Rows, Save, SaveMany
from store.memory import KnownJob, Memory, roster_of
from store.words import join


@dataclass(frozen=True, slots=True)
class Keeper:
    """What every unit of work needs: the vault, and what is remembered."""

    vault: Vault
    memory: Memory

    def change(
        self, wanted: "Wanted", decide: Decide, now: Micros
    ) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
        """Load, decide, save. Raises what `decide` raises, and `UnknownJobError`."""
        committee_id, job_id = wanted.committee_id, wanted.job_id
        before = yield from situations.load_bare(committee_id, job_id, self.memory, self.vault)
        saves: list[Save | SaveMany] = []
        known = wanted.known()
        rows = (yield known) if known else {}
        if wanted.to is not None:
            before = changed(before, lately=reveals.read_shown(rows["shown_lately"]))
        if wanted.receipt:
            if rows["receipt_known"]:
                return Plan((), lambda _rows: Saved(job_id=job_id, decision=None))
            kept = {"receipt": wanted.receipt, "committee_id": committee_id, "at": now}
            saves.append(Save("insert_receipt", kept))
        try:
            decision = decide(before)
        except SurroundingsUnknownError:
            decision = decide((yield from situations.surrounded(before, now, self.memory)))
        shown: Callable[[Saved], Saved] | None = None
        if wanted.reveals is not None and wanted.reveals(decision.after):
            query = private.of_job(committee_id, job_id)
            sealed = private.first((yield (query,)), query.name)
            shown = None if sealed is None else partial(self._opened, sealed)
        plan = yield from self._decided(decision, saves, now)
        return Plan(plan.saves, plan.result, shown)

    def post(
        self, draft: Draft, playbook: Playbook, now: Micros, decide: Decide
    ) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
        """Insert the job and save what `decide` makes of it; a known nonce gives the job it made."""
        nonce = {"committee_id": draft.committee_id, "nonce": draft.nonce}
        rows = yield (
            Query("job_by_nonce", nonce),
            Query("committee_by_id", {"committee_id": draft.committee_id}),
            residents.of_draft(draft, self.vault),
            *care_pictures.of_draft(draft),
            residents.home_at(draft.committee_id, draft.building_id, draft.unit, self.vault),
            # It has no number yet.
            *situations.surroundings(draft.committee_id, 0, playbook, draft.priority, now, self.memory),
        )
        if rows["job_by_nonce"]:
            known: int = rows["job_by_nonce"][0]["id"]
            if draft.mark and rows["job_by_nonce"][0]["request_mark"] != draft.mark:
                raise NonceUsedError(job=known)
            return Plan((), lambda _rows: Saved(job_id=known, decision=None))
        if not rows["committee_by_id"]:
            raise UnknownPersonError
        behind = private.AtDoor(
            resident=private.first(rows, residents.of_draft(draft, self.vault).name),
            home=private.first(rows, "household_by_unit"),
        )
        inserted = yield from self._inserted(draft, playbook, now, behind, rows)
        before = yield from situations.with_surroundings(inserted, rows, now, self.memory)
        said = private.columns(before.job, private.of_draft(draft), behind, self.vault)
        shown = care_pictures.shown(before.job, care_pictures.named(rows), now)
        return (yield from self._decided(decide(before), [Save("insert_private", said), *shown], now))

    def exchange(
        self,
        transfer: Transfer,
        decide: Callable[[Situation], Decision],
        takeover: Takeover | None,
        now: Micros,
    ) -> Generator[Sequence[Query], Rows, Plan[Exchanged]]:
        """Both jobs of a transfer, or neither. Raises what `decide` raises."""
        before = yield from situations.load_bare(transfer.sender_id, transfer.job_id, self.memory, self.vault)
        try:
            decision = decide(before)
        except SurroundingsUnknownError:
            decision = decide((yield from situations.surrounded(before, now, self.memory)))
        if takeover is None or decision.after.job.outcome is not Outcome.HANDED_OVER or not decision.changed:
            plan = yield from self._decided(decision, [], now)
            return Plan(plan.saves, lambda rows: _exchanged(plan.result(rows)))
        rows = yield (private.of_job(transfer.sender_id, transfer.job_id),)
        draft, playbook = takeover.rewrite(before, residents.read_private(rows["job_private"][0], self.vault))
        sent = yield from self._decided(decision, [transfers.taken(transfer, takeover.person_id, now)], now)
        made = yield from transfers.apart(self.post(draft, playbook, now, takeover.decide))
        split = len(sent.saves)
        return Plan(
            [*sent.saves, *made.saves],
            lambda given: _exchanged(sent.result(given[:split]), made.result(given[split:])),
        )

    def _opened(self, sealed: Row, saved: Saved) -> Saved:
        return replace(saved, private=residents.read_private(sealed, self.vault))

    def _inserted(
        self, draft: Draft, playbook: Playbook, now: Micros, behind: private.AtDoor, rows: Rows
    ) -> Generator[Sequence[Query], Rows, Situation]:
        committee = people.committee(rows["committee_by_id"][0])
        roster = self.memory.roster(committee.id, committee.revision)
        new, said = _new_job(draft, playbook, now), private.of_draft(draft)
        new = changed(new, pictures=len(care_pictures.named(rows)))
        job = private.informed(new, playbook, said, behind, self.vault)
        rows = yield (
            *self._playbook(committee, playbook),
            jobs.insert(job, draft.nonce, draft.mark, self.vault),
            *(roster_of(committee.id) if roster is None else ()),
        )
        if not rows["insert_job"]:  # another process posted it a moment ago
            raise ConflictError
        job = changed(job, id=rows["insert_job"][0]["id"])
        roster = roster or self.memory.read_roster(rows)
        return situations.assemble(KnownJob(job, (), (), ()), roster, playbook)

    def _playbook(self, committee: Committee, playbook: Playbook) -> Iterator[Query]:
        if self.memory.playbook(committee.id, playbook.digest) is None:
            yield Query(
                "insert_playbook",
                {
                    "committee_id": committee.id,
                    "digest": playbook.digest,
                    "kind": playbook.kind,
                    "body": to_json(playbook),
                },
            )

    def _decided(
        self, decision: Decision, saves: list[Save | SaveMany], now: Micros
    ) -> Generator[Sequence[Query], Rows, Plan[Saved]]:
        before, after = decision.before, decision.after
        if decision.changed and decision.correction is not None:
            job, save = yield from private.correct(after.job, after.playbook, decision.correction, self.vault)
            decision = replace(decision, after=replace(after, job=job))
            saves = [*saves, save]
        if decision.changed:
            committee = after.roster.committee
            saves = [*self._kept(self._playbook(committee, after.playbook)), *saves]
            saves += self._saves(before, decision)
            saves += stops.corrected(decision, decision.correction, self.vault)
            saves += yield from transfers.begun(decision, self.memory, self.vault)
            saves += self._offered(decision, now)
        return Plan(saves, lambda rows: self._saved(decision, saves, rows))

    def _offered(self, decision: Decision, now: Micros) -> Sequence[Save]:
        """Count whom it asked, and have it found whether others asked them meanwhile. Who was asked although
        they had had their number was asked on purpose."""
        before, after = decision.before, decision.after
        asks = claims.volunteers_asked(before, after)
        offers = self.memory.offers(after.job.committee_id)
        offers.promised([ask.person_id for ask in asks], after.job.id, now)
        anew = [ask for ask in asks if ask.refused_at is None]
        full = before.full or frozenset()
        if not anew or after.job.priority is Priority.LIFE or any(ask.person_id in full for ask in anew):
            return ()
        return offers.within(after.job, anew[-1].at)

    def _kept(self, queries: Iterator[Query]) -> Iterator[Save]:
        return (Save(query.name, query.params) for query in queries)

    def _saves(self, before: Situation, decision: Decision) -> Iterator[Save | SaveMany]:
        yield jobs.swap(before.job, decision.after.job, self.vault)
        yield from claims.changes(before, decision.after)
        yield ledger.entries(decision, self.vault)
        yield from pictures.added(decision, self.vault)
        yield from _reveals(decision)
        yield from reveals.doubted(decision)
        yield from outbox.new_rows(decision)
        yield from families.owed(decision)
        yield from sources.reports(decision)
        yield from transfers.ended(decision)
        yield from transfers.followed(decision)

    def _saved(
        self, decision: Decision, saves: Sequence[Save | SaveMany], rows: Sequence[Sequence[Row]]
    ) -> Saved:
        if decision.changed:
            self.memory.keep_playbook(decision.after.job.committee_id, decision.after.playbook)
            self.memory.keep_job(decision.after)
        owed = [
            row for save, found in zip(saves, rows, strict=True) if save.name == outbox.OWED for row in found
        ]
        return Saved(
            job_id=decision.after.job.id,
            decision=decision,
            rows=tuple(row["id"] for row in owed if row["wakes"]),
            quiet=tuple(row["id"] for row in owed if not row["wakes"]),
        )


def _exchanged(sent: Saved, made: Saved | None = None) -> Exchanged:
    if sent.decision is None:
        raise ConflictError
    return Exchanged(
        sent=sent.decision,
        made=None if made is None else made.decision,
        rows=(*sent.rows, *(() if made is None else made.rows)),
        quiet=(*sent.quiet, *(() if made is None else made.quiet)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which job is to be changed, because of what, who wants to see its private text then, and of whom is
    asked what they were shown of late."""

    committee_id: int
    job_id: int
    receipt: str = ""
    reveals: Reveals | None = None
    to: Reader | None = None

    def known(self) -> Sequence[Query]:
        """What must be known beside the job."""
        to = () if self.to is None else (reveals.shown_lately(self.committee_id, self.to),)
        receipt = (Query("receipt_known", {"receipt": self.receipt}),) if self.receipt else ()
        return (*to, *receipt)


def _new_job(draft: Draft, playbook: Playbook, now: Micros) -> Job:
    return Job(
        id=0,
        committee_id=draft.committee_id,
        version=0,
        kind=draft.kind,
        playbook=playbook.digest,
        priority=draft.priority,
        status=JobStatus.OPEN,
        posted_by=draft.posted_by,
        posted_at=now,
        places=draft.places,
        building_id=draft.building_id,
        headline=draft.headline,
        look_at=now,
        source_id=draft.source_id,
        origin_id=draft.origin_id,
        turn=draft.turn,
        run=draft.run,
        round=rounds.begun(draft.doors),
    )


_WORDS = frozenset({saying.WORDS})


def _reveals(decision: Decision) -> Iterator[Save]:
    """Who is shown a door, a phone or health by this decision: the log of what was revealed to whom."""
    before, after = decision.before, decision.after
    fields = after.job.hides & walking.opened(after.job, after.playbook)
    for claim in claims.new_claims(before, after):
        reason = EventKind.CLAIMED if claim.assigned_by is None else EventKind.ASSIGNED
        yield from _revealed(after, claim, fields, reason, claim.claimed_at)
    yield from _passed_on(decision)
    if after.job.walk == before.job.walk:
        return
    more = fields - walking.opened(before.job, before.playbook)
    known = {claim.number for claim in before.claims}
    for claim in after.claims:
        if claim.live and claim.number in known:
            yield from _revealed(after, claim, more, EventKind.FOUND, decision.events[0].at)


def _passed_on(decision: Decision) -> Iterator[Save]:
    """What was said to those who are on the job: words may hold anything."""
    for said in decision.events:
        if said.kind is not EventKind.SAID:
            continue
        listeners = saying.told(said)
        for claim in decision.after.claims:
            if claim.live and claim.person_id in listeners:
                yield from _revealed(decision.after, claim, _WORDS, EventKind.SAID, said.at)


def _revealed(
    after: Situation, claim: Claim, fields: frozenset[str], reason: EventKind, at: Micros
) -> Iterator[Save]:
    person = after.roster.people.get(claim.person_id)
    if person is None or not person.trusted or not fields:
        return
    yield Save(
        "insert_reveal",
        {
            "committee_id": after.job.committee_id,
            "job_id": after.job.id,
            "person_id": claim.person_id,
            "fields": join(fields),
            "at": at,
            "reason": reason.value,
        },
    )
