"""Words that are commands: with `/` or `!` before them, or bare where nothing else could be meant.

Staff post a job by writing freely, so a bare word is a command only when it stands alone (任务, help) or
with a job's number (接单 42): `帮助 3号楼老人下楼` stays a job. What a command does is none of this module's
business.
"""

import re
from dataclasses import dataclass, replace

from dispatch import linking
from dispatch.verbs import Verb
from handlers import spans
from handlers.messages import Incoming
from handlers.vocabulary import NAMES, VERBS, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command: the number that went with it, if any, and the words behind that."""

    word: Word
    number: int | None = None
    rest: str = ""


_ALONE = frozenset(
    {
        Word.JOBS,
        Word.ME,
        Word.JOIN,
        Word.DUTY,
        Word.UNREACHED,
        Word.BRIEF,
        Word.HELP,
        Word.PAUSE,
        Word.RESUME,
        Word.HERE,
        Word.ACCEPT,
        Word.TURN_DOWN,
        Word.OUT,
        Word.STATUS,
        Word.LINK,
        Word.LOAD,
        Word.CARE,
        Word.CANT_COME,
    }
)
"""Commands that a bare word is, if nothing else is said."""
_NUMBERED = frozenset(
    {
        *VERBS,
        Word.HELP,
        Word.HERE,
        Word.ACCEPT,
        Word.TURN_DOWN,
        Word.BRIEF,
        Word.ASKED,
        Word.CANT_COME,
        Word.TICK,
    }
)
"""Commands that a bare word is, if a number follows."""
_WORDED = frozenset({Word.CANCEL, Word.NOTE, Word.SAY, Word.TICK})
"""Of those, the ones whose bare form may be followed by words as well."""
_ON_THE_WAY = frozenset({Word.GOING, Word.ARRIVED, Word.DONE, Word.CANT})
"""Said by whoever has the job; by the desk with the name of whoever it is about."""
_NAMING = _ON_THE_WAY | {Word.ASSIGN, Word.HAND_OVER}
"""Those whose bare form may be followed by a name, in Chinese: `派单 42 王阿姨`. In English, and a name of
several words, only behind a sign: `assign 2 volunteers to building 3` is a job."""

_OF_JOBS = frozenset({*VERBS.keys(), Word.HELP, Word.ASKED, Word.TICK}) - {
    Word.NOTE,
    Word.APPROVE,
    Word.DECLINE,
}
"""Commands that a reply to a card makes of that card's job, without its number."""
_AMONG_OTHERS = _OF_JOBS - {Word.THANK, Word.ASKED}
"""Commands that a bare Chinese word and a job's number are where people talk with each other, and no more:
`完成 2 个人的核酸` is talk."""
_POLITE = frozenset({Word.THANK})
"""Not where the bare word is all of the reply: so people say that they have read it."""
_TAUGHT = _ON_THE_WAY | {Word.OUT, Word.ACTING, Word.DUTY, Word.HAND_OVER, Word.TICK, Word.SAY}
"""Those that our texts teach in Chinese behind a `/`, for bare they could be meant otherwise. Where clients
keep that sign to themselves it is a `!`; no job begins so."""
_POSTS_TOO = "任务"
"""Alone it lists the jobs; with words behind it these are a new one."""

