"""What somebody sets for themselves, and what they have done: on either database, and over a restart."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command

from dispatch.claims import ClaimStatus
from dispatch.errors import UnknownPersonError
from dispatch.events import Event, EventKind
from dispatch.moments import HOUR
from dispatch.pauses import UNTIL_SAID
from dispatch.ports import Decide
from dispatch.situation import Decision, Situation
from store import SqlStore, migrations, schema
from store.crypto import Vault
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock


@pytest.fixture
async def place(store: SqlStore) -> Place:
    return await settle(store)


@pytest.mark.parametrize("until", [NOW + HOUR, UNTIL_SAID])
async def test_a_rest_is_kept_over_a_restart_until_it_is_ended(
    store: SqlStore, place: Place, base: Base, vault: Vault, until: int
) -> None:
    person = place.people["li"]
    before = await store.roster(place.committee_id)
    await store.pause(place.committee_id, person, until)
    await store.close()
    again = await base.open(vault, OurClock())
    kept = await again.roster(place.committee_id)
    assert kept.people[person].paused_until == until
    assert kept.committee.revision > before.committee.revision
    await again.pause(place.committee_id, person, None)
    assert (await again.roster(place.committee_id)).people[person].paused_until is None
    await again.close()


async def test_the_same_rest_again_writes_nothing(store: SqlStore, place: Place) -> None:
    await store.pause(place.committee_id, place.people["li"], NOW + HOUR)
    once = await store.roster(place.committee_id)
    await store.pause(place.committee_id, place.people["li"], NOW + HOUR)
    assert await store.roster(place.committee_id) == once


async def test_loading_the_committees_file_again_wakes_nobody(store: SqlStore, place: Place) -> None:
    await store.pause(place.committee_id, place.people["li"], NOW + HOUR)
    await store.load(samples.register(), prune=True, demo=False)
    roster = await store.roster(place.committee_id)
    assert roster.people[place.people["li"]].paused_until == NOW + HOUR


async def test_nobody_rests_for_another_committee(store: SqlStore, place: Place) -> None:
    theirs = await settle(store, "fangxiang")
    with pytest.raises(UnknownPersonError):
        await store.pause(place.committee_id, theirs.people["li"], NOW + HOUR)
    roster = await store.roster(theirs.committee_id)
    assert roster.people[theirs.people["li"]].paused_until is None


def finished(before: Situation) -> Decision:
    """The newest claim is done now."""
    *others, claim = before.claims
    done = replace(claim, status=ClaimStatus.DONE, ended_at=claim.claimed_at + HOUR)
    event = Event(kind=EventKind.FINISHED, at=NOW)
    return samples.decided(before, event, after=replace(before, claims=(*others, done)))


async def test_only_what_was_finished_counts_and_only_for_whoever_finished_it(
    store: SqlStore, place: Place
) -> None:
    theirs = await settle(store, "fangxiang")
    first, second = await place.post(nonce="one"), await place.post(nonce="two")
    for job in (first.job_id, second.job_id):
        await store.change(place.committee_id, job, samples.claim(place.people["li"]))
    assert await store.served(place.committee_id, place.people["li"]) == ()
    await store.change(place.committee_id, first.job_id, finished)
    (served,) = await store.served(place.committee_id, place.people["li"])
    assert (served.job_id, served.done_at - served.claimed_at) == (first.job_id, HOUR)
    assert served.building_id == place.buildings["3"]
    assert await store.served(place.committee_id, place.people["new"]) == ()
    assert await store.served(theirs.committee_id, place.people["li"]) == ()


def test_whoever_rested_before_there_were_moments_rests_until_they_say_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, upgrade = tmp_path / schema.DATABASE, command.upgrade
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _head: upgrade(config, "0007"))
    migrations.upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO committees VALUES (1, 'wutongli', '', '', '', '{}', 0, 0)")
        for key, paused in (("wang", 0), ("li", 1)):
            connection.execute(
                "INSERT INTO people (committee_id, key, name, language, roles, skills, phone, paused,"
                " link_epoch) VALUES (1, ?, '', '', '', '[]', '', ?, 0)",
                (key, paused),
            )
    monkeypatch.undo()
    schema.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT key, paused_until FROM people ORDER BY id").fetchall()
    assert kept == [("wang", None), ("li", UNTIL_SAID)]


def thanked(by: int, words: str) -> Decide:
    """Somebody gives thanks."""

    def decide(before: Situation) -> Decision:
        job = replace(before.job, thanked_by=(*before.job.thanked_by, by))
        event = Event(kind=EventKind.THANKED, at=NOW, actor_id=by, note=words)
        return samples.decided(before, event, after=replace(before, job=job))

    return decide


async def test_thanks_are_counted_with_their_words_and_nobodys_own_count(
    store: SqlStore, place: Place
) -> None:
    job, li, wang = (await place.post()).job_id, place.people["li"], place.people["v1"]
    await store.change(place.committee_id, job, samples.claim(li))
    await store.change(place.committee_id, job, finished)
    for by, words in ((wang, samples.SAID), (li, "did it myself")):
        await store.change(place.committee_id, job, thanked(by, words))
    (served,) = await store.served(place.committee_id, li)
    assert served.thanked == 1
    assert [(each.by, each.words) for each in served.thanks] == [(wang, samples.SAID)]
    assert await store.served(place.committee_id, wang) == ()
