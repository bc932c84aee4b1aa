"""Who is behind a Telegram account: one of somebody's addresses, or a stranger.

One bot may serve several committees, and one person may belong to several of them: then there is an address
for each. Authority never comes from here: whoever handles what was tapped asks the access table.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import Chat, User

from bot.telegram.bots import Bots
from bot.telegram.callbacks import Tap
from bot.telegram.carrying import PLATFORM
from dispatch import access
from dispatch.people import Address, Person
from dispatch.ports import Store
from dispatch.verbs import ADMITTING, RELAYING, Verb
from handlers.messages import Stranger


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody with an address. `returned`: it had been given up, so a message there may not arrive now."""

    address: Address
    returned: bool = False


class People:
    """Looks accounts up. Somebody who is heard from again counts as reachable again."""

    def __init__(self, store: Store, bots: Bots) -> None:
        self._store = store
        self._bots = bots

    async def of_tap(self, bot: Bot, user: User, tap: Tap) -> Known | None:
        """As `of_job`, for whatever a button is about."""
        if tap.verb in ADMITTING:
            return await self._choose(bot, user, self._store.application_committee, tap.job_id)
        if tap.verb in RELAYING:
            return await self._choose(bot, user, self._store.relay_committee, tap.job_id)
        return await self.of_job(bot, user, tap.job_id)

    async def of_job(self, bot: Bot, user: User, job_id: int) -> Known | None:
        """The address in the job's committee, else the first: a foreign job is then refused by the rules.

        None for somebody who has none."""
        return await self._choose(bot, user, self._store.job_committee, job_id)

    async def of_words(self, bot: Bot, user: User) -> Known | None:
        """The address that words about no job come from: one that may post jobs, else the first."""
        found, returned = await self._found(bot, user.id)
        if len(found) > 1:
            found = [each for each in found if await self.posts(each)] or found
        return Known(address=found[0], returned=returned) if found else None

    async def of_room(self, bot: Bot, user: User, room: Chat) -> Known | None:
        """The address that words in a group come from: where the group is a committee's room, only one of
        that committee; else as `of_words`."""
        rooms = await self._store.addresses(PLATFORM, str(room.id))
        if not rooms:
            return await self.of_words(bot, user)
        here = {each.committee_id for each in rooms}
        found, returned = await self._found(bot, user.id)
        return next(
            (Known(address=each, returned=returned) for each in found if each.committee_id in here), None
        )

    async def addresses(self, bot: Bot, user_id: int) -> Sequence[Address]:
        """Somebody's working addresses that this bot serves, oldest first."""
        return await self._served(bot, await self._store.addresses(PLATFORM, str(user_id)))

    async def heard(self, bot: Bot, user_id: int) -> Sequence[Address]:
        """The same, for somebody who is known to be reachable: every address of theirs counts again."""
        return await self._served(bot, await self._store.revive(PLATFORM, str(user_id)))

    async def posts(self, address: Address) -> bool:
        """Whether whoever has the address may post jobs."""
        person = await self.person(address)
        return person is not None and access.allows(Verb.POST, person, address.committee_id)

    async def person(self, address: Address) -> Person | None:
        """Whose address it is; None for somebody who left meanwhile."""
        roster = await self._store.roster(address.committee_id)
        return None if address.person_id is None else roster.people.get(address.person_id)

    async def language(self, known: Known | None, user: User) -> str:
        """What the person reads; of a stranger what their Telegram speaks."""
        person = None if known is None else await self.person(known.address)
        return (user.language_code or "") if person is None else person.language

    def stranger(self, bot: Bot, user: User) -> Stranger:
        """Somebody without an address, as Telegram describes them."""
        return Stranger(
            platform=PLATFORM,
            value=str(user.id),
            name=user.full_name,
            language=user.language_code or "",
            committee=self.committee(bot),
        )

    def committee(self, bot: Bot) -> str | None:
        """Key of the committee whose own bot it is; None for the one for all."""
        return next((key for key, each in self._bots.all() if each.id == bot.id), None)

    async def _choose(
        self, bot: Bot, user: User, committee_of: Callable[[int], Awaitable[int | None]], number: int
    ) -> Known | None:
        found, returned = await self._found(bot, user.id)
        if len(found) > 1:
            committee = await committee_of(number)
            found = [each for each in found if each.committee_id == committee] or found
        return Known(address=found[0], returned=returned) if found else None

    async def _found(self, bot: Bot, user_id: int) -> tuple[Sequence[Address], bool]:
        """Addresses, and whether they had to be called back to life: writing to us, from wherever it is,
        says who somebody is even while their own chat is closed to us."""
        found = await self.addresses(bot, user_id)
        return (found, False) if found else (await self.heard(bot, user_id), True)

    async def _served(self, bot: Bot, addresses: Sequence[Address]) -> Sequence[Address]:
        """A committee's own bot speaks for no other committee."""
        key = self.committee(bot)
        if key is None:
            return addresses
        rosters = [await self._store.roster(each.committee_id) for each in addresses]
        return [each for each, roster in zip(addresses, rosters, strict=True) if roster.committee.key == key]