_HAN = "|".join(sorted((name for name in NAMES if not name.isascii()), key=len, reverse=True))
_LATIN = "|".join(sorted((name for name in NAMES if name.isascii()), key=len, reverse=True))
_TAUGHT_HAN = "|".join(name for name in _HAN.split("|") if NAMES[name] in _TAUGHT)
_SLASHED = re.compile(
    rf"\s*/(?P<name>{_HAN}|[A-Za-z][A-Za-z_]*)(?:@\w+)?[\s:：]*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
# Behind a "!" our own Latin words, and few others: people shout in front of a job, too.
_SHOUTED = re.compile(
    rf"\s*[!！](?P<name>{_LATIN})(?![A-Za-z_])[\s:：]*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_SHOUTED_HAN = re.compile(rf"\s*[!！](?P<name>{_TAUGHT_HAN})(?![^\W\d])[\s:：]*(?P<rest>.*)", re.DOTALL)
_BARE = re.compile(
    rf"\s*[!！]*(?P<name>{_HAN}|(?:{_LATIN})(?![A-Za-z_]))\s*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_NUMBER = re.compile(r"#?(?P<number>\d{1,9})[.!?。！？~～]*(?!\S)\s*(?P<rest>.*)", re.DOTALL)
"""Nine digits: more jobs than there will be, and within every database's integers. Nothing but the
end of a sentence may be glued to them: `取消 3号楼` is about a building."""
# A word of Latin letters and no more, perhaps with a number, is a command that somebody misspelt, and no job.
_MISSPELT = re.compile(r"\s*[!！][A-Za-z_]+(?:\s+#?\d+)?\s*")
_SHOWN = re.compile(rf"(?<![\w/.:-])/(?=(?:{_LATIN})(?![A-Za-z_/])|(?:{_TAUGHT_HAN})(?![\w/]))")
_CODE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{12,64}")
"""An invitation, or what is left of one that was cut off; below that a name in one piece is likelier."""
_NO_CODE = re.compile(
    r"(?!.*([A-Za-z])\1\1)(?:[A-Z]{2,}|[A-Z]?[a-z]+(?:-?[A-Z][a-z]+|-[a-z]+){0,4})[-_]?\d{0,4}"
)
"""A name in one piece, perhaps with a building: `Wang-Xiaoming3`. No name has the same letter three times."""
_CALLED = re.compile(r"[^\W\d_]+")
"""One word that may be somebody's name."""
_POSTER = re.compile(r"join-(?P<committee>\d{1,9})")
"""What a committee's poster puts behind `/start`, and has people write on Matrix (`bot.web.entrances`)."""
_END = " \t\r\n.!?。！？~～"
_NOTE = re.compile(r"\s*[/!！]?(?:备注|note\b)[\s:：]*", re.IGNORECASE)
_SAY = re.compile(r"\s*[/!！]?(?:捎话|带话|转告|say\b)[\s:：]*", re.IGNORECASE)
_NAMED = ((Verb.NOTE, _NOTE), (Verb.SAY, _SAY))
_JOIN = re.compile(r"\s*[/!！]?(?:加入|报名|join(?:@\w+)?(?![A-Za-z_]))[\s:：]*", re.IGNORECASE)


def read(text: str, *, about: int | None = None) -> Typed | None:
    """The command that a message is, or None: then it is free words. Never raises.

    `about` is the job whose card the message replies to: it is the number that was not said."""
    match = _SLASHED.match(text) or _SHOUTED.match(text)
    typed = _shouted_han(text) or _bare(text, replies=about is not None)
    if match is not None:
        typed = _typed(match["name"], match["rest"])
    elif typed is None and _MISSPELT.fullmatch(text):
        typed = Typed(word=Word.UNKNOWN)
    if typed is None or typed.number is not None or typed.word not in _OF_JOBS:
        return typed
    return replace(typed, number=about)


def among_others(text: str) -> Typed | None:
    """The command that a message without a sign is where people talk with each other, and not with us: a
    Chinese word and a job's number."""
    match = _BARE.match(text)
    if match is None or match["name"].isascii():
        return None
    typed = _bare(text, replies=False)
    if typed is None or typed.number is None or typed.rest.strip(_END):
        return None
    return typed if typed.word in _AMONG_OTHERS else None


def joining(text: str) -> str | None:
    """What follows `join`, said by somebody who is not in yet and so can mean nothing else; None where
    the message does not begin with it."""
    match = _JOIN.match(text)
    return text[match.end() :].strip() if match else None


def invitation(typed: Typed) -> str:
    """The invitation that a command opens, whole or cut off; empty where it opens none. Behind `join` stands
    one, or a name and a building."""
    if typed.word is Word.START:
        return typed.rest
    return coded(typed.rest) if typed.word is Word.JOIN else ""


def coded(words: str) -> str:
    """The invitation that these words are, whole or cut off; empty for others: no name looks like one."""
    return words if _CODE.fullmatch(words) and not _NO_CODE.fullmatch(words) else ""


def about_ones_own(typed: Typed) -> bool:
    """Whether a command without a number can only mean the job that its sender has."""
    return typed.word in (Word.FOUND, Word.SAY) or (typed.word in _ON_THE_WAY and not typed.rest)


def shouted(text: str) -> str:
    """A text of ours with its commands as they are typed where `/` belongs to the client: `!jobs`."""
    return _SHOWN.sub("!", text)


def remark(incoming: Incoming, *, desk: bool, works: bool = False) -> Incoming:
    """What a reply to a card is: what its first word says (备注, note; 捎话, say), else the desk corrects,
    who `works` on it says something to the others, and everybody else notes."""
    usual = Verb.CORRECT if desk else Verb.SAY if works else Verb.NOTE
    for verb, words in _NAMED:
        if (match := words.match(incoming.text)) is not None:
            return replace(incoming, verb=verb, job_id=incoming.about, text=incoming.text[match.end() :])
    return replace(incoming, verb=usual, job_id=incoming.about)


def _shouted_han(text: str) -> Typed | None:
    """A word that is taught so; `！转交 药品到3号楼` is a job all the same."""
    match = _SHOUTED_HAN.match(text)
    typed = None if match is None else _typed(match["name"], match["rest"])
    if typed is None or typed.number is not None or typed.word is Word.SAY:
        return typed
    return None if typed.word in _NUMBERED and typed.rest.strip(_END) else typed


def _bare(text: str, *, replies: bool) -> Typed | None:
    match = _BARE.match(text)
    if match is None:
        return None
    typed, alone = _typed(match["name"], match["rest"]), not match["rest"].strip(_END)
    if alone and (typed.word in _ALONE or (replies and typed.word in _OF_JOBS - _POLITE)):
        return replace(typed, rest="")
    if _reads(match["name"], typed):
        return typed
    if typed.word not in _NUMBERED or typed.number is None:
        return None
    return typed if not typed.rest.strip(_END) or _worded(match["name"], typed) else None


def _reads(name: str, typed: Typed) -> bool:
    """Whether a bare command means its words: 暂停 4小时, and not 暂停3号楼电梯; a code; 信任 张三."""
    match typed.word:
        case Word.PAUSE | Word.OUT:
            return spans.readable(typed.rest)
        case Word.LINK:
            return bool(linking.plain(typed.rest))
        case Word.TRUST:
            return not name.isascii() and _CALLED.fullmatch(typed.rest) is not None
    return False


def _worded(name: str, typed: Typed) -> bool:
    """Whether the words behind a bare command and its number belong to it."""
    if typed.word in _WORDED:
        return True
    if name.isascii():
        return False
    return typed.word in (Word.CORRECT, Word.THANK) or (
        typed.word in _NAMING and _CALLED.fullmatch(typed.rest) is not None
    )


def _typed(name: str, rest: str) -> Typed:
    word, rest = NAMES.get(name.lower(), Word.UNKNOWN), rest.strip()
    if name == _POSTS_TOO and rest.strip(_END):
        word = Word.JOB
    if word in (Word.START, Word.JOIN) and (door := _POSTER.fullmatch(rest)):
        return Typed(word=Word.JOIN, rest=f"@{door['committee']}")
    match = _NUMBER.match(rest) if word in _NUMBERED else None
    if match is None:
        return Typed(word=word, rest=rest)
    if word is Word.BRIEF and match["rest"].strip():
        word = Word.NOTE  # whoever has just read the brief writes what they know beside it
    return Typed(word=word, number=int(match["number"]), rest=match["rest"].strip())
