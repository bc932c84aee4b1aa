"""Pictures of care plans, one short method each: who may add one, take one away, or see them.

A job that the plan opens has them as pictures of its own, and goes by the rules of those (`showing`).
"""

import logging
from collections.abc import Mapping, Sequence

from dispatch import access
from dispatch.care_pictures import NamedPicture
from dispatch.people import Person
from dispatch.pictures import Picture
from dispatch.service import Service
from dispatch.verbs import Verb

_log = logging.getLogger(__name__)


class Depicting:
    """Looks after them. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def all(self, reader: Person) -> Mapping[int, tuple[str, ...]]:
        """Names of those that the reader may see, by plan."""
        if not access.allows(Verb.SEE_RESIDENTS, reader, reader.committee_id):
            return {}
        return await self._store.care_pictures(reader.committee_id)

    async def picture(self, reader: Person, name: str) -> Picture:
        """One of them. Raises `NotAllowedError` and what `CarePictures.care_picture` raises."""
        access.check(Verb.SEE_RESIDENTS, reader, reader.committee_id)
        found = await self._store.care_picture(reader.committee_id, name)
        _log.info("person %d was shown a picture of a care plan", reader.id)
        return found

    async def add(self, actor: Person, plan_id: int, added: Sequence[NamedPicture]) -> int:
        """Keep them; how many were new. Raises `NotAllowedError` and what `add_care_pictures` raises."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        now = self._service.clock.now()
        return await self._store.add_care_pictures(actor.committee_id, plan_id, added, actor.id, now)

    async def drop(self, actor: Person, name: str) -> None:
        """Let go of it. Raises `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        now = self._service.clock.now()
        await self._store.drop_care_picture(actor.committee_id, name, actor.id, now)
