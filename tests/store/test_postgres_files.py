"""Nothing private lies open in any file of PostgreSQL: tables, indexes, its log of writes, what it says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.errors import ConflictError
from dispatch.events import Event, EventKind
from dispatch.geography import Point
from dispatch.jobs import Correction
from dispatch.joining import Account, Request
from dispatch.pictures import Picture
from dispatch.situation import Decision, Situation
from store.crypto import Vault
from tests.postgres.databases import OWNER, Databases
from tests.postgres.fixtures import a_postgres_store
from tests.postgres.server import PostgresServer
from tests.store import samples
from tests.store.places import settle
from tests.store.samples import NOW, OurClock

SEEN = b"\xff\xd8\xff a picture of somebody's door "
GIVEN = "13600136000"
KEYS = "钥匙在邻居家"
PIN = Point(lat=31.20777, lon=121.47888)


@pytest.fixture
def url(own_postgres: PostgresServer) -> str:
    return Databases(own_postgres.url, OWNER).make_migrated()


def shown(before: Situation) -> Decision:
    """A picture is added, and the place is put right."""
    job = replace(before.job, pictures=1, hides=before.job.hides | {"text"})
    event = Event(kind=EventKind.PICTURED, at=NOW, data={"number": 1})
    made = samples.decided(before, event, after=replace(before, job=job))
    return replace(made, pictures=(Picture(data=SEEN * 100, width=16, height=12),))


def corrected(before: Situation) -> Decision:
    made = samples.decided(before, Event(kind=EventKind.CORRECTED, at=NOW))
    return replace(made, correction=Correction(place=PIN))


def broken(before: Situation) -> Decision:
    """A step that was taken already: the server refuses it, and says why in its log."""
    return samples.decided(before, Event(kind=EventKind.ASKED, at=NOW, loop=0, step=1, note=KEYS))


async def test_nothing_private_lies_open_in_any_file_of_the_server(
    own_postgres: PostgresServer, url: str, tmp_path: Path, clock: OurClock
) -> None:
    async with a_postgres_store(url, tmp_path, Vault.open(tmp_path, None), clock) as store:
        place = await settle(store)
        job_id = (await place.post(phone=samples.PHONE)).job_id
        for decide in (samples.claim(place.people["v1"]), samples.told(KEYS), shown, corrected):
            await store.change(place.committee_id, job_id, decide)
        with pytest.raises(ConflictError):
            await store.change(place.committee_id, job_id, broken)
        account = Account(platform="telegram", value="777001")
        await store.apply(
            Request(
                committee_id=place.committee_id, account=account, name="王小明", language="zh_CN", phone=GIVEN
            ),
            NOW,
        )
        dump = own_postgres.run("pg_dump", "--data-only", f"--dbname={url}")
    own_postgres.stop()
    files = [file for file in own_postgres.folder.rglob("*") if file.is_file()]
    found = b"".join(file.read_bytes() for file in files)
    own_postgres.start()
    # What is public is seen, so the search does search: in tables, and in what the server says of a refusal.
    assert "梧桐里居民区".encode() in found
    assert "梧桐里居民区" in dump
    assert "duplicate key" in own_postgres.log
    private = (*samples.PRIVATE_WORDS, KEYS, GIVEN, SEEN.decode("latin-1"), str(PIN.lat), str(PIN.lon))
    for word in private:
        assert word not in dump, word
        assert word.encode("latin-1" if word.startswith("\xff") else "utf-8") not in found, word
    assert not re.search(r"\b502\b|502室", dump)
