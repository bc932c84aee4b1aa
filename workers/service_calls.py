"""What the gateways to services share: words go to a service, and what came of it is told as of any card.

Knows no service: `services` does, and its calls block, so each has a thread of its own, a bound and an end.
"""

from functools import partial

from dispatch.jobs import Priority
from handlers.gateways import Abilities, Begin, Delivery, Sent
from workers import services
from workers.services import Refusal
from workers.threads import Threads

ANSWER_WITHIN_S = 12.0
"""A service that is slower is as good as away, and the next way is used: the library waits four seconds for a
connection and four for an answer, and some services are asked twice. Nobody waits longer for a place, either:
a service whose places stay taken is away."""

WORDS_ONLY = Abilities(
    buttons=False,
    edits=False,
    private_cards=False,
    encryption=False,
    calls_by_name=False,
    copies_text=False,
    lasting=True,
)
"""A service brings words, and can do nothing else."""


class ServiceCalls:
    """Calls services, `at_once` of them side by side and `of_one` by one and the same. `unanswered` is what
    is told of a service that gave no answer: it may have done it."""

    def __init__(self, at_once: int, of_one: int, *, within_s: float, unanswered: Delivery) -> None:
        self._threads = Threads(at_once, of_one)
        self._within_s = within_s
        self._unanswered = unanswered

    async def send(
        self, url: str, title: str, body: str, priority: Priority | None, begin: Begin | None = None
    ) -> Sent:
        """Give the words to the service of that address. Repeating sends them again."""
        calling = partial(services.send, url, title, body, priority)
        try:
            refusal = await self._threads.run(calling, self._within_s, services.whose(url), begin)
        except TimeoutError:
            refusal = Refusal.NO_ANSWER
        if refusal is None:
            return Sent(delivery=Delivery.DELIVERED)
        if refusal is Refusal.NO_ANSWER:
            return Sent(delivery=self._unanswered)
        return Sent(delivery=Delivery.UNREACHABLE, reason=refusal.reason)
