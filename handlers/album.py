"""What platforms ask about the pictures of jobs: whether one would be taken, keeping it, and showing it.

How a picture is added and what may be seen of one is said in `pictures`.
"""

import logging

from dispatch import guides
from dispatch.errors import DispatchError, StoreUnavailableError
from dispatch.guides import Guides
from dispatch.people import Address
from dispatch.pictures import Picture
from dispatch.service import Service
from handlers import pictures, pins, sentences
from handlers.messages import Reply, Shown
from handlers.texts import FALLBACK, Catalogs

_log = logging.getLogger(__name__)


class Album:
    """The pictures of jobs, for whoever reads an address. Everything may be repeated."""

    def __init__(self, service: Service, catalogs: Catalogs, guides: Guides | None = None) -> None:
        """Without `guides` the steps of playbooks have no pictures."""
        self._service = service
        self._catalogs = catalogs
        self._guides = guides

    async def refuses(self, address: Address) -> str:
        """Why a picture from there would not be taken, in one sentence; empty where it would be.

        Raises `UnknownPersonError`."""
        actor = await self._service.person(address)
        return await pictures.refused(self._service, actor, self._catalogs.texts(actor.language))

    async def just_posted(self, address: Address) -> int | None:
        """The one job that whoever has the address posted in the last two minutes; None for none, and for
        several: then nobody can tell which was meant. Raises `UnknownPersonError`."""
        mine = await pins.just_posted(self._service, await self._service.person(address))
        return mine[0].id if len(mine) == 1 else None

    async def in_hand(self, address: Address) -> int | None:
        """The one job that whoever has the address has just now: what they send belongs to it. None for none,
        for several, and for the desk, whose pictures come with words. Raises `UnknownPersonError`."""
        actor = await self._service.person(address)
        held = () if actor.desk else await pictures.held(self._service, actor)
        return held[0] if len(held) == 1 else None

    async def add(self, address: Address, job_id: int, added: tuple[Picture, ...], receipt: str) -> Reply:
        """Add a picture to a job, or all pages of a document. Never raises a `DispatchError` but
        `StoreUnavailableError`: then nothing was kept, and trying again may help. The same receipt again adds
        nothing and says nothing."""
        texts = self._catalogs.texts(address.language or FALLBACK)
        try:
            actor = await self._service.person(address)
            texts = self._catalogs.texts(actor.language)
            return await pictures.add(self._service, actor, job_id, added, receipt, texts)
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            _log.warning("refused (%s): a picture by address %d for job %d", error.key, address.id, job_id)
            return Reply(text=sentences.refusal(error, texts), ok=False)

    async def picture(self, address: Address, job_id: int, number: int) -> Picture:
        """One picture, for whoever reads this address and may see it now.

        Raises `UnknownPersonError` and `UnknownPictureError`."""
        return await self._service.picture(await self._service.person(address), job_id, number)

    async def owed(self, address: Address, job_id: int, number: int, claim: int) -> Shown:
        """One picture that is owed because of a claim: the job's own, or one of its playbook's steps. Raises
        `UnknownPersonError`, and `UnknownPictureError` once the claim has ended."""
        reader = await self._service.person(address)
        if number <= guides.SHEET:
            return await pictures.guided(self._service, reader, job_id, number, claim, self._guides)
        return await pictures.shown(self._service, reader, job_id, number, claim)
