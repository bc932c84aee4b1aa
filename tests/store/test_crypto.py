"""Nothing private lies open on the disk, and no key but the right one opens the store."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store import SqlStore
from store.crypto import KEY_FILE, Vault
from store.errors import KeyFileOpenError, KeyMalformedError, KeyMissingError, KeyWrongError
from tests.store import samples
from tests.store.bases import Base
from tests.store.places import settle
from tests.store.samples import OurClock


def key() -> str:
    return Fernet.generate_key().decode()


async def test_nothing_private_lies_open_in_the_database(store: SqlStore, base: Base) -> None:
    place = await settle(store)
    job_id = (await place.post(phone=samples.PHONE)).job_id
    for person in ("v1", "v2"):
        await store.change(place.committee_id, job_id, samples.claim(place.people[person]))
    await store.change(place.committee_id, job_id, samples.told("钥匙在邻居家"))
    found = await base.kept()
    assert "梧桐里居民区".encode() in found  # what is public is seen, so the search does search
    for word in (*samples.PRIVATE_WORDS, "钥匙在邻居家"):
        assert word.encode() not in found, word
    assert not re.search(rb"\b502\b|502\xe5\xae\xa4", found)


async def test_every_private_column_holds_sealed_text_only(store: SqlStore, base: Base) -> None:
    place = await settle(store)
    await place.post(phone=samples.PHONE)
    columns = {
        "residents": ("key", "name", "unit", "phone", "notes", "contacts"),
        "job_private": ("text", "unit", "phone"),
    }
    for table, names in columns.items():
        rows = await base.rows(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608 - names of this test
        assert rows
        assert all(row[name].startswith("gAAAA") for row in rows for name in names)
    rows = await base.rows("SELECT key, phone FROM people")
    assert {row["key"]: row["phone"][:5] for row in rows if row["phone"]} == {"li": "gAAAA"}


def test_a_key_file_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    sealed = Vault.open(tmp_path, None).seal("word")
    path = tmp_path / KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.open(tmp_path, None).unseal(sealed) == "word"


def test_a_configured_key_needs_no_file(tmp_path: Path) -> None:
    Vault.open(tmp_path, key())
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_its_key_gets_no_new_one(data: Path) -> None:
    (data / KEY_FILE).unlink()
    with pytest.raises(KeyMissingError, match=r"secret\.key is missing"):
        Vault.open(data, None)
    assert not (data / KEY_FILE).exists()


def test_a_key_file_that_others_may_read_is_refused(data: Path) -> None:
    (data / KEY_FILE).chmod(0o644)
    with pytest.raises(KeyFileOpenError, match="chmod 600"):
        Vault.open(data, None)


@pytest.mark.parametrize("text", ["short", ",,", "密钥", "a" * 44, f"{'b' * 43}=,nonsense"])
def test_what_is_no_key_is_named_but_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyMalformedError) as caught:
        Vault.open(tmp_path, text)
    assert "SUIDAO_SECRET_KEY" in str(caught.value)
    assert text not in str(caught.value)


async def test_the_wrong_key_opens_nothing(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> None:
    await store.close()
    with pytest.raises(KeyWrongError, match="not the key"):
        await base.open(Vault.open(base.data, key()), clock)
    reopened = await base.open(vault, clock)
    await reopened.close()


async def test_a_new_key_in_front_still_opens_and_finds_what_the_old_one_sealed(
    store: SqlStore, base: Base, clock: OurClock
) -> None:
    place = await settle(store)
    first = (await place.post()).job_id
    await store.close()
    old = (base.data / KEY_FILE).read_text().strip()
    rotated = await base.open(Vault.open(base.data, f"{key()}, {old}"), clock)
    assert (await rotated.private(place.committee_id, first)).text == samples.SAID
    assert (await rotated.load(samples.register(), prune=False, demo=False))["changed"] == 0
    await rotated.close()


async def test_what_keys_are_listed_besides_changes_nothing_that_is_found(
    store: SqlStore, base: Base, clock: OurClock
) -> None:
    place = await settle(store)
    first = (await place.post()).job_id
    await store.close()
    old = (base.data / KEY_FILE).read_text().strip()
    reopened = await base.open(Vault.open(base.data, f"{old},{key()}"), clock)
    assert (await reopened.private(place.committee_id, first)).text == samples.SAID
    assert (await reopened.load(samples.register(), prune=False, demo=False))["changed"] == 0
    await reopened.close()


def test_hashes_differ_by_field_and_by_key_and_say_nothing(tmp_path: Path) -> None:
    one, other = Vault.open(tmp_path, key()), Vault.open(tmp_path, key())
    assert one.index("phone", samples.PHONE) == one.index("phone", samples.PHONE)
    assert one.index("phone", samples.PHONE) != one.index("unit", samples.PHONE)
    assert one.index("phone", samples.PHONE) != other.index("phone", samples.PHONE)
    assert samples.PHONE not in (one.index("phone", samples.PHONE) or "")
    assert one.index("phone", "") is None


def test_derived_secrets_are_stable_and_apart(tmp_path: Path) -> None:
    text = key()
    one, again = Vault.open(tmp_path, text), Vault.open(tmp_path, text)
    assert one.derive(b"web") == again.derive(b"web")
    assert len({one.derive(b"web"), one.derive(b"index"), one.derive(b"")}) == 3


def test_the_same_text_is_never_sealed_the_same_way_twice(vault: Vault) -> None:
    assert vault.seal("502") != vault.seal("502")
    assert vault.unseal(vault.seal("")) == ""


def test_an_error_about_a_private_text_does_not_show_it(vault: Vault, tmp_path: Path) -> None:
    token = Vault.open(tmp_path, key()).seal(samples.NOTES)
    with pytest.raises(KeyWrongError) as caught:
        vault.unseal(token)
    assert samples.NOTES not in repr(caught.value)
