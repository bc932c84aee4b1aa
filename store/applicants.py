"""The store's part about people who ask to be let in, and what staff decide."""

from dispatch.errors import UnknownApplicationError
from dispatch.joining import Account, Application, Filed, Request, Verdict
from dispatch.moments import Micros
from store import applications, people
from store.applications import Clerk
from store.part import Part


class ApplicationRows(Part):
    """What `dispatch.ports.Store` promises about applications."""

    async def apply(self, request: Request, now: Micros) -> Filed:
        """See `Store.apply`."""
        return await self._insist(
            lambda: Clerk(self._vault, now).file(request), hold=people.hold(request.committee_id)
        )

    async def application(self, committee_id: int, application_id: int) -> Application:
        """See `Store.application`."""
        rows = await self._engine.read(applications.by_id(committee_id, application_id))
        if not rows:
            raise UnknownApplicationError
        return applications.read(rows[0], self._vault)

    async def applications(self, committee_id: int) -> tuple[Application, ...]:
        """See `Store.applications`."""
        rows = await self._read("open_applications", committee_id=committee_id)
        return tuple(applications.read(row, self._vault) for row in rows)

    async def applications_of(self, account: Account) -> tuple[Application, ...]:
        """See `Store.applications_of`."""
        rows = await self._read("applications_of_account", platform=account.platform, value=account.value)
        return tuple(applications.read(row, self._vault) for row in rows)

    async def application_committee(self, application_id: int) -> int | None:
        """See `Store.application_committee`."""
        rows = await self._read("committee_of_application", id=application_id)
        return rows[0]["committee_id"] if rows else None

    async def decide_application(self, verdict: Verdict, now: Micros) -> Filed:
        """See `Store.decide_application`."""
        return await self._insist(
            lambda: Clerk(self._vault, now).decide(verdict), hold=people.hold(verdict.committee_id)
        )
