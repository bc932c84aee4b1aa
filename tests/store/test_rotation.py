"""A new key for everything: nothing is lost wherever it is cut off, all is found afterwards, and the old
key opens nothing any more."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.fernet import Fernet

from dispatch.devices import Subscription
from dispatch.joining import Account, Request
from store import SqlStore, rotation
from store.crypto import KEY_FILE, Vault
from store.errors import KeyWrongError
from store.holdings import HOLDINGS
from store.rehashing import LASTING, REHASHED
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

TOKEN = "token of the hotline"  # noqa: S105 - invented
HOOK = "https://hotline.example/told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What is listed before, meanwhile and afterwards."""

    old: str
    new: str

    @property
    def both(self) -> str:
        return f"{self.new},{self.old}"


@pytest.fixture
def keys(base: Base) -> Keys:
    old = (base.data / KEY_FILE).read_text(encoding="ascii").strip()
    return Keys(old=old, new=Fernet.generate_key().decode())


@pytest.fixture
async def filled(store: SqlStore) -> Place:
    """A committee with something in most of what is sealed or hashed; its store is closed."""
    place = await settle(store)
    await place.post(phone=samples.PHONE)
    await store.change(place.committee_id, 1, samples.told("钥匙在邻居家"))
    await store.add_source(place.committee_id, "hotline", token=TOKEN, webhook=HOOK, secret="s", now=NOW)
    address = await store.address("telegram", "1008")
    assert address is not None
    device = Subscription(endpoint="https://push.example/1", p256dh="k", auth="a")
    await store.keep_device(address, device, NOW)
    account = Account(platform="telegram", value="77001")
    request = Request(
        committee_id=place.committee_id, account=account, language="en", name="Ma", phone="13600136000"
    )
    await store.apply(request, NOW)
    await store.close()
    return place


async def turn(base: Base, keys: str, *, links: bool = False, cut_at: int = 0) -> Vault:
    """Rotate by these keys; with `cut_at` that many writes go through and no more."""
    vault = Vault.open(base.data, keys)
    await (await base.open(vault, OurClock())).close()
    async with rotation.opened(base.data, base.url) as there:
        await rotation.rotate(Cut(there, cut_at) if cut_at else there, vault, ignored, links=links)
    return vault


def ignored(_table: str, _rows: int) -> None:
    """Nobody reads how far it is."""


class CutError(Exception):
    """The power went."""


class Cut:
    """A database that can be written so many times."""

    def __init__(self, base: rotation.Base, times: int) -> None:
        self._base = base
        self._left = times

    async def rows(self, query: str, values: Sequence[object] = ()) -> Sequence[Any]:
        return await self._base.rows(query, values)

    async def write(self, changes: Sequence[rotation.Change]) -> None:
        if not self._left:
            raise CutError
        self._left -= 1
        await self._base.write(changes)

    async def check_alone(self) -> None:
        await self._base.check_alone()


async def check_whole(base: Base, place: Place, keys: str) -> None:
    """Everything is there and is found, by these keys."""
    store = await base.open(Vault.open(base.data, keys), OurClock())
    private = await store.private(place.committee_id, 1)
    assert (private.text, private.phone, private.resident_name) == (
        samples.SAID,
        samples.PHONE,
        samples.RESIDENT,
    )
    assert "钥匙在邻居家" in [entry.note for entry in await store.timeline(place.committee_id, 1)]
    assert (await store.load(samples.register(), prune=False, demo=False))["changed"] == 0
    again = await place_of(store, place).post(nonce=f"found {keys[:4]}")
    assert (await store.private(place.committee_id, again.job_id)).resident_name == samples.RESIDENT
    assert await store.source(TOKEN) is not None
    address = await store.address("telegram", "1008")
    assert address is not None
    assert [each.endpoint for each in await store.devices(address)] == ["https://push.example/1"]
    await store.close()


def place_of(store: SqlStore, place: Place) -> Place:
    return Place(store=store, committee_id=place.committee_id, people=place.people, buildings=place.buildings)


