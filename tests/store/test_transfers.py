"""A job between two committees as it is kept: both of them are written, or neither, and one is first."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from dispatch import lifecycle, transferring
from dispatch.errors import DispatchError, UnknownRelayError
from dispatch.jobs import Draft, JobStatus, Outcome, Private
from dispatch.kept import Saved
from dispatch.moments import Micros
from dispatch.playbook import Playbook
from dispatch.relays import RelayState
from dispatch.situation import Decision, Situation
from dispatch.transfers import PATIENCE, Exchanged, Takeover, Transfer
from dispatch.verbs import Command, Verb
from store import SqlStore
from store.crypto import Vault
from store.maps import Geodesic
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

FAR = Geodesic()
NOTE = "钥匙在隔壁老周家"


class BrokenOffError(DispatchError):
    """The work stops in its middle."""


def commanded(command: Command) -> Callable[[Situation], Decision]:
    return lambda found: lifecycle.decide(found, command, NOW, FAR, {})


async def verb(place: Place, job_id: int, name: Verb, **fields: object) -> Saved:
    command = Command(verb=name, actor=place.people["li"], **fields)  # type: ignore[arg-type]  # fields by name
    return await place.store.change(place.committee_id, job_id, commanded(command))


async def beside(store: SqlStore) -> tuple[Place, Place, Transfer]:
    """Two committees, and a job of the first that the second is asked to take."""
    here, there = await settle(store), await settle(store, "fenglin")
    for place in (here, there):
        await store.invite(place.committee_id, place.people["li"], revoke=False)
    saved = await here.post(lambda found: lifecycle.posted(found, NOW, FAR))
    await verb(here, saved.job_id, Verb.HAND_OVER, committee=there.committee_id, patience=PATIENCE, note=NOTE)
    (relay,) = await store.asked_transfers(there.committee_id)
    return here, there, await store.transfer(there.committee_id, relay)


def takes(there: Place, transfer: Transfer, *, breaks: bool = False) -> Takeover:
    person = there.people["li"]

    def rewrite(sent: Situation, private: Private) -> tuple[Draft, Playbook]:
        draft = transferring.rewritten(transfer, sent, private, person, there.buildings["3"])
        return draft, sent.playbook

    def decide(found: Situation) -> Decision:
        if breaks:
            raise BrokenOffError
        return lifecycle.posted(found, NOW, FAR)

    return Takeover(person_id=person, rewrite=rewrite, decide=decide)


async def answers(
    store: SqlStore, there: Place, transfer: Transfer, *, accepts: bool = True, now: Micros = NOW
) -> Exchanged:
    return await store.answer_transfer(
        transfer,
        lambda sent: lifecycle.answered(sent, transfer, now, FAR, accepts=accepts),
        takes(there, transfer) if accepts else None,
        now,
    )


async def test_a_process_that_remembers_nothing_keeps_the_two_committees_apart(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> None:
    here, there, transfer = await beside(store)
    other = await base.open(vault, clock)
    done = await answers(other, there, transfer)
    assert done.made is not None
    made = done.made.after
    assert made.roster.committee.id == made.job.committee_id == there.committee_id
    assert set(made.roster.people) == set(there.people.values())
    assert set(done.sent.after.roster.people) == set(here.people.values())
    assert {each.person_id for each in made.asks} <= set(there.people.values())
    private = await other.private(there.committee_id, made.job.id)
    assert samples.SAID in private.text
    assert NOTE in private.text
    assert private.unit == samples.DOOR
    sent, taken = [
        await other.fate(place.committee_id, job)
        for place, job in ((here, transfer.job_id), (there, made.job.id))
    ]
    assert sent is not None
    assert taken is not None
    assert (sent.job_id, taken.job_id) == (made.job.id, transfer.job_id)
    assert not sent.taken
    again = await answers(store, there, transfer)
    assert (again.made, again.sent.changed) == (None, False)
    await other.close()


async def test_of_an_acceptance_and_a_claim_in_the_same_moment_one_wins(store: SqlStore) -> None:
    here, there, transfer = await beside(store)
    volunteer = next(who for key, who in here.people.items() if key.startswith("v"))
    claim = commanded(Command(verb=Verb.CLAIM, actor=volunteer))
    *taken, claimed = await asyncio.gather(
        *(answers(store, there, transfer) for _ in range(3)),
        here.store.change(here.committee_id, transfer.job_id, claim),
    )
    assert isinstance(claimed, Saved)
    sent = await here.situation(transfer.job_id)
    theirs = await store.open_jobs(there.committee_id)
    if sent.job.outcome is Outcome.HANDED_OVER:
        assert (len(theirs), sent.claims) == (1, ())
    else:
        assert theirs == ()
        assert [each.person_id for each in sent.claims] == [volunteer]
    assert len([each for each in taken if isinstance(each, Exchanged) and each.made]) == len(theirs)
    kinds = [each.kind.value for each in await store.timeline(here.committee_id, transfer.job_id)]
    assert ("handed_over" in kinds) is (len(theirs) == 1)
    assert ("claimed" in kinds) is (len(theirs) == 0)
    assert await store.asked_transfers(there.committee_id) == ()


async def test_what_breaks_off_leaves_the_job_with_its_sender_and_makes_none(store: SqlStore) -> None:
    here, there, transfer = await beside(store)
    before = await here.situation(transfer.job_id)
    with pytest.raises(BrokenOffError):
        await store.answer_transfer(
            transfer,
            lambda sent: lifecycle.answered(sent, transfer, NOW, FAR, accepts=True),
            takes(there, transfer, breaks=True),
            NOW,
        )
    assert await here.situation(transfer.job_id) == before
    assert await store.open_jobs(there.committee_id) == ()
    assert await store.asked_transfers(there.committee_id) == (transfer.relay_id,)


async def test_nobody_else_reads_a_transfer_and_its_note_is_sealed(store: SqlStore, base: Base) -> None:
    here, there, transfer = await beside(store)
    assert transfer.note == NOTE
    third = await settle(store, "liulin")
    for place in (here, third):
        with pytest.raises(UnknownRelayError):
            await store.transfer(place.committee_id, transfer.relay_id)
        assert await store.asked_transfers(place.committee_id) == ()
    assert await store.fate(there.committee_id, transfer.job_id) is None
    assert NOTE.encode() not in await base.kept()


@pytest.mark.parametrize("accepts", [True, False])
async def test_whoever_was_asked_is_owed_a_true_card_and_the_sender_what_becomes_of_it(
    store: SqlStore, accepts: bool
) -> None:
    _, there, transfer = await beside(store)
    done = await answers(store, there, transfer, accepts=accepts)
    rows = await store.outbox([*done.rows, *done.quiet])
    about = {each.relay_id for each in rows if each.committee_id == there.committee_id and each.relay_id}
    assert about == {transfer.relay_id}
    assert (done.made is not None) is accepts
    if done.made is None:
        return
    made = done.made.after.job
    assert made.status is JobStatus.OPEN
    finished = await verb(there, made.id, Verb.COMPLETE)
    owed = await store.outbox([*finished.rows, *finished.quiet])
    assert transfer.job_id in {each.job_id for each in owed if each.committee_id == transfer.sender_id}


async def at_the_office(store: SqlStore) -> tuple[Place, Transfer]:
    """A job that the people of its own committee's office are asked to take."""
    here, file = await settle(store), samples.register()
    await store.load(
        replace(file, ladder={**(file.ladder or {}), "office": ("li",)}), prune=False, demo=False
    )
    await store.invite(here.committee_id, here.people["li"], revoke=False)
    saved = await here.post(lambda found: lifecycle.posted(found, NOW, FAR))
    await verb(here, saved.job_id, Verb.HAND_OVER, office=True, patience=PATIENCE, note=NOTE)
    (relay,) = await store.asked_transfers(here.committee_id)
    return here, await store.transfer(here.committee_id, relay)


