"""Who is behind a Matrix account: one of somebody's addresses, or a stranger.

One bot serves all committees, and a person may belong to several of them: then there is an address for each.
Authority never comes from here: whoever handles what was said asks the access table.
"""

from collections.abc import Awaitable, Callable, Sequence

from dispatch import access
from dispatch.people import Address, Person
from dispatch.ports import Store, Trace
from dispatch.verbs import Subject, Verb

PLATFORM = "matrix"
"""The platform's name in addresses."""


class People:
    """Looks accounts up. Somebody who is heard from again counts as reachable again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of_card(self, user_id: str, card: Trace) -> Address | None:
        """The address in the card's committee, else the first: what is foreign is then refused by the rules.

        None for somebody who has none."""
        if card.subject is Subject.APPLICATION:
            return await self._choose(user_id, self._store.application_committee, card.number)
        if card.subject is Subject.RELAY:
            return await self._choose(user_id, self._store.relay_committee, card.number)
        return await self.of_job(user_id, card.number)

    async def of_job(self, user_id: str, job_id: int) -> Address | None:
        """The same for a job."""
        return await self._choose(user_id, self._store.job_committee, job_id)

    async def of_words(self, user_id: str) -> Address | None:
        """The address that words about no job come from: one that may post jobs, else the first."""
        found = await self.heard(user_id)
        if len(found) > 1:
            found = [each for each in found if await self.posts(each)] or found
        return found[0] if found else None

    async def of_room(self, user_id: str, room: Sequence[Address]) -> Address | None:
        """The address that words in a committee's room come from: only one of that committee."""
        here = {each.committee_id for each in room}
        return next((each for each in await self.heard(user_id) if each.committee_id in here), None)

    async def heard(self, user_id: str) -> Sequence[Address]:
        """Somebody's addresses, oldest first. Those that were given up count again: they are heard from."""
        found = await self._store.addresses(PLATFORM, user_id) or await self._store.revive(PLATFORM, user_id)
        return [each for each in found if each.person_id is not None]

    async def rooms(self, room_id: str) -> Sequence[Address]:
        """The committees' rooms that this room is."""
        return [each for each in await self._store.addresses(PLATFORM, room_id) if each.audience is not None]

    async def posts(self, address: Address) -> bool:
        """Whether whoever has the address may post jobs."""
        person = await self.person(address)
        return person is not None and access.allows(Verb.POST, person, address.committee_id)

    async def person(self, address: Address) -> Person | None:
        """Whose address it is; None for somebody who left meanwhile."""
        roster = await self._store.roster(address.committee_id)
        return None if address.person_id is None else roster.people.get(address.person_id)

    async def language(self, address: Address | None) -> str:
        """What the person reads, or the room; of a stranger nothing is known."""
        if address is None:
            return ""
        person = await self.person(address)
        if person is not None:
            return person.language
        return address.language or (await self._store.roster(address.committee_id)).committee.language

    async def first_language(self) -> str:
        """What the first committee speaks: Matrix does not say what a stranger reads."""
        committees = await self._store.committees()
        return committees[0].language if committees else ""

    async def _choose(
        self, user_id: str, committee_of: Callable[[int], Awaitable[int | None]], number: int
    ) -> Address | None:
        found = await self.heard(user_id)
        if len(found) > 1:
            committee = await committee_of(number)
            found = [each for each in found if each.committee_id == committee] or found
        return found[0] if found else None
