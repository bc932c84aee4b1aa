"""What only the desk's pages ask: a preview, the people, the night, and links to hand out.

Every answer is for somebody whom the access table lets follow every job, or decide who is let in; for others
it raises `NotAllowedError`.
"""

import logging
from collections.abc import Mapping

from dispatch import access
from dispatch.admission import Admission
from dispatch.errors import UnknownPersonError
from dispatch.people import Address, Person
from dispatch.service import Service
from dispatch.verbs import Verb
from handlers import members, naming, preview, reveals, sentences
from handlers import night as nights
from handlers.messages import Incoming, Reply
from handlers.reveals import Reveals
from handlers.sheets import Night, People, Preview
from handlers.texts import Catalogs, Texts

_log = logging.getLogger(__name__)


class Desk:
    """Answers the pages of staff and secretaries. Only `invite`, `trust` and `vouch` change anything."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._admission = Admission(service.store, service.bell, service.clock)

    async def preview(self, incoming: Incoming) -> Preview:
        """How the message would be understood if it were posted now. Raises `NotAllowedError`."""
        actor = await self._allowed(incoming.address, Verb.POST)
        roster = await self._service.roster(actor.committee_id)
        texts = self._catalogs.texts(actor.language)
        return preview.preview(incoming, actor, roster, self._service.playbooks, texts)

    async def people(self, address: Address, wanted: str) -> People:
        """People and buildings, as far as `wanted` asks for. Raises `NotAllowedError`."""
        reader = await self._allowed(address, Verb.SEE_DESK)
        return members.people(
            wanted,
            await self._service.roster(reader.committee_id),
            await self._service.store.open_jobs(reader.committee_id),
            await self._service.unreached(reader),
            self._catalogs.texts(reader.language),
            self._service.clock.now(),
        )

    async def night(self, address: Address) -> Night:
        """The last hours on one sheet. Raises `NotAllowedError`."""
        reader = await self._allowed(address, Verb.SEE_DESK)
        return nights.night(
            await self._service.home(reader),
            await self._service.roster(reader.committee_id),
            await self._service.unreached(reader),
            self._catalogs.texts(reader.language),
            self._service.clock.now(),
        )

    async def reveals(self, address: Address, query: Mapping[str, str]) -> Reveals:
        """Who was shown what, as `query` asks for it (`person`, `job`, `day`). Raises `NotAllowedError`."""
        reader = await self._allowed(address, Verb.SEE_REVEALS)
        roster = await self._service.roster(reader.committee_id)
        wish = reveals.wish(query, roster, self._service.clock.now())
        found = await self._service.store.reveals(reader.committee_id, wish, reveals.MOST + 1)
        texts = self._catalogs.texts(reader.language)
        return reveals.page(found, query, roster, self._service.playbooks, texts)

    async def invites(self, address: Address) -> bool:
        """Whether this reader hands out personal links: those who decide who is let in."""
        reader = await self._service.person(address)
        return access.allows(Verb.APPROVE, reader, reader.committee_id)

    async def invite(self, address: Address, person_id: int, *, revoked_from: int | None = None) -> Person:
        """Somebody of the committee to whom a personal link may be handed; with `revoked_from`, the epoch of
        their link as the page showed it, that one and the accounts tied by it stop working first.

        Repeating is safe: what was revoked since is not revoked again. Raises `NotAllowedError` and
        `UnknownPersonError`."""
        actor = await self._allowed(address, Verb.APPROVE)
        person = (await self._service.roster(actor.committee_id)).people.get(person_id)
        if person is None:
            raise UnknownPersonError
        revoke = revoked_from == person.link_epoch
        # Ids only: who has handed out whose link, for whoever looks after the committee's safety.
        _log.info("person %d has the link of person %d%s", actor.id, person.id, ", made anew" * revoke)
        return await self._service.store.invite(actor.committee_id, person.id, revoke=revoke)

    async def trust(self, actor: Person, words: str, texts: Texts) -> Reply:
        """What follows `/trust`: the whole name of somebody to vouch for. Raises `DispatchError`."""
        access.check(Verb.VOUCH, actor, actor.committee_id)
        if not words.strip():
            said = texts.say("For whom? Write the whole name, like this: /trust Wang Min")
            return Reply(text=said, ok=False)
        roster = await self._service.roster(actor.committee_id)
        return await self._vouched(actor, naming.called(words, roster.people.values()).id, texts)

    async def vouch(self, address: Address, person_id: int) -> Reply:
        """The same by the button of the list of people. Raises `DispatchError`."""
        actor = await self._service.person(address)
        return await self._vouched(actor, person_id, self._catalogs.texts(actor.language))

    async def _vouched(self, actor: Person, person_id: int, texts: Texts) -> Reply:
        answer, person = await self._admission.vouch(actor, person_id)
        # Ids only: who has vouched for whom, for whoever looks after the committee's safety.
        _log.info("person %d vouches for person %d: %s", actor.id, person.id, answer.key)
        return Reply(text=sentences.answer(answer, texts), ok=answer.key not in sentences.NOTHING_DONE)

    async def _allowed(self, address: Address, verb: Verb) -> Person:
        reader = await self._service.person(address)
        access.check(verb, reader, reader.committee_id)
        return reader
