"""The register in the hands of whoever may change it: looked at, changed, told and logged, one method each.

What a file or a form says is checked elsewhere; here is who may say it. Nobody makes themselves what they
are not: roles, accounts and the ladder are a secretary's to give, and never one's own. Knows neither files
nor pages.
"""

import logging
from collections.abc import Collection, Mapping

from dispatch import access
from dispatch.entries import RegisterFile
from dispatch.errors import NotAllowedError
from dispatch.importing import Act, Change, Logged, Preview, Upload
from dispatch.moments import HOUR, Micros
from dispatch.people import Person, Role
from dispatch.ports import Clock, Store
from dispatch.verbs import Verb

UPLOAD_KEPT: Micros = HOUR
"""How long a file waits to be confirmed: what it holds is private, and what it changes is older by the
minute."""

LOG = 30
"""Lines of the log that are shown."""

GIVEN = frozenset({"roles", "addresses", "ways"})
"""Fields of people that say what they may do, and who they are on a platform."""

WHOLE = frozenset({"committee", "rooms", "ladder", "rota"})
"""Tables that say who answers for the committee, and where it speaks."""

_log = logging.getLogger(__name__)


class Registering:
    """Who may change the register. Loading twice changes nothing the second time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def contents(
        self,
        actor: Person,
        tables: Collection[str],
        keys: Mapping[str, Collection[str]] | None = None,
        building: str | None = None,
    ) -> Mapping[str, object]:
        """See `Registers.contents`. Raises `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        return await self._store.contents(actor.committee_id, tables, keys, building)

    async def look(self, actor: Person, file: RegisterFile, *, prune: bool) -> Preview:
        """What the file would change. Raises `NotAllowedError`, also for a change that is not the actor's to
        make; what loading it would raise."""
        await self._check(actor, file)
        told = await self._store.preview(file, prune=prune)
        for change in told.changes:
            self._check_change(actor, file, change)
        return told

    async def load(self, actor: Person, file: RegisterFile, told: Preview, *, prune: bool) -> Preview:
        """Load what was told, and nothing else. Raises `NotAllowedError`, and `RegisterChangedError` where
        it is something else by now."""
        await self._check(actor, file)
        for change in told.changes:
            self._check_change(actor, file, change)
        now = self._clock.now()
        done = await self._store.load_shown(file, prune=prune, now=now, by=actor.id, shown=told.digest)
        _log.info("person %d changed the register: %d entries", actor.id, len(done.changes))
        return done

    async def log(self, actor: Person) -> tuple[Logged, ...]:
        """The newest lines of the log. Raises `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        return await self._store.register_log(actor.committee_id, LOG)

    async def exported(self, actor: Person) -> None:
        """Write down that somebody takes all of it with them. Raises `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        await self._store.log_export(actor.committee_id, actor.id, self._clock.now())
        _log.info("person %d exported the register", actor.id)

    async def keep(self, actor: Person, name: str, body: bytes) -> None:
        """Keep a file until it is confirmed. Raises `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        now = self._clock.now()
        await self._store.drop_uploads(now - UPLOAD_KEPT)
        await self._store.keep_upload(actor.committee_id, actor.id, Upload(at=now, name=name, body=body))

    async def kept(self, actor: Person) -> Upload | None:
        """The actor's file that waits to be confirmed, if it has not waited too long. Raises
        `NotAllowedError`."""
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        found = await self._store.upload(actor.committee_id, actor.id)
        return found if found is not None and self._clock.now() - found.at < UPLOAD_KEPT else None

    async def drop(self, actor: Person) -> None:
        """Let go of it, and of every file that waited too long."""
        await self._store.drop_uploads(self._clock.now() - UPLOAD_KEPT, actor.id)

    async def _check(self, actor: Person, file: RegisterFile) -> None:
        access.check(Verb.EDIT_REGISTER, actor, actor.committee_id)
        committee = (await self._store.roster(actor.committee_id)).committee
        if file.committee["key"] != committee.key:
            raise NotAllowedError(verb=Verb.EDIT_REGISTER.value)

    def _check_change(self, actor: Person, file: RegisterFile, change: Change) -> None:
        own = change.table == "people" and change.key == actor.key
        if own and (change.act is Act.DEACTIVATED or not (GIVEN | {"trusted"}).isdisjoint(change.fields)):
            self._refuse(actor, "themselves")
        if _gives(file, change) and not access.allows(Verb.SET_ROLES, actor, actor.committee_id):
            self._refuse(actor, change.table)

    def _refuse(self, actor: Person, what: str) -> None:
        _log.warning("person %d may not change what %s may do", actor.id, what)
        raise NotAllowedError(verb=Verb.SET_ROLES.value)


def _gives(file: RegisterFile, change: Change) -> bool:
    """The change gives or takes what a role, an account or the ladder gives."""
    if change.table != "people":
        return change.table in WHOLE
    if change.act is not Act.ADDED:
        return change.act is Act.DEACTIVATED or not GIVEN.isdisjoint(change.fields)
    entry = file.people[(change.number or 1) - 1]
    return entry["roles"] != (Role.VOLUNTEER.value,) or bool(entry["addresses"])
