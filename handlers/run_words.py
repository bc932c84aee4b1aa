"""What is ticked off at a stop, as people write it behind `/tick 42`: `1 got it`, `2 cash 200`.

A run of one request needs no number. What cannot be read is answered with examples, by whoever asked.
"""

import re

from dispatch.runs import Act, Tick
from dispatch.stops import Good
from handlers.folding import fold
from handlers.numerals import HAN, number

_STOP = re.compile(r"\s*(?P<stop>\d{1,2})(?:[.、:：号]\s*|\s+|$)(?P<rest>.*)", re.DOTALL)
_GOODS = {
    Good.PRESCRIPTION: r"prescriptions?|处方",
    Good.CARD: r"(?:insurance )?cards?|医保卡|社保卡|病历卡|卡",
    Good.CASH: r"cash|money|现金|钱",
}
_GOOD = "|".join(f"(?P<{good.value}>{words})" for good, words in _GOODS.items())
_COUNTED = re.compile(
    rf"(?P<back>(?:gave |given )?back|returned|change|退还|归还|还|找回)?\s*"
    r"(?:received?|got|took|收到|收了|收)?\s*"
    rf"(?:{_GOOD})\s*(?P<count>\d{{1,6}}|[{HAN}]{{1,4}})?\s*(?:元|块|张|yuan)?",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:next|go on(?: to)?|下一家|转到|改去)\s*(?P<hospital>.{0,60})", re.IGNORECASE)
_PLAIN = (
    (Act.NOT_HERE, re.compile(r"not (?:here|there|in stock)|none|没有|没货|缺货|无货|配不到", re.IGNORECASE)),
    (Act.PASS_ON, re.compile(r"pass(?:ed)?(?: it)? on|转出|转交|交给别人", re.IGNORECASE)),
    (Act.GOT, re.compile(r"got(?: it)?|have it|拿到了?|配到了?|买到了?|取到了?", re.IGNORECASE)),
)


def read(words: str) -> Tick | None:
    """What was ticked off; None where nothing of it can be read. Without a number it is the first stop."""
    said = fold(words).text.strip().rstrip(".!。！")
    found = _STOP.fullmatch(said)
    stop, rest = (int(found["stop"]), found["rest"].strip()) if found else (1, said)
    for act, pattern in _PLAIN:
        if pattern.fullmatch(rest):
            return Tick(number=stop, act=act)
    if onward := _NEXT.fullmatch(rest):
        return Tick(number=stop, act=Act.NEXT, hospital=onward["hospital"].strip())
    if counted := _COUNTED.fullmatch(rest):
        good = next(each for each in Good if counted[each.value])
        count = 1 if counted["count"] is None else number(counted["count"])
        act = Act.RETURNED if counted["back"] else Act.RECEIVED
        return None if count is None else Tick(number=stop, act=act, good=good, count=count)
    return None
