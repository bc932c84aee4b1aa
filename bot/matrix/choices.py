"""Choices without buttons: they are listed, and written back as they are listed.

Nothing depends on what is remembered here: the handlers understand a building's name by itself, and ask again
for what they cannot understand.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from handlers.messages import Choice
from handlers.texts import Texts

MOST = 30
"""Choices in one message; whoever has more of them writes the name all the same."""

REMEMBERED = 1_000
"""Rooms in which something was offered lately."""


class Choices:
    """What was offered in which room."""

    def __init__(self) -> None:
        self._offered: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def offer(self, room_id: str, choices: Sequence[Choice], texts: Texts) -> str:
        """The lines that list the choices; empty without any. They replace what was offered before."""
        self._offered.pop(room_id, None)
        if not choices:
            return ""
        labels = [choice.label for choice in choices]
        # A number beside "3号楼" would be taken for the building.
        counts = not any(sign.isdigit() for label in labels for sign in label)
        known = {_plain(choice.label): choice.value for choice in choices}
        if counts:
            known |= {str(number): choice.value for number, choice in enumerate(choices, 1)}
        self._offered[room_id] = known
        if len(self._offered) > REMEMBERED:
            self._offered.popitem(last=False)
        signs = [f"{number}." if counts else "•" for number in range(1, len(labels) + 1)]
        lines = [f"{sign} {label}" for sign, label in zip(signs, labels, strict=True)][:MOST]
        how = texts.say("Answer with the number.") if counts else texts.say("Answer with one of these.")
        return "\n".join([*lines, how])

    def chosen(self, room_id: str, text: str) -> str:
        """What a choice stands for, which is made then and over; other words as they are."""
        value = self._offered.get(room_id, {}).get(_plain(text))
        if value is None:
            return text
        del self._offered[room_id]
        return value


def _plain(words: str) -> str:
    return " ".join(words.split()).strip(".。!！").casefold()
