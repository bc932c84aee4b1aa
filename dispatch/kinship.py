"""Family of residents, one short method each: staff make a link, an account opens it, gives thanks, and goes.

Who they are, and what they are told, is `telling`'s. Beside `admission`, which lets people into the
committee: nobody comes in by this.
"""

from dispatch import access, telling, thanking
from dispatch.errors import LinkForeignError, UnknownJobError, UnknownPersonError
from dispatch.jobs import Job
from dispatch.joining import Account
from dispatch.people import Person
from dispatch.service import Service
from dispatch.telling import Family, Linked, Ticket, WantedLink
from dispatch.verbs import Answer, AnswerKey, Verb


class Kinship:
    """Whom the committee tells. Every method may be repeated: the second time changes nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._store = service.store

    async def contacts(self, actor: Person, resident: str) -> tuple[Linked, ...]:
        """The family of a resident with their links, for those who keep the register. Raises
        `NotAllowedError` and `UnknownPersonError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        return await self._store.family_contacts(actor.committee_id, resident)

    async def invite(self, actor: Person, resident: str, name: str, language: str) -> Family:
        """A link for that contact, or (`telling.OWN`) for the resident, the same one as long as it counts.
        Raises `NotAllowedError` and `UnknownPersonError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        wanted = WantedLink(
            committee_id=actor.committee_id,
            resident=resident,
            name=name,
            language=language,
            mark=telling.fresh_mark(),
        )
        return await self._store.make_family_link(wanted, self._service.clock.now())

    async def text(self, actor: Person, resident: str, name: str, language: str) -> Family:
        """Tell that contact by SMS from now on, for as long as no chat takes its place; who is told already
        stays as they are. Raises as `invite`, also for a contact without a number."""
        if not any(each.name == name and each.phone for each in await self.contacts(actor, resident)):
            raise UnknownPersonError
        family = await self.invite(actor, resident, name, language)
        if family.address is not None:
            return family
        return await self._store.tie_family(family.ticket, telling.by_sms(family), self._service.clock.now())

    async def revoke(self, actor: Person, resident: str, name: str) -> bool:
        """End the link of that contact; False where there is none. Raises as `invite`."""
        for each in await self.contacts(actor, resident):
            if each.name == name and each.family is not None:
                await self._store.end_family(each.family)
                return True
        return False

    async def enter(self, ticket: Ticket, account: Account, *, to: str | None = None) -> Family:
        """Tie the account to the resident; `to` is the key of the committee whose own bot it was brought to.
        Raises `LinkForeignError`, `LinkRevokedError` and `AccountTakenError`."""
        if to is not None and (await self._service.roster(ticket[0])).committee.key != to:
            raise LinkForeignError
        return await self._store.tie_family(ticket, account, self._service.clock.now())

    async def opened(self, ticket: Ticket) -> Family:
        """The link of a page. Raises `LinkRevokedError`."""
        return await self._store.family(ticket)

    async def of(self, account: Account) -> tuple[Family, ...]:
        """The links that an account has opened."""
        return await self._store.families_at(account)

    async def stop(self, account: Account) -> bool:
        """They want to hear nothing more; False where they heard nothing."""
        found = await self.of(account)
        for each in found:
            await self._store.end_family(each)
        return bool(found)

    async def leave(self, ticket: Ticket) -> None:
        """The same from their page. Raises `LinkRevokedError`."""
        await self._store.end_family(await self._store.family(ticket))

    async def news(self, family: Family) -> tuple[Job, ...]:
        """What was done of late for whom they care, newest first, as far as they are told of it."""
        if family.own:
            return ()
        since = self._service.clock.now() - telling.NEWS
        jobs = await self._store.news(family, since)
        views = [await self._service.store.situation(family.committee_id, job.id) for job in jobs]
        return tuple(view.job for view in views if telling.asks(view.job, view.playbook))

    async def thank(self, family: Family, job_id: int, words: str, receipt: str = "") -> Answer:
        """Give thanks for a job that was done for whom they care. Raises `UnknownJobError` for any other."""
        if job_id not in {job.id for job in await self.news(family)}:
            raise UnknownJobError(job=job_id)
        service, now = self._service, self._service.clock.now()
        saved = await self._store.change(
            family.committee_id,
            job_id,
            lambda found: thanking.from_family(family.id, words, found, now, service.distances),
            receipt,
        )
        service.ring(family.committee_id, saved)
        decision = saved.decision
        if decision is None or decision.answer is None:  # this very tap came before
            return Answer(AnswerKey.THANKED_BEFORE, {"job": job_id})
        return decision.answer
