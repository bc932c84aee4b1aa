"""Another account of somebody who is in already: a code is given where they are known, and typed where they
are not. The words around it; who is tied to what is decided elsewhere."""

import logging

from dispatch import linking
from dispatch.admission import Admission
from dispatch.joining import Account
from dispatch.moments import MINUTE
from dispatch.people import PAGE, Address, Person
from dispatch.service import Service
from handlers.messages import Incoming, Reply
from handlers.texts import Catalogs, Texts

_log = logging.getLogger(__name__)


class Linking:
    """Answers `/link` everywhere, and the page about it."""

    def __init__(self, service: Service, admission: Admission, catalogs: Catalogs) -> None:
        self._service = service
        self._admission = admission
        self._catalogs = catalogs

    async def asked(self, actor: Person, incoming: Incoming, words: str, texts: Texts) -> Reply:
        """What somebody of the committee writes behind `/link`. Raises `DispatchError`."""
        if not words.strip():
            return Reply(text=_told(await self._admission.link_code(actor), texts))
        address = incoming.address
        if address.platform == PAGE:
            return Reply(
                text=texts.say("This is your own page already. Write the code in the chat."), ok=False
            )
        account = Account(platform=address.platform, value=address.value)
        return await self.typed(words, account, incoming.committee)

    async def typed(self, words: str, account: Account, to: str | None = None) -> Reply:
        """A code that was typed in a chat. Raises `DispatchError`."""
        person = await self._admission.link(words, account, to=to)
        return await self._linked(person)

    async def code(self, address: Address) -> str:
        """A new code, for the page. Raises `UnknownPersonError`."""
        return await self._admission.link_code(await self._service.person(address))

    async def page(self, typed: str, who: str, reader: Person | None) -> Person:
        """Whose page a browser is to be from now on, by a code typed there. Raises `DispatchError`."""
        person = await self._admission.link_page(typed, who, reader)
        _log.info("person %d linked a browser by a code", person.id)
        return person

    async def _linked(self, person: Person) -> Reply:
        _log.info("person %d linked an account by a code", person.id)
        texts = self._catalogs.texts(person.language)
        roster = await self._service.roster(person.committee_id)
        return Reply(
            text=texts.say(
                "Linked, {person}: this is an account of yours at {committee}, too.",
                person=person.name,
                committee=roster.committee.name,
            )
        )


def _told(code: str, texts: Texts) -> str:
    how = texts.say(
        "In the other chat, write to the bot within {minutes} minutes: /link {code}",
        minutes=linking.LASTS // MINUTE,
        code=code,
    )
    return texts.sentences(how, texts.say("Whoever types this code is you here: show it to nobody."))
