"""The committee that a storm goes over: invented people who all have a page, and systems that post jobs.

It is settled by the store itself, without a process: a storm has other things to wait for.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sources import TOKEN
from bot.web.links import Links
from dispatch import register
from store import open_store
from store.clock import WallClock
from store.crypto import Vault

VOLUNTEERS = tuple(f"v{number}" for number in range(1, 13))
STAFF = ("lin", "mia", "han", "wu")
LADDER = {"duty": "zhao", "deputy": "qian", "director": "sun", "office": "desk"}
"""Who stands on each rung."""

SOURCES = tuple(f"hotline-{number}" for number in range(1, 9))
"""Each may post two jobs a second for long (`bot.api.app`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Who there is: people's numbers and personal links by key, the systems' tokens."""

    people: Mapping[str, int]
    links: Mapping[str, str]
    tokens: Mapping[str, str]


async def settle(data: Path, url: str | None = None) -> Town:
    """Load the committee into a new folder, or the database of that address; the folder gets the key, unless
    it has one."""
    await asyncio.to_thread(data.mkdir, 0o700, exist_ok=True)
    vault = Vault.open(data, None)
    links = Links(vault.derive(b"web"), "http://127.0.0.1")
    store = await open_store(data, vault, database_url=url)
    try:
        await store.load(register.parse("storm.toml", _table()), prune=False, demo=False)
        (committee,) = await store.committees()
        for person in (await store.roster(committee.id)).people:
            await store.invite(committee.id, person, revoke=False)
        tokens = {key: f"{TOKEN}{secrets.token_urlsafe(32)}" for key in SOURCES}
        for key, token in tokens.items():
            now = WallClock().now()
            await store.add_source(committee.id, key, token=token, webhook="", secret="", now=now)
        people = (await store.roster(committee.id)).people.values()
        return Town(
            people={person.key: person.id for person in people},
            links={person.key: links.link(person).rpartition("/")[2] for person in people},
            tokens=tokens,
        )
    finally:
        await store.close()


def _table() -> dict[str, Any]:
    return {
        "committee": {
            "key": "storm",
            "name": "风暴里居民区",
            "language": "zh_CN",
            "timezone": "Asia/Shanghai",
            "coordinates": "wgs84",
            "emergency": {"ambulance": "120", "police": "110"},
        },
        "buildings": [
            {"key": str(number), "name": f"{number}号楼", "lat": 31.2, "lon": 121.47 + number / 1000}
            for number in range(1, 5)
        ],
        "people": [
            *({**_person(key, "volunteer"), "trusted": True, "building": "3"} for key in VOLUNTEERS),
            *(_person(key, "staff") for key in STAFF),
            *(_person(key, "office" if key == "desk" else "secretary") for key in LADDER.values()),
        ],
        "ladder": {**{rung: [key] for rung, key in LADDER.items()}, "last_resort": ["sun", "desk"]},
    }


def _person(key: str, role: str) -> dict[str, object]:
    return {"key": key, "name": f"居民{key}", "roles": [role], "language": "zh_CN"}