async def of_the_office(store: SqlStore, asked: Transfer, person: int, *, accepts: bool = True) -> Exchanged:
    return await store.answer_transfer(
        asked,
        lambda sent: lifecycle.answered(sent, asked, NOW, FAR, accepts=accepts, person=person),
        None,
        NOW,
    )


async def test_of_two_at_the_office_and_a_volunteer_in_the_same_moment_one_has_it(store: SqlStore) -> None:
    here, asked = await at_the_office(store)
    volunteer = here.people["v1"]
    claim = commanded(Command(verb=Verb.CLAIM, actor=volunteer))
    await asyncio.gather(
        *(of_the_office(store, asked, here.people[key]) for key in ("li", "v2")),
        here.store.change(here.committee_id, asked.job_id, claim),
    )
    found = await here.situation(asked.job_id)
    (winner,) = [each.person_id for each in found.claims if each.holds_place]
    relay = await store.relay(here.committee_id, asked.relay_id)
    assert relay.jobs == (asked.job_id,)
    assert relay.taken_by == (None if winner == volunteer else winner)
    assert relay.state is (RelayState.OVER if winner == volunteer else RelayState.TAKEN)
    assert await store.asked_transfers(here.committee_id) == ()
    assert len(await store.open_jobs(here.committee_id)) == 1


async def test_what_the_office_has_is_kept_and_so_is_what_it_gives_back(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> None:
    here, asked = await at_the_office(store)
    done = await of_the_office(store, asked, here.people["li"])
    assert done.made is None
    assert done.rows  # whoever has it is told
    other = await base.open(vault, clock)
    pending = (await other.situation(here.committee_id, asked.job_id)).job.pending
    assert pending is not None
    assert (pending.claim, pending.places, pending.open) == (1, 1, False)
    command = Command(verb=Verb.RELEASE, actor=here.people["li"])
    await other.change(here.committee_id, asked.job_id, commanded(command))
    found = await other.situation(here.committee_id, asked.job_id)
    assert found.job.status is JobStatus.OPEN
    assert found.job.pending is not None
    assert (found.job.pending.claim, found.job.pending.places) == (None, None)
    assert (await other.relay(here.committee_id, asked.relay_id)).taken_by == here.people["li"]
    await other.close()
