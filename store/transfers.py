"""The store's part about jobs that go from one committee to another: what both of them keep of it, in one
transaction. What is decided is none of this module's business.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from dispatch import relays, transferring
from dispatch.errors import UnknownRelayError
from dispatch.events import EventKind
from dispatch.jobs import Job, JobStatus, Outcome
from dispatch.moments import Micros
from dispatch.people import Roster
from dispatch.relays import Relay, RelayState
from dispatch.situation import Decision, Situation
from dispatch.transfers import Fate, Transfer
from store import outbox, situations
from store.crypto import Vault
from store.engine import Params, Query, R, Row, Rows, Save, SaveMany
from store.memory import Memory
from store.part import Part
from store.relays import columns, owing


class TransferRows(Part):
    """What `dispatch.transfers.Transfers` promises of reading them."""

    async def transfer(self, committee_id: int, relay_id: int) -> Transfer:
        """See `Transfers.transfer`."""
        where = {"committee_id": committee_id, "relay_id": relay_id}
        rows = await self._engine.read(Query("transfer_by_relay", where))
        if not rows:
            raise UnknownRelayError
        return _read(rows[0], self._vault)

    async def asked_transfers(self, committee_id: int) -> tuple[int, ...]:
        """See `Transfers.asked_transfers`."""
        rows = await self._engine.read(Query("asked_transfers", {"committee_id": committee_id}))
        return tuple(row["relay_id"] for row in rows)

    async def fate(self, committee_id: int, job_id: int) -> Fate | None:
        """See `Transfers.fate`."""
        where = {"committee_id": committee_id, "job_id": job_id}
        for name in ("fate_for_sender", "fate_for_taker"):
            if rows := await self._engine.read(Query(name, where)):
                return _fate(rows[0])
        return None


def apart(
    steps: Generator[Sequence[Query], Rows, R],
) -> Generator[Sequence[Query], Rows, R]:
    """The steps of one committee within a work about two: they see the rows of their own queries alone."""
    before = {name: len(found) for name, found in (yield ()).items()}
    queries = next(steps)
    while True:
        rows = yield queries
        own = {name: found[before.get(name, 0) :] for name, found in rows.items()}
        try:
            queries = steps.send(own)
        except StopIteration as end:
            done: R = end.value
            return done


def begun(
    decision: Decision, memory: Memory, vault: Vault
) -> Generator[Sequence[Query], Rows, Sequence[Save | SaveMany]]:
    """What is to be kept where a decision asks another committee; nothing where it does not."""
    job, pending = decision.after.job, decision.after.job.pending
    event = next((each for each in decision.events if each.kind is EventKind.HANDING_OVER), None)
    if pending is None or event is None:
        return ()
    to = yield from apart(situations.known_roster(pending.committee_id, memory))
    relay = transferring.relay(job, pending.since_version, to, event.at)
    rows = yield (Query("insert_relay", columns(relay)),)
    number: int = rows["insert_relay"][-1]["id"]
    said = {
        "relay_id": number,
        "committee_id": relay.committee_id,
        "sender_id": job.committee_id,
        "job_id": job.id,
        "since_version": pending.since_version,
        "note": vault.seal(event.note),
    }
    return (Save("insert_transfer", said), *_asked(number, relay, job, to, event.at))


def ended(decision: Decision) -> Iterator[Save]:
    """What is to be kept where a decision ends what another committee was asked, and they have not taken it;
    the statement that follows gives the rows that this owes."""
    before, after = decision.before.job.pending, decision.after.job
    if before is None or not before.open or (after.pending is not None and after.pending.open):
        return
    if after.outcome is not Outcome.HANDED_OVER:
        taker = _holder(decision.after)
        state = RelayState.OVER if taker is None else RelayState.TAKEN
        where = {"committee_id": before.committee_id, "at": decision.events[-1].at}
        now = {**where, "state": state.value, "person_id": taker}
        yield Save("end_transfer", {**now, "cause": transferring.cause(after.id, before.since_version)})
    yield from told(after, before.committee_id, before.since_version, decision.events[-1].at)


def told(job: Job, committee_id: int, since_version: int, at: Micros) -> Iterator[Save]:
    """Whoever was asked is owed a card that is true."""
    cause = transferring.cause(job.id, since_version)
    owed = f"{cause} over"
    yield Save("owe_asked", {"committee_id": committee_id, "cause": cause, "owed": owed, "at": at})
    yield Save(outbox.OWED, {"cause": owed})


def followed(decision: Decision) -> Iterator[Save]:
    """What the sender of a job that was handed over is owed when something visible becomes of it."""
    before, job = decision.before.job, decision.after.job
    if job.origin_id is None or (before.version and _seen(decision.before) == _seen(decision.after)):
        return
    owed = f"job {job.id} v{job.version} sender"
    yield Save("owe_sender", {"origin_id": job.origin_id, "owed": owed, "at": decision.events[-1].at})
    yield Save(outbox.OWED, {"cause": owed})


def taken(transfer: Transfer, person_id: int, now: Micros) -> Save:
    """The transfer is theirs, provided that nobody else was first."""
    where = {"relay_id": transfer.relay_id, "committee_id": transfer.committee_id}
    return Save("take_transfer", {**where, "person_id": person_id, "at": now}, expect=1)


def _holder(situation: Situation) -> int | None:
    """Whoever of the office has the job by what they were asked."""
    pending = situation.job.pending
    number = None if pending is None else pending.claim
    return next((each.person_id for each in situation.claims if each.number == number), None)


def _seen(situation: Situation) -> tuple[object, ...]:
    return situation.job.status, situation.job.outcome, any(each.holds_place for each in situation.claims)


def _asked(number: int, relay: Relay, job: Job, to: Roster, now: Micros) -> Iterator[Save | SaveMany]:
    asks: list[Params] = [
        {
            "relay_id": number,
            "position": position,
            "committee_id": relay.committee_id,
            "person_id": person,
            "asked_at": now,
        }
        for position, person in enumerate(relay.asked)
    ]
    if not asks:
        return
    yield SaveMany("insert_relay_ask", asks)
    kind = transferring.notice(job)
    kept = replace(relay, id=number)
    yield from owing(kept, relays.owed(kept, dict.fromkeys(relay.asked, kind), to, now), now)


def _read(row: Row, vault: Vault) -> Transfer:
    return Transfer(
        relay_id=row["relay_id"],
        committee_id=row["committee_id"],
        sender_id=row["sender_id"],
        job_id=row["job_id"],
        since_version=row["since_version"],
        note=vault.unseal(row["note"]),
    )


def _fate(row: Row) -> Fate:
    return Fate(
        committee=row["committee"],
        job_id=row["job_id"],
        status=JobStatus(row["status"]),
        taken=bool(row["taken"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        by=row["by_name"] or "",
    )
