"""Letting people in, one short method each: by an invitation, or by an application that staff decide on.

Beside `service`, which is about jobs. Knows neither how anything is said nor how it is kept.
"""

from dispatch import access
from dispatch.joining import Account, Application, Filed, Request, Ticket, Verdict
from dispatch.people import Committee, Person
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

    async def enter(self, ticket: Ticket, account: Account) -> Person:
        """Tie the account to the person whom an invitation is for.

        Raises `LinkRevokedError`, `AccountTakenError` and `SecondAccountError`; nothing is changed then."""
        person, rows = await self._store.tie(ticket, account, self._clock.now())
        self._ring(rows)
        return person

    async def apply(self, request: Request) -> Filed:
        """Ask to be let in, or add to what was said before; the desk is told.

        Raises `AccountTakenError` and `DeclinedLatelyError`."""
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
        """Approve or decline, if the access table lets the actor. Raises `UnknownApplicationError`."""
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

    def _ring(self, rows: tuple[int, ...]) -> None:
        """The rows are committed; from here on the bell may fail and only lateness is lost."""
        if rows:
            self._bell.deliver(rows)
