"""Somebody's own page, put together: their jobs, what they are asked beside, and how everything stands."""

from dataclasses import replace

from dispatch import access
from dispatch.admission import Admission
from dispatch.people import Address
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import applicants, pages
from handlers.buildings import Buildings
from handlers.handovers import Handovers
from handlers.home import Home
from handlers.inquiries import Inquiries
from handlers.messages import Tone
from handlers.texts import Catalogs


class Front:
    """Puts a page together; nothing is changed by it."""

    def __init__(
        self,
        service: Service,
        catalogs: Catalogs,
        admission: Admission,
        inquiries: Inquiries,
        handovers: Handovers,
        buildings: Buildings,
    ) -> None:
        self._service = service
        self._catalogs = catalogs
        self._admission = admission
        self._inquiries = inquiries
        self._handovers = handovers
        self._buildings = buildings

    async def home(self, address: Address) -> Home:
        """The page. Raises `UnknownPersonError`."""
        reader = await self._service.person(address)
        texts, now = self._catalogs.texts(reader.language), self._service.clock.now()
        roster = await self._service.roster(reader.committee_id)
        home = pages.home(
            reader,
            roster,
            await self._service.home(reader),
            self._service.playbooks,
            await self._service.on_duty(reader.committee_id),
            texts,
            now,
            await self._service.near(reader),
        )
        waiting = [
            applicants.card(each, roster, texts, now, decides=True)
            for each in await self._admission.waiting(reader)
        ]
        desk = access.allows(Verb.SEE_DESK, reader, reader.committee_id)
        relays = await self._handovers.cards(reader, texts)
        told = await self._buildings.cards(reader, texts)
        return replace(
            home,
            cards=tuple(sorted((*home.cards, *told), key=lambda each: each.rank)),
            relays=relays,
            alarm=home.alarm or any(each.tone is Tone.ALARM for each in relays),
            out=await self._handovers.standing(reader, texts),
            care=reader.id in await self._service.store.carers(reader.committee_id),
            applications=tuple(waiting),
            quiet="" if waiting or relays else home.quiet,
            unreached=await self._inquiries.unreached(reader, texts) if desk else None,
        )
