"""Every request passes here: who asks, is it allowed, does a fault strike, is there room, then the method.

Knows no HTTP; `server` and `courier` bring it requests and carry its answers away.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.platforms.telegram_server import editing, intake, profile, rooms, sending
from tests.platforms.telegram_server.accounts import BotAccount
from tests.platforms.telegram_server.calls import Call, Method, Past, Violation
from tests.platforms.telegram_server.faults import FaultKind, Faults
from tests.platforms.telegram_server.forms import Form
from tests.platforms.telegram_server.limits import Meter
from tests.platforms.telegram_server.params import Params
from tests.platforms.telegram_server.refusals import RefusedError, mistake, too_many
from tests.platforms.telegram_server.schema import MismatchError, Schema
from tests.platforms.telegram_server.town import Town
from tests.platforms.telegram_server.wire import Json

METERED = frozenset(sending.METHODS) | {name for name in editing.METHODS if "edit" in name.lower()}
"""Methods that use up the limits: every send, every edit, whatever the topic."""


@dataclass(slots=True)
class Desk:
    """Carries out requests and remembers them."""

    town: Town
    schema: Schema
    meter: Meter
    faults: Faults
    calls: list[Past] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    refused_429: int = 0
    methods: Mapping[str, Method] = field(
        default_factory=lambda: {
            **intake.METHODS,
            **sending.METHODS,
            **editing.METHODS,
            **profile.METHODS,
            **rooms.METHODS,
        }
    )

    async def handle(self, bot: BotAccount, method: str, form: Form) -> tuple[int, Json]:
        """The status and body of the answer; never raises."""
        code, description = 200, ""
        body: Json = {"ok": True}
        try:
            body["result"] = await self._carry_out(bot, method, form)
        except RefusedError as refusal:
            code, description, body = refusal.code, refusal.description, refusal.wire()
            if refusal.blame:
                self.violations.append(Violation(method=method, description=description, params=form.given))
        self.calls.append(
            Past(
                at=self.town.clock.now(),
                bot=bot.id,
                method=method,
                params=dict(form.given),
                code=code,
                description=description,
            )
        )
        return code, body

    async def _carry_out(self, bot: BotAccount, method: str, form: Form) -> object:
        call = Call(self.town, bot, method, self._checked(method, form), form.files)
        if method not in self.methods:
            raise mistake(f"method {method} is not modelled by this server")
        fault = self.faults.strike(FaultKind.REFUSE, method, chat_of(form))
        if fault is not None and fault.refusal is not None:
            raise fault.refusal
        if method in METERED:
            self._meter(call)
        result = self.methods[method](call)
        return await result if inspect.isawaitable(result) else result

    def _checked(self, method: str, form: Form) -> Params:
        if method not in self.schema.methods:
            raise RefusedError(404, "Not Found", blame=True)
        given = dict(form.given)
        for name in form.files:
            if name in self.schema.methods[method]:
                given.setdefault(name, f"attach://{name}")
        try:
            return Params(self.schema.check(method, given, form.files))
        except MismatchError as mismatch:
            raise mistake(str(mismatch)) from mismatch

    def _meter(self, call: Call) -> None:
        if not call.params.has("chat_id"):
            return
        chat = call.chat()
        wait = self.meter.refuse(call.bot.id, chat.id, group=chat.is_group)
        if wait is not None:
            self.refused_429 += 1
            raise too_many(wait)


def chat_of(form: Form) -> int | None:
    """The chat that a request names by number, for faults that concern one chat."""
    try:
        return int(str(form.given.get("chat_id")))
    except ValueError:
        return None
