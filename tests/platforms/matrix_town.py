"""The whole program beside a real homeserver: a committee of people with accounts, and a bot that signs in.

Everything here is what runs at a committee's; time is the real one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import app
from bot.app import Program
from config import settings
from dispatch import register
from dispatch.jobs import JobStatus, Outcome
from dispatch.moments import HOUR
from tests.platforms.matrix_server import Member, Synapse
from tests.platforms.matrix_server.phone import Phone
from tests.ports import free_port
from tests.stories.committee import COMMITTEE

NAMES = {"lin": "林社工", "v3": "邻居三", "v4": "邻居四", "zhao": "赵书记"}
"""Who has an account: one of the staff, two volunteers, the secretary on duty."""

WITHIN_S = 30.0
"""Seconds for anything to happen while others use the machine; alone everything takes about one."""


@dataclass(kw_only=True)
class MatrixTown:
    """The running program, the accounts of its people, and the volunteers' room."""

    program: Program
    synapse: Synapse
    bot: Member
    members: Mapping[str, Member]
    room_id: str

    async def jobs(self) -> list[int]:
        """The open jobs' numbers."""
        committee = (await self.program.store.committees())[0]
        return [job.id for job in await self.program.store.open_jobs(committee.id)]

    async def status(self, job: int) -> tuple[JobStatus, Outcome | None]:
        """Where the job is."""
        committee = (await self.program.store.committees())[0]
        found = (await self.program.store.situation(committee.id, job)).job
        return found.status, found.outcome

    async def holders(self, job: int) -> list[str]:
        """Keys of those who hold a place."""
        committee = (await self.program.store.committees())[0]
        situation = await self.program.store.situation(committee.id, job)
        return [
            situation.roster.people[claim.person_id].key for claim in situation.claims if claim.holds_place
        ]

    async def until(self, holds: Callable[[], Awaitable[object]], what: str) -> None:
        """Wait for something that the store will say."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not await holds():  # noqa: ASYNC110 - it is the program's doing
                    await asyncio.sleep(0.05)
        except TimeoutError:
            message = f"not within {WITHIN_S} s: {what}"
            raise AssertionError(message) from None

    async def closed(self, job: int) -> None:
        """Wait until the job is done and closed."""

        async def done() -> bool:
            return await self.status(job) == (JobStatus.CLOSED, Outcome.DONE)

        await self.until(done, f"job {job} is closed")

    async def quiet(self) -> bool:
        """Nothing is owed to anybody, now or later."""
        return not await self.program.store.overdue_outbox(self.program.service.clock.now() + HOUR, 1)

    async def posted(self, known: Iterable[int] = ()) -> int:
        """Wait for a job that was not known; its number."""
        found: set[int] = set()

        async def there() -> bool:
            found.update(set(await self.jobs()) - set(known))
            return bool(found)

        await self.until(there, "a new job")
        return found.pop()


@asynccontextmanager
async def matrix_town(
    synapse: Synapse, folder: Path, *, encrypted: bool = False, bot: Member | None = None
) -> AsyncIterator[MatrixTown]:
    """The program, signed in as `bot` (a new account by default) and invited to the volunteers' room."""
    account = bot or await synapse.register("suidao", display_name="随到")
    members = {key: await synapse.register(key, display_name=name) for key, name in NAMES.items()}
    async with Phone(synapse.url, members["lin"]) as lin:
        room_id = await lin.create_room(name="志愿者群", invite=[account.user_id])
    environ = {
        "SUIDAO_MATRIX__HOMESERVER": synapse.url,
        "SUIDAO_MATRIX__USER_ID": account.user_id,
        "SUIDAO_MATRIX__ACCESS_TOKEN" if bot else "SUIDAO_MATRIX__PASSWORD": (
            account.access_token if bot else account.password
        ),
        "SUIDAO_MATRIX__ENCRYPTED_ROOMS": str(encrypted).lower(),
        "SUIDAO_WEB__PORT": str(free_port()),
    }
    async with app.running(settings.read(environ), folder) as program:
        await program.store.load(
            register.parse("town.toml", _committee(members, room_id)), prune=False, demo=False
        )
        town = MatrixTown(program=program, synapse=synapse, bot=account, members=members, room_id=room_id)
        yield town
        await town.until(town.quiet, "everything owed is delivered")


def _committee(members: Mapping[str, Member], room_id: str) -> dict[str, object]:
    people = COMMITTEE["people"]
    assert isinstance(people, list)
    return {
        **COMMITTEE,
        "people": [
            {**person, "addresses": {"matrix": members[person["key"]].user_id}}
            if person["key"] in members
            else person
            for person in people
        ],
        "rooms": [{"platform": "matrix", "chat": room_id, "audience": "volunteers"}],
    }
