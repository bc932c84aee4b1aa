"""Pictures of care plans: what somebody is told who adds one, or takes one away."""

from collections.abc import Sequence

from dispatch.care_pictures import NamedPicture
from dispatch.depicting import Depicting
from dispatch.errors import PicturesUnavailableError
from dispatch.people import Address
from dispatch.pictures import Picture
from dispatch.service import Service
from handlers import sentences
from handlers.messages import Reply
from handlers.texts import Catalogs


class Depictions:
    """Answers staff. Everything may be repeated."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._depicting = Depicting(service)

    async def add(self, address: Address, plan_id: int, added: Sequence[NamedPicture]) -> Reply:
        """Keep pictures for a plan. Raises `DispatchError`."""
        actor = await self._service.person(address)
        texts = self._catalogs.texts(actor.language)
        try:
            new = await self._depicting.add(actor, plan_id, added)
        except PicturesUnavailableError as error:  # everything else goes on, so it is no outage of the page
            return Reply(text=sentences.refusal(error, texts), ok=False)
        if not new:
            return Reply(text=texts.say("It is with the plan already."), ok=False)
        return Reply(
            text=texts.say(
                "It is with the plan: whoever takes its next job, and every one after it, sees it."
            )
        )

    async def drop(self, address: Address, name: str) -> Reply:
        """Take one away. Raises `DispatchError`."""
        actor = await self._service.person(address)
        await self._depicting.drop(actor, name)
        said = self._catalogs.texts(actor.language).say("The picture is gone, also from jobs that are open.")
        return Reply(text=said)

    async def picture(self, address: Address, name: str) -> Picture:
        """One of them. Raises `DispatchError`."""
        return await self._depicting.picture(await self._service.person(address), name)