async def test_afterwards_the_new_key_alone_opens_and_finds_everything_and_the_old_one_nothing(
    base: Base, filled: Place, keys: Keys
) -> None:
    before = Vault.open(base.data, keys.old)
    await turn(base, keys.both)
    await check_whole(base, filled, keys.new)
    with pytest.raises(KeyWrongError, match="not the key"):
        await base.open(Vault.open(base.data, keys.old), OurClock())
    for table, holding in HOLDINGS.items():
        for column in holding.sealed:
            for row in await base.rows(f"SELECT {column} AS token FROM {table} WHERE {column} <> ''"):  # noqa: S608 - our own list
                with pytest.raises(KeyWrongError):
                    before.unseal(row["token"])


@pytest.mark.parametrize("cut_at", [4])
async def test_wherever_it_is_cut_off_both_keys_open_it_and_it_is_gone_on_with(
    base: Base, filled: Place, keys: Keys, cut_at: int
) -> None:
    with pytest.raises(CutError):
        await turn(base, keys.both, cut_at=cut_at)
    with pytest.raises(KeyWrongError):
        await base.open(Vault.open(base.data, keys.new), OurClock())
    await check_whole(base, filled, keys.both)  # the program may be started in between
    await turn(base, keys.both)
    await check_whole(base, filled, keys.new)


async def test_what_outlives_a_key_stays_unless_the_links_are_to_change(
    base: Base, filled: Place, keys: Keys
) -> None:
    before = Vault.open(base.data, keys.old)
    await turn(base, keys.both)
    vault = await opened(base, keys.new)
    for purpose in (b"web", b"invite", b"push", b"matrix"):
        assert vault.derive(purpose) == before.derive(purpose)
    third = Fernet.generate_key().decode()
    await turn(base, f"{third},{keys.new}", links=True)
    vault = await opened(base, third)
    assert vault.derive(b"push") == before.derive(b"push")
    assert vault.derive(b"web") != before.derive(b"web")
    await check_whole(base, filled, third)


async def opened(base: Base, keys: str) -> Vault:
    vault = Vault.open(base.data, keys)
    await (await base.open(vault, OurClock())).close()
    return vault


async def test_nothing_is_begun_while_others_use_the_database(base: Base, filled: Place, keys: Keys) -> None:
    if base.url is None:
        pytest.skip("the data folder is held there")
    store = await base.open(Vault.open(base.data, keys.both), OurClock())
    await store.committees()
    async with rotation.opened(base.data, base.url) as there:
        with pytest.raises(rotation.DatabaseInUseError, match="nothing was lost"):
            await rotation.rotate(there, Vault.open(base.data, keys.both), ignored, links=False)
    await store.close()
    await check_whole(base, filled, keys.old)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from store import open_store, rotation
from store.crypto import Vault

def told(table, rows):
    if table == "residents":
        os.kill(os.getpid(), signal.SIGKILL)

async def main(data, keys):
    vault = Vault.open(data, keys)
    await (await open_store(data, vault)).close()
    async with rotation.opened(data, None) as base:
        await rotation.rotate(base, vault, told, links=False)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def test_a_process_that_is_killed_in_the_middle_loses_nothing(
    base: Base, filled: Place, keys: Keys
) -> None:
    if base.url is not None:
        pytest.skip("one kind of kill is enough: there a session ends")
    command = [sys.executable, "-c", KILLED, str(base.data), keys.both]
    run = subprocess.run(command, check=False)  # noqa: S603, ASYNC221 - our own code, and nothing else goes on
    assert run.returncode == -signal.SIGKILL
    await check_whole(base, filled, keys.both)
    await turn(base, keys.both)
    await check_whole(base, filled, keys.new)


def test_every_hash_is_made_anew_or_outlives_keys() -> None:
    hashed = {table for table, holding in HOLDINGS.items() if holding.hashes}
    assert hashed == REHASHED.keys() | LASTING
    assert not REHASHED.keys() & LASTING
