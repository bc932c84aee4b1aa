"""The updates that wait for one bot: kept 24 hours, in order, until they are acknowledged.

They leave by polling (an offset acknowledges everything below it) or through the webhook (a 2xx does);
see `courier`. Update ids only increase; an old update can be brought back, as Telegram sometimes does.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.platforms.telegram_server.changes import Changes
from tests.platforms.telegram_server.clocks import Clock
from tests.platforms.telegram_server.refusals import RefusedError
from tests.platforms.telegram_server.wire import Json, present

KEPT = 24 * 3600.0
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only to those who ask for them by name."""
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OUSTED = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True, eq=False)
class Update:
    """One update; `lane` is whose doing it was: one person's updates are delivered one after the other."""

    id: int
    body: Json
    at: float
    lane: int
    again: bool = False
    """Brought back by hand: delivered once more, whatever was acknowledged."""
    handed: bool = False
    """Brought back and handed out: it is done with when somebody asks for the next ones."""


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed to; `path` keeps nothing secret out of it, as in real life."""

    url: str
    secret: str = ""
    connections: int = 40
    error: str | None = None
    error_at: float | None = None


@dataclass(slots=True)
class Mailbox:
    """What waits for one bot, and how it wants it."""

    clock: Clock
    changes: Changes
    allowed: Collection[str] = ()
    """Kinds asked for; empty means all but `ON_REQUEST`."""
    webhook: Webhook | None = None
    waiting: list[Update] = field(default_factory=list)
    log: dict[int, Update] = field(default_factory=dict)
    """Every update that there ever was, by id."""
    confirmed: int = 0
    _poll: int = 0
    # Real ids start anywhere; a seeded start keeps a failing test repeatable.
    _next: int = field(default_factory=lambda: random.Random(7).randrange(10_000, 900_000_000))  # noqa: S311 - no secret

    def put(self, body: Json, lane: int) -> Update | None:
        """Queues an update of one kind, `{"message": …}`, unless the bot did not ask for that kind."""
        kind = next(iter(body))
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
        return self.queue(body, lane) if wanted else None

    def queue(self, body: Json, lane: int) -> Update:
        """Queues an update, asked for or not."""
        update = Update(self._next, {"update_id": self._next} | body, self.clock.now(), lane)
        self._next += 1
        self.log[update.id] = update
        self.waiting.append(update)
        self.changes.notify()
        return update

    def redeliver(self, update_id: int) -> None:
        """Brings an old update back, as it was, before everything that waits."""
        old = self.log[update_id]
        self.waiting.insert(0, Update(old.id, old.body, self.clock.now(), old.lane, again=True))
        self.changes.notify()

    def expire(self) -> None:
        """Forgets what has waited for a day."""
        oldest = self.clock.now() - KEPT
        self.waiting = [each for each in self.waiting if each.at >= oldest]

    def done(self, update: Update) -> None:
        """One update was taken."""
        self.waiting = [each for each in self.waiting if each is not update]
        self.changes.notify()

    async def poll(self, offset: int | None, limit: int, seconds: float) -> list[Json]:
        """Long polling; a newer poll ends an older one with 409, a webhook forbids it altogether."""
        if self.webhook is not None:
            raise _conflict(HOOKED)
        self._poll += 1
        mine = self._poll
        self.changes.notify()
        self.waiting = [each for each in self.waiting if not each.handed]
        self._acknowledge(offset)
        await self.changes.until(lambda: bool(self.waiting) or self._poll != mine, seconds)
        if self._poll != mine:
            raise _conflict(OUSTED)
        self.expire()
        taken = self.waiting[:limit]
        for each in taken:
            each.handed = each.again
        return [each.body for each in taken]

    def _acknowledge(self, offset: int | None) -> None:
        if offset is None:
            return
        if offset < 0:  # documented: all but the last so many are forgotten
            self.waiting = self.waiting[offset:]
            return
        self.confirmed = max(self.confirmed, offset)
        self.waiting = [each for each in self.waiting if each.again or each.id >= offset]
        self.changes.notify()

    def info(self) -> Json:
        """What `getWebhookInfo` answers."""
        hook = self.webhook or Webhook(url="")
        return present(
            url=hook.url,
            has_custom_certificate=False,
            pending_update_count=len(self.waiting),
            max_connections=hook.connections if hook.url else None,
            allowed_updates=list(self.allowed) or None,
            last_error_date=int(hook.error_at) if hook.error_at is not None else None,
            last_error_message=hook.error,
        )


def _conflict(description: str) -> RefusedError:
    return RefusedError(409, f"Conflict: {description}")
