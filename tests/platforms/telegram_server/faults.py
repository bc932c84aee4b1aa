"""What goes wrong on demand: on the wire, and in the server's answers.

States of the world (somebody blocked the bot, a group moved) are not faults: they live with their chats.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from tests.platforms.telegram_server.refusals import RefusedError, too_many


class FaultKind(StrEnum):
    """Where in a request's way the fault sits."""

    DROP_BEFORE = "drop before"  # the connection breaks, nothing was done
    DROP_AFTER = "drop after"  # it was done, nobody is told: the bot's *unknown*
    REFUSE = "refuse"
    SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """One prepared fault. An empty method or no chat means any; `left` of None means until `clear`."""

    kind: FaultKind
    method: str
    chat: int | None
    left: int | None
    refusal: RefusedError | None = None
    seconds: float = 0.0

    def fits(self, kind: FaultKind, method: str, chat: int | None) -> bool:
        """Whether it concerns this request."""
        return (
            self.kind is kind and self.left != 0 and self.method in {"", method} and self.chat in {None, chat}
        )


@dataclass(slots=True)
class Faults:
    """Prepared faults, the oldest first; `latency` is a whole round trip in real seconds."""

    latency: float = 0.0
    down: bool = False
    """While true every connection breaks before anything is done, and no webhook is called."""
    _faults: list[Fault] = field(default_factory=list)

    def drop_after(self, method: str = "", chat: int | None = None, times: int | None = 1) -> None:
        """The request is carried out, then the connection breaks without an answer."""
        self._faults.append(Fault(FaultKind.DROP_AFTER, method, chat, times))

    def drop_before(self, method: str = "", chat: int | None = None, times: int | None = 1) -> None:
        """The connection breaks before anything is done."""
        self._faults.append(Fault(FaultKind.DROP_BEFORE, method, chat, times))

    def slow(self, seconds: float, method: str = "", chat: int | None = None, times: int | None = 1) -> None:
        """The answer takes so many real seconds longer; the request is carried out at once."""
        self._faults.append(Fault(FaultKind.SLOW, method, chat, times, seconds=seconds))

    def fail(
        self,
        code: int,
        description: str,
        method: str = "",
        chat: int | None = None,
        times: int | None = 1,
    ) -> None:
        """Any refusal, in any words: `fail(502, "Bad Gateway")`, `fail(403, "Forbidden: something new")`."""
        self._refuse(RefusedError(code, description), method, chat, times)

    def flood(self, retry_after: int, chat: int | None = None, times: int | None = 1) -> None:
        """429 for one chat, or for all; such refusals are not counted among the server's own."""
        self._refuse(too_many(retry_after), "", chat, times)

    def clear(self) -> None:
        """Everything works again."""
        self._faults.clear()
        self.latency, self.down = 0.0, False

    def _refuse(self, refusal: RefusedError, method: str, chat: int | None, times: int | None) -> None:
        self._faults.append(Fault(FaultKind.REFUSE, method, chat, times, refusal=refusal))

    def strike(self, kind: FaultKind, method: str, chat: int | None) -> Fault | None:
        """The next fault of this kind for this request, used up by being found."""
        found = next((each for each in self._faults if each.fits(kind, method, chat)), None)
        if found is not None and found.left is not None:
            found.left -= 1
        return found
