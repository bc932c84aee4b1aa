"""`suidao playbook try`: walks through a playbook in the terminal, with a clock that is moved by hand.

Reads one answer a line, from whoever sits there or from a file; an end of the input ends it. What an answer
does is decided by `dispatch.trial`, and what is shown is said by `handlers.trials`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TextIO

from dispatch.claims import Ask
from dispatch.errors import DispatchError
from dispatch.moments import HOUR, MINUTE, SECOND, Micros
from dispatch.playbook import Playbook
from dispatch.trial import LEADERS, LONGEST, YOU, Trial
from dispatch.verbs import Verb
from dispatch.widths import wrapped
from handlers import sentences, trials
from handlers.messages import Action, Asks
from handlers.playbooks import ROOM
from handlers.texts import Texts

_WAIT = re.compile(
    r"(?:wait|等)\s*(?P<many>\d{1,4})\s*(?:(?P<unit>s|m|h|秒|分|小?时)(?:ec|in|r|钟)?)?", re.IGNORECASE
)
_UNITS: Mapping[str, Micros] = {
    **dict.fromkeys(("s", "秒"), SECOND),
    **dict.fromkeys(("m", "分"), MINUTE),
    **dict.fromkeys(("h", "时", "小时"), HOUR),
}
_NUMBER = re.compile(r"(?P<number>\d{1,2})(?:\s+(?P<words>.+))?")

OURS: Mapping[str, Verb] = {
    **dict.fromkeys(("claim", "接单"), Verb.CLAIM),
    **dict.fromkeys(("going", "出发"), Verb.START),
    **dict.fromkeys(("arrived", "到达"), Verb.ARRIVE),
    **dict.fromkeys(("done", "完成"), Verb.FINISH),
    **dict.fromkeys(("release", "去不了"), Verb.RELEASE),
    **dict.fromkeys(("help", "求助"), Verb.HELP),
}
"""What whoever is on it may say instead of a number."""

LEADERS_SAY: Mapping[str, Verb] = {
    **dict.fromkeys(("onit", "我来处理"), Verb.ACKNOWLEDGE),
    **dict.fromkeys(("settled", "已解决"), Verb.SETTLE),
}
"""What the leader who was called last says."""

ENDS = frozenset({"quit", "exit", "q", "退出"})


def walk(playbook: Playbook, texts: Texts, unknown: frozenset[str], given: TextIO, out: TextIO) -> None:
    """Play it until the input ends, or somebody has had enough; then tell what it came to."""
    tried = Trial(playbook, trials.cast(playbook.example, texts, unknown))
    out.write(
        texts.say("A trial with invented people; nobody is told anything. You are {who}.", who=_you(tried))
    )
    out.write("\n")
    session = _Session(tried, texts, _asking(given, out), out)
    session.begin()
    session.run()
    _write(out, ["", *trials.summary(tried, texts)])


def _you(tried: Trial) -> str:
    return tried.state.roster.people[YOU].name


def _asking(given: TextIO, out: TextIO) -> Iterator[str]:
    """What is answered, line by line; where nobody sits there it is written down, so that it can be read."""
    seen = given.isatty()
    while True:
        out.write("> ")
        out.flush()
        line = given.readline()
        if not line:
            out.write("\n")
            return
        if not seen:
            out.write(f"{line.strip()}\n")
        yield line.strip()


class _Session:
    """One trial in front of one person."""

    def __init__(self, tried: Trial, texts: Texts, answers: Iterator[str], out: TextIO) -> None:
        self._tried, self._texts, self._answers, self._out = tried, texts, answers, out
        self._known: frozenset[str] = frozenset()

    def begin(self) -> None:
        """What happens by itself when the job is posted."""
        for decision in self._tried.decisions:
            self._say(trials.happened(self._tried, decision, self._texts))

    def run(self) -> None:
        """One answer after the other, each in front of the card as it is then."""
        self._show()
        for answer in self._answers:
            if answer.casefold() in ENDS:
                return
            if answer and self._does(answer) and not self._tried.over:
                self._show()
            if self._tried.over:
                return

    def _show(self) -> None:
        self._say(chain([""], trials.screen(self._tried, self._texts, self._known)))
        self._known |= trials.shown(self._tried, self._texts)

    def _does(self, answer: str) -> bool:
        """Whether it was understood."""
        word, wait, number = answer.casefold(), _WAIT.fullmatch(answer), _NUMBER.fullmatch(answer)
        if wait is not None:
            return self._wait(int(wait["many"]) * _UNITS[(wait["unit"] or "m").lower()])
        if word in OURS:
            return self._moves(YOU, OURS[word])
        if word in LEADERS_SAY:
            return self._moves(_called_last(self._tried), LEADERS_SAY[word])
        buttons = trials.choices(self._tried, self._texts)
        if number is not None and 1 <= int(number["number"]) <= len(buttons):
            return self._taps(buttons[int(number["number"]) - 1], number["words"] or "")
        self._say(wrapped(self._can_be_said(len(buttons)), ROOM))
        return False

    def _taps(self, button: Action, words: str) -> bool:
        if button.asks is Asks.TEXT and not words:
            self._say([button.hint])
            words = next(self._answers, "")
        return self._moves(YOU, button.verb, finding=button.choice, note=words)

    def _moves(self, actor: int, verb: Verb, *, finding: str = "", note: str = "") -> bool:
        try:
            decision = self._tried.does(actor, verb, finding=finding, note=note)
        except DispatchError as error:
            self._say([sentences.refusal(error, self._texts)])
            return False
        self._say(trials.happened(self._tried, decision, self._texts))
        nothing = trials.answered(decision, self._texts)
        self._say([nothing] if nothing else [])
        return not nothing

    def _wait(self, length: Micros) -> bool:
        if not 0 < length <= LONGEST:
            self._say([self._texts.say("At most {hours} hours at a time.", hours=LONGEST // HOUR)])
            return False
        for decision in self._tried.waits(length):
            self._say(trials.happened(self._tried, decision, self._texts))
        return True

    def _can_be_said(self, buttons: int) -> str:
        return self._texts.say(
            "Say a number from 1 to {count}, wait 15m, help, release, claim, going, arrived, done; for the "
            "leader who was called last onit or settled; or quit.",
            count=buttons,
        )

    def _say(self, lines: Iterable[str]) -> None:
        _write(self._out, lines)


def _called_last(tried: Trial) -> int:
    called = [ask for ask in tried.state.asks if ask.leader]
    last: Ask | None = max(called, key=lambda ask: ask.at, default=None)
    return LEADERS[0] if last is None else last.person_id


def _write(out: TextIO, lines: Iterable[str]) -> None:
    out.writelines(f"{line}\n" for line in lines)
