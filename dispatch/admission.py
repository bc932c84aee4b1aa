"""Letting people in, one short method each: by an invitation, or by an application that staff decide on.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

from dispatch import access, linking
from dispatch.errors import (
    AccountTakenError,
    CodeWrongError,
    LinkForeignError,
    OwnTrustError,
    UnknownPersonError,
)
from dispatch.joining import Account, Application, Filed, Offering, Request, Ticket, Verdict
from dispatch.people import PAGE, Committee, Person
from dispatch.ports import Bell, Clock, Store
from dispatch.verbs import Answer, AnswerKey, Verb


class Admission:
    """Who comes in. Every method may be repeated: the second time changes nothing."""

    def __init__(self, store: Store, bell: Bell, clock: Clock) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock

    async def committees(self) -> tuple[Committee, ...]:
        """Where somebody may apply."""
        return await self._store.committees()

    async def enter(self, ticket: Ticket, account: Account, *, to: str | None = None) -> Person:
        """Tie the account to the person whom an invitation is for; `to` is the key of the committee whose own
        bot it was brought to.

        Raises `LinkForeignError`, `LinkRevokedError`, `AccountTakenError` and
        `SecondAccountError`; nothing is changed then."""
        await self._check_door(ticket[0], to)
        person, rows = await self._store.tie(ticket, account, self._clock.now())
        self._ring(rows)
        return person

    async def link_code(self, person: Person) -> str:
        """A new code by which the person links another account; earlier ones count no more."""
        code = linking.fresh()
        await self._store.keep_link_code(person, code, self._clock.now())
        return code

    async def link(self, typed: str, account: Account, *, to: str | None = None) -> Person:
        """Tie the account to the person for whom a code stands, and use the code up.

        Raises `CodeWrongError`, `CodeTriedTooOftenError` and what `enter` raises; no account is changed."""
        now, who = self._clock.now(), f"{account.platform} {account.value}"
        committee_id, person_id = await self._store.link_owner(typed, who, linking.MOST_TRIES, now)
        await self._check_door(committee_id, to)
        owner = (await self._store.roster(committee_id)).people.get(person_id)
        if owner is None:
            raise CodeWrongError
        code, ticket = linking.plain(typed), (committee_id, person_id, owner.link_epoch)
        person, rows = await self._store.tie(ticket, account, now, code)
        self._ring(rows)
        return person

    async def link_page(self, typed: str, who: str, reader: Person | None) -> Person:
        """The person for whom a code stands, whose page is to be opened in the browser of `reader`; the code
        is used up. `who` is whoever types it.

        Raises `CodeWrongError`, `CodeTriedTooOftenError`, and `AccountTakenError` where the browser is
        somebody else's."""
        now = self._clock.now()
        found = await self._store.link_owner(typed, f"{PAGE} {who}", linking.MOST_PAGE_TRIES, now)
        committee_id, person_id = found
        if reader is not None and (reader.committee_id, reader.id) != (committee_id, person_id):
            raise AccountTakenError
        if not await self._store.spend_link_code(linking.plain(typed), now):
            raise CodeWrongError
        return await self._store.invite(committee_id, person_id, revoke=False)

    async def vouch(self, actor: Person, person_id: int) -> tuple[Answer, Person]:
        """Say that somebody can be trusted with doors and phones, if the access table lets the actor.

        Raises `UnknownPersonError`, `OwnTrustError` and `NotAllowedError`."""
        access.check(Verb.VOUCH, actor, actor.committee_id)
        person = (await self._store.roster(actor.committee_id)).people.get(person_id)
        if person is None or person.guest:
            raise UnknownPersonError
        if person.id == actor.id:
            raise OwnTrustError
        new = await self._store.vouch(actor.committee_id, person.id, actor.id, self._clock.now())
        key = AnswerKey.VOUCHED if new else AnswerKey.VOUCHED_BEFORE
        return Answer(key, {"person": person.name}), person

    async def bring(self, person: Person, offering: Offering) -> bool:
        """Add to what somebody brings whom nobody has vouched for yet; False when nothing was changed."""
        if person.trusted or person.desk or person.guest:
            return False
        return await self._store.bring(person.committee_id, person.id, offering)

    async def apply(self, request: Request) -> Filed:
        """Ask to be let in, or add to what was said before; the desk is told.

        Raises `AccountTakenError`, `DeclinedLatelyError` and `TooManyApplicationsError`."""
        filed = await self._store.apply(request, self._clock.now())
        self._ring(filed.rows)
        return filed

    async def pending(self, account: Account) -> tuple[Application, ...]:
        """The account's own open applications, one a committee at most."""
        return await self._store.applications_of(account)

    async def waiting(self, reader: Person) -> tuple[Application, ...]:
        """Open applications, oldest first, for those who may decide on them; nothing for anybody else."""
        if not access.allows(Verb.APPROVE, reader, reader.committee_id):
            return ()
        return await self._store.applications(reader.committee_id)

    async def application(self, committee_id: int, application_id: int) -> Application:
        """One application, decided or not. Raises `UnknownApplicationError`."""
        return await self._store.application(committee_id, application_id)

    async def decide(
        self, actor: Person, application_id: int, verb: Verb, receipt: str = ""
    ) -> tuple[Answer, Application]:
        """Approve or decline, if the access table lets the actor. Raises `UnknownApplicationError`, and
        `OwnApplicationError` for their own."""
        access.check(verb, actor, actor.committee_id)
        approve = verb is Verb.APPROVE
        verdict = Verdict(
            committee_id=actor.committee_id,
            application_id=application_id,
            by=actor.id,
            approve=approve,
            receipt=receipt,
        )
        filed = await self._store.decide_application(verdict, self._clock.now())
        self._ring(filed.rows)
        key = AnswerKey.APPROVED if approve else AnswerKey.DECLINED
        if not filed.changed:
            key = AnswerKey.ALREADY_DECIDED
        return Answer(key, {"person": filed.application.name}), filed.application

    async def _check_door(self, committee_id: int, key: str | None) -> None:
        """Raise `LinkForeignError` where a committee's own bot is asked about another committee."""
        if key is None:
            return
        if all(each.id != committee_id for each in await self._store.committees() if each.key == key):
            raise LinkForeignError

    def _ring(self, rows: tuple[int, ...]) -> None:
        """The rows are committed; from here on the bell may fail and only lateness is lost."""
        if rows:
            self._bell.deliver(rows)
