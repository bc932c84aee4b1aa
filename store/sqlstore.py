"""The store: `dispatch.ports.Store` on an engine, one short method a promise.

What a row means stands in the module of its aggregate; what a transaction is, in the engine.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from dispatch.entries import RegisterFile
from dispatch.errors import ConflictError, UnknownJobError, UnknownPersonError
from dispatch.events import Entry
from dispatch.jobs import Draft, Job, Private
from dispatch.joining import Account, Ticket
from dispatch.kept import Due, OutboxRow, Saved, Taken
from dispatch.lately import Reader
from dispatch.moments import Micros
from dispatch.people import Address, Committee, Person, Roster
from dispatch.playbook import Playbook
from dispatch.ports import Clock, Decide, Reveals
from dispatch.reach import Send, Way
from dispatch.residents import Resident
from dispatch.situation import Decision, Situation
from dispatch.transfers import Exchanged, Takeover, Transfer
from store import (
    claims,
    invitations,
    jobs,
    ledger,
    newcomers,
    outbox,
    people,
    private,
    residents,
    rounds,
    routes,
    situations,
    ties,
)
from store import reveals as shown
from store.actings import ActingRows
from store.applicants import ApplicationRows
from store.attempts import insist
from store.bucket import Bucket
from store.care import CareRows
from store.care_pictures import CarePictureRows
from store.changes import Keeper, Wanted
from store.crypto import Vault
from store.drills import Drilling
from store.duty import Duties
from store.engine import Engine, Plan, Query, Rows, Save, Work, stepwise
from store.families import FamilyRows
from store.households import HouseholdRows
from store.matrix_rows import MatrixRows
from store.medicine import MedicineRows
from store.memory import Memory
from store.moving import Moving
from store.newcomers import Newcomers
from store.personal import Personal
from store.privacy import Privacy
from store.push import Devices
from store.records import Records
from store.register import Terms
from store.registers import Registers
from store.relays import RelayRows
from store.rounds import RoundRows
from store.sealings import SealingRows
from store.sources import SourceRows
from store.supplies import SupplyRows
from store.tallies import TallyRows
from store.together import Together
from store.transfers import TransferRows
from store.watch import Watched
from store.whereabouts import WhereaboutsRows

R = TypeVar("R")


class SqlStore(
    Moving,
    CarePictureRows,
    ApplicationRows,
    Devices,
    Personal,
    Duties,
    Watched,
    Drilling,
    SourceRows,
    RelayRows,
    TransferRows,
    ActingRows,
    SealingRows,
    CareRows,
    SupplyRows,
    Records,
    Newcomers,
    TallyRows,
    Registers,
    MatrixRows,
    Privacy,
    MedicineRows,
    WhereaboutsRows,
    FamilyRows,
    HouseholdRows,
    RoundRows,
):
    """`dispatch.ports.Store`. `close` it when nothing is to be kept any more."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Clock, memory: Memory, bucket: Bucket | None = None
    ) -> None:
        super().__init__(engine, vault, bucket)
        self._clock = clock
        self._memory = memory
        self._keeper = Keeper(vault, memory)
        self._rosters = Together(self._roster)

    async def close(self) -> None:
        """Finish what was handed in, then let go of the database. Repeating is safe."""
        await self._engine.close()

    async def post(self, draft: Draft, playbook: Playbook, now: Micros, decide: Decide) -> Saved:
        """See `Store.post`."""
        return await self._insist(lambda: rounds.posted(self._keeper, draft, playbook, now, decide))

    async def change(
        self,
        committee_id: int,
        job_id: int,
        decide: Decide,
        receipt: str = "",
        reveals: Reveals | None = None,
        to: Reader | None = None,
    ) -> Saved:
        """See `Store.change`."""
        now = self._clock.now()
        wanted = Wanted(committee_id=committee_id, job_id=job_id, receipt=receipt, reveals=reveals, to=to)
        try:
            # Without a receipt it cannot be told whether a decision that may have been kept is there already.
            return await self._insist(
                lambda: self._keeper.change(wanted, decide, now),
                hold=jobs.hold(committee_id, job_id),
                before=None if to is None else shown.hold(committee_id, to.person_id),
                repeatable=bool(receipt),
            )
        except ConflictError:
            self._memory.drop_job(job_id)
            raise

    async def answer_transfer(
        self,
        transfer: Transfer,
        decide: Callable[[Situation], Decision],
        takeover: Takeover | None,
        now: Micros,
    ) -> Exchanged:
        """See `Transfers.answer_transfer`."""
        try:
            return await self._insist(
                lambda: self._keeper.exchange(transfer, decide, takeover, now),
                hold=jobs.hold(transfer.sender_id, transfer.job_id),
            )
        except ConflictError:
            self._memory.drop_job(transfer.job_id)
            raise

    async def situation(self, committee_id: int, job_id: int) -> Situation:
        """See `Store.situation`."""
        now = self._clock.now()
        return await insist(
            self._engine.look,
            lambda: stepwise(situations.view(committee_id, job_id, now, self._memory, self._vault)),
        )

    async def private(self, committee_id: int, job_id: int) -> Private:
        """See `Store.private`. Raises `UnknownJobError`."""
        rows = await self._engine.read(private.of_job(committee_id, job_id))
        if not rows:
            raise UnknownJobError(job=job_id)
        return residents.read_private(rows[0], self._vault)

    async def timeline(self, committee_id: int, job_id: int) -> tuple[Entry, ...]:
        """See `Store.timeline`."""
        rows = await self._read("entries_of_job", committee_id=committee_id, job_id=job_id)
        return ledger.read(rows, self._vault)

    async def said(self, committee_id: int, job_id: int, since: int) -> tuple[Entry, ...]:
        """See `Store.said`."""
        rows = await self._read("words_of_job", committee_id=committee_id, job_id=job_id, since=since)
        return ledger.read(rows, self._vault)

    async def due(self, now: Micros, limit: int, shard: int = 0, shards: int = 1) -> tuple[Due, ...]:
        """See `Store.due`."""
        rows = await self._read("due_jobs", now=now, limit=limit, shard=shard, shards=shards)
        return tuple(
            Due(committee_id=row["committee_id"], job_id=row["id"], look_at=row["look_at"]) for row in rows
        )

    async def open_jobs(self, committee_id: int) -> tuple[Job, ...]:
        """See `Store.open_jobs`."""
        return jobs.oldest_first(await self._read("open_jobs", committee_id=committee_id), self._vault)

    async def jobs_of(self, committee_id: int, person_id: int, since: Micros) -> tuple[Job, ...]:
        """See `Store.jobs_of`."""
        rows = await self._read("jobs_of_person", committee_id=committee_id, person_id=person_id, since=since)
        return jobs.newest_first(rows, self._vault)

    async def closed_since(self, committee_id: int, since: Micros) -> tuple[Job, ...]:
        """See `Store.closed_since`."""
        rows = await self._read("closed_jobs", committee_id=committee_id, since=since)
        return tuple(jobs.read(row, self._vault) for row in rows)

    async def claims_since(self, committee_id: int, since: Micros) -> tuple[Taken, ...]:
        """See `Store.claims_since`."""
        rows = await self._read("claims_since", committee_id=committee_id, since=since)
        return tuple(map(claims.read_taken, rows))

    async def roster(self, committee_id: int) -> Roster:
        """See `Store.roster`. Raises `UnknownPersonError` when there is no such committee."""
        return await self._rosters.ask(committee_id)

    async def _roster(self, committee_id: int) -> Roster:
        return await insist(
            self._engine.look, lambda: stepwise(situations.roster(committee_id, self._memory))
        )

    async def committees(self) -> tuple[Committee, ...]:
        """See `Store.committees`."""
        return tuple(map(people.committee, await self._read("all_committees")))

    async def person(self, committee_id: int, key: str) -> Person:
        """See `Store.person`."""
        rows = await self._read("person_by_key", committee_id=committee_id, key=key)
        if not rows:
            raise UnknownPersonError
        return people.person(rows[0])

    async def address(self, platform: str, value: str) -> Address | None:
        """See `Store.address`."""
        rows = await self._glance("address_by_value", platform=platform, value=value, now=self._clock.now())
        return people.address(rows[0], rows[0]["id"]) if rows else None

    async def addresses(self, platform: str, value: str) -> tuple[Address, ...]:
        """See `Store.addresses`."""
        rows = await self._glance("addresses_by_value", platform=platform, value=value, now=self._clock.now())
        return tuple(people.address(row, row["id"]) for row in rows)

    async def revive(self, platform: str, value: str) -> tuple[Address, ...]:
        """See `Store.revive`."""
        await self._insist(lambda: routes.revive(platform, value))
        return await self.addresses(platform, value)

    async def address_failed(self, address: Address, reason: str) -> None:
        """See `Store.address_failed`."""
        await self._write(*routes.fail(address, reason, self._clock.now()))

    async def ways(self, committee_id: int) -> tuple[Way, ...]:
        """See `Store.ways`."""
        rows = await self._read("addresses_of", committee_id=committee_id)
        return routes.read_ways(rows, await self.ringing(committee_id))

    async def sends(self, committee_id: int, job_id: int) -> tuple[Send, ...]:
        """See `Store.sends`."""
        return tuple(map(routes.read_send, await self._engine.read(routes.sends_of(committee_id, job_id))))

    async def tell_desk(self, row: OutboxRow) -> tuple[int, ...]:
        """See `Store.tell_desk`."""
        return await self._insist(lambda: routes.tell_desk(row, self._memory, self._clock.now()))

    async def move_room(self, platform: str, old: str, new: str) -> None:
        """See `Store.move_room`."""
        await self._insist(lambda: routes.move(platform, old, new))

    async def next_address(self, row: OutboxRow) -> int | None:
        """See `Store.next_address`."""
        now = self._clock.now()
        # Done twice, it would be owed to the address after that as well.
        return await self._insist(lambda: routes.pass_on(row, self._memory, now), repeatable=False)

    async def job_committee(self, job_id: int) -> int | None:
        """See `Store.job_committee`."""
        rows = await self._glance("committee_of_job", job_id=job_id)
        return rows[0]["committee_id"] if rows else None

    async def invite(self, committee_id: int, person_id: int, *, revoke: bool) -> Person:
        """See `Store.invite`. Raises `UnknownPersonError`."""
        return await self._insist(
            lambda: invitations.invite(committee_id, person_id, revoke=revoke), hold=people.hold(committee_id)
        )

    async def set_language(self, committee_id: int, person_id: int, language: str) -> None:
        """See `Store.set_language`. Raises `UnknownPersonError`."""
        await self._insist(lambda: invitations.speak(committee_id, person_id, language))

    async def residents(self, committee_id: int) -> tuple[Resident, ...]:
        """See `Store.residents`. Only active ones."""
        rows = await self._read("residents_of", committee_id=committee_id)
        return tuple(residents.read(row, self._vault) for row in rows if row["active"])

    async def load(self, file: RegisterFile, *, prune: bool, demo: bool) -> Mapping[str, int]:
        """See `Store.load`. Raises `BadFileError` for a key that nothing answers to."""
        loaded = await self._load(file, prune=prune, terms=Terms(now=self._clock.now(), demo=demo))
        return loaded.counts

    async def present(self, address_id: int, until: Micros | None) -> None:
        """See `Store.present`."""
        last = self._clock.now() if until is None else until
        await self._write(Save("set_presence", {"address_id": address_id, "until": last}))

    async def outbox(self, ids: Sequence[int]) -> tuple[OutboxRow, ...]:
        """See `Store.outbox`."""
        queries = [Query("owed_row", {"id": row_id}) for row_id in sorted(set(ids))]
        if not queries:
            return ()

        def found(rows: Rows) -> Plan[tuple[OutboxRow, ...]]:
            owed = tuple(map(outbox.read, rows["owed_row"]))
            return Plan((), lambda _rows: owed)

        return await insist(self._engine.look, lambda: Work(queries, found))

    async def overdue_outbox(
        self, before: Micros, limit: int, platforms: Collection[str] = (), *, others: bool = True
    ) -> tuple[int, ...]:
        """See `Store.overdue_outbox`. A row to be tried again counts from when it may be."""
        rows = await self._engine.read(outbox.overdue(before, limit, platforms, others=others))
        return tuple(row["id"] for row in rows)

    async def not_reached(self, rows: Sequence[OutboxRow], now: Micros) -> None:
        """See `Store.not_reached`."""
        await self._write(outbox.nobody_there(rows, now))

    async def adopt_card(self, address: Address, job_id: int, ref: str) -> None:
        """See `Store.adopt_card`."""
        where = {"address_id": address.id, "job_id": job_id, "committee_id": address.committee_id}
        await self._write(Save("save_card", {**where, "ref": ref, "sent_at": self._clock.now()}))

    async def doubtful(self, address: Address, job_id: int) -> bool:
        """See `Store.doubtful`."""
        return bool(await self._engine.read(outbox.unknown_sends(address, job_id)))

    async def card_ref(self, address: Address, job_id: int) -> str | None:
        """See `Store.card_ref`."""
        where = {"address_id": address.id, "job_id": job_id, "committee_id": address.committee_id}
        rows = await self._glance("card_of", **where)
        return rows[0]["ref"] if rows else None

    async def has_card(self, address: Address) -> bool:
        """See `Store.has_card`."""
        where = {"address_id": address.id, "committee_id": address.committee_id}
        return bool(await self._glance("any_card_of", **where))

    async def job_of_ref(self, platform: str, ref: str) -> int | None:
        """See `Store.job_of_ref`."""
        rows = await self._glance("jobs_of_card", platform=platform, ref=ref, longer=f"{ref}:%")
        return rows[0]["job_id"] if rows else None

    async def delivered(
        self, row: OutboxRow, *, now: Micros, result: str, ref: str | None, retry_at: Micros | None
    ) -> None:
        """See `Store.delivered`."""
        await self._write(*outbox.outcome(row, now=now, result=result, ref=ref, retry_at=retry_at))

    async def tie(
        self, ticket: Ticket, account: Account, now: Micros, code: str = ""
    ) -> tuple[Person, tuple[int, ...]]:
        """See `Store.tie`."""
        spent = newcomers.spent(code, now, self._vault) if code else ()
        return await self._insist(
            lambda: ties.tie(ticket, account, now, self._vault, spent), hold=people.hold(ticket[0])
        )
