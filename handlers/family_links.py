"""Which of a resident's family are told, for the desk: links made for them, SMS, and the end of both.

Knows the contacts that the register lists, and nothing of what anybody is told.
"""

import logging
from dataclasses import dataclass, replace

from dispatch.kinship import Kinship
from dispatch.people import SMS, Person
from dispatch.service import Service
from dispatch.telling import Linked, Ticket
from handlers.messages import Reply
from handlers.texts import Catalogs, Texts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact of a resident, for the desk; without a name the resident. `ticket` is that of their link, if
    there is one; `linked`: a chat has it; `texts`: they can be told by SMS instead."""

    name: str
    ticket: Ticket | None
    said: str
    linked: bool
    texts: bool = False


class FamilyLinks:
    """Answers the desk about family. Without `sms` nobody is told by SMS."""

    def __init__(self, service: Service, catalogs: Catalogs, *, sms: bool = False) -> None:
        self._service = service
        self._catalogs = catalogs
        self._sms = sms
        self._kinship = Kinship(service)

    async def sheet(self, reader: Person, resident: str) -> tuple[Contact, ...]:
        """Whom staff can let know, of the resident of that key. Raises `NotAllowedError` and
        `UnknownPersonError`."""
        texts, roster = self._catalogs.texts(reader.language), await self._service.roster(reader.committee_id)
        zone = roster.committee.timezone
        found = await self._kinship.contacts(reader, resident)
        return tuple(self._contact(each, zone, texts) for each in found)

    async def invite(self, reader: Person, resident: str, name: str, language: str) -> Contact:
        """A link for that contact. Raises as `sheet`."""
        if language not in self._catalogs.languages:
            language = reader.language
        family = await self._kinship.invite(reader, resident, name, language)
        _log.info("person %d made family link %d", reader.id, family.id)
        roster = await self._service.roster(reader.committee_id)
        texts = self._catalogs.texts(reader.language)
        return self._contact(Linked(name=name, family=family), roster.committee.timezone, texts)

    async def text(self, reader: Person, resident: str, name: str, language: str) -> Reply:
        """Tell that contact by SMS, who was asked. Raises as `sheet`."""
        texts = self._catalogs.texts(reader.language)
        if not self._sms:
            return Reply(text=texts.say("Nothing was changed."), ok=False)
        if language not in self._catalogs.languages:
            language = reader.language
        family = await self._kinship.text(reader, resident, name, language)
        _log.info("person %d made family link %d, by SMS", reader.id, family.id)
        return Reply(text=texts.say("From now on they are told by SMS."))

    async def revoke(self, reader: Person, resident: str, name: str) -> Reply:
        """End the link of that contact. Raises as `sheet`."""
        texts = self._catalogs.texts(reader.language)
        ended = await self._kinship.revoke(reader, resident, name)
        return Reply(
            text=texts.say("They are told nothing more.") if ended else texts.say("Nothing was changed."),
            ok=ended,
        )

    def _contact(self, each: Linked, zone: str, texts: Texts) -> Contact:
        told = each.family is not None and each.family.address is not None
        return replace(_contact(each, zone, texts), texts=self._sms and each.phone and not told)


def _contact(each: Linked, zone: str, texts: Texts) -> Contact:
    family, say = each.family, texts.say
    if family is None:
        return Contact(name=each.name, ticket=None, said="", linked=False)
    if family.address is None or family.linked_at is None:
        said = say(
            "A link was made on {day}; nobody has opened it in a chat.", day=texts.day(family.made_at, zone)
        )
        return Contact(name=each.name, ticket=family.ticket, said=said, linked=False)
    since = texts.day(family.linked_at, zone)
    if family.address.platform == SMS:
        said = say("Told by SMS since {day}; a chat would take its place.", day=since)
        return Contact(name=each.name, ticket=family.ticket, said=said, linked=False)
    said = say("Told on {platform} since {day}.", platform=family.address.platform.capitalize(), day=since)
    return Contact(name=each.name, ticket=family.ticket, said=said, linked=True)
