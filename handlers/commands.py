"""Words that are commands: with `/` or `!` before them, or bare where nothing else could be meant.

Staff post a job by writing freely, so a bare word is a command only when it stands alone (任务, help) or
with a job's number (接单 42): `帮助 3号楼老人下楼` stays a job. What a command does is none of this module's
business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from dispatch.verbs import Verb
from handlers.messages import Incoming
from handlers.texts import Texts, mark


class Word(StrEnum):
    """What somebody asked for."""

    START = "start"
    JOB = "job"
    JOBS = "jobs"
    CLAIM = "claim"
    CANCEL = "cancel"
    NOTE = "note"
    APPROVE = "approve"
    DECLINE = "decline"
    ME = "me"
    JOIN = "join"
    DUTY = "duty"
    UNREACHED = "unreached"
    HELP = "help"
    LATER = "later"
    """Known to the design, and not there yet."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command: the number that went with it, if any, and the words behind that."""

    word: Word
    number: int | None = None
    rest: str = ""


VERBS: Mapping[Word, Verb] = {
    Word.CLAIM: Verb.CLAIM,
    Word.CANCEL: Verb.CANCEL,
    Word.NOTE: Verb.NOTE,
    Word.APPROVE: Verb.APPROVE,
    Word.DECLINE: Verb.DECLINE,
}
"""Commands that are a verb on the job, or the application, of their number."""

NAMES: Mapping[str, Word] = {
    "start": Word.START,
    "job": Word.JOB,
    "jobs": Word.JOBS,
    "任务": Word.JOBS,
    "claim": Word.CLAIM,
    "接单": Word.CLAIM,
    "cancel": Word.CANCEL,
    "取消": Word.CANCEL,
    "note": Word.NOTE,
    "备注": Word.NOTE,
    "approve": Word.APPROVE,
    "通过": Word.APPROVE,
    "decline": Word.DECLINE,
    "拒绝": Word.DECLINE,
    "婉拒": Word.DECLINE,
    "me": Word.ME,
    "我的": Word.ME,
    "join": Word.JOIN,
    "加入": Word.JOIN,
    "报名": Word.JOIN,
    "duty": Word.DUTY,
    "值班": Word.DUTY,
    "unreached": Word.UNREACHED,
    "谁联系不上": Word.UNREACHED,
    "help": Word.HELP,
    "帮助": Word.HELP,
    "求助": Word.HELP,
    "救命": Word.HELP,
    "out": Word.LATER,
    "acting": Word.LATER,
    "代理": Word.LATER,
    "brief": Word.LATER,
    "简报": Word.LATER,
    "pause": Word.LATER,
    "暂停": Word.LATER,
}
"""Every word, as it is typed behind a `/`."""

MENU = (
    ("jobs", mark("Jobs for you")),
    ("claim", mark("Take a job by its number")),
    ("me", mark("What you have taken, and who you are here")),
    ("duty", mark("Who is on duty")),
    ("help", mark("Call for help, or see what you can write")),
)
"""What a platform's menu offers to everybody."""

DESK_MENU = (
    ("job", mark("Post a job")),
    *MENU,
    ("cancel", mark("Cancel a job by its number")),
    ("unreached", mark("Who cannot be reached")),
)
"""The same for staff."""

_ALONE = frozenset({Word.JOBS, Word.ME, Word.JOIN, Word.DUTY, Word.UNREACHED, Word.HELP})
"""Commands that a bare word is, if nothing else is said."""
_NUMBERED = frozenset(VERBS)
"""Commands that a bare word is, if a number follows."""
_WORDED = frozenset({Word.CANCEL, Word.NOTE})
"""Of those, the ones whose bare form may be followed by words as well."""

_OF_JOBS = frozenset({Word.CLAIM, Word.CANCEL, Word.HELP})
"""Commands that a reply to a card makes of that card's job, without its number."""
_POSTS_TOO = "任务"
"""Alone it lists the jobs; with words behind it these are a new one."""

_HAN = "|".join(sorted((name for name in NAMES if not name.isascii()), key=len, reverse=True))
_LATIN = "|".join(sorted((name for name in NAMES if name.isascii()), key=len, reverse=True))
_SLASHED = re.compile(
    rf"\s*/(?P<name>{_HAN}|[A-Za-z][A-Za-z_]*)(?:@\w+)?[\s:：]*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
# Behind a "!" only our own Latin words: people shout in front of a job, too.
_SHOUTED = re.compile(
    rf"\s*[!！](?P<name>{_LATIN})(?![A-Za-z_])[\s:：]*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_BARE = re.compile(
    rf"\s*[!！]*(?P<name>{_HAN}|(?:{_LATIN})(?![A-Za-z_]))\s*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_NUMBER = re.compile(r"#?(?P<number>\d{1,9})(?!\S)\s*(?P<rest>.*)", re.DOTALL)
"""Nine digits: more jobs than there will be, and within every database's integers. Nothing may be glued to
them: `取消 3号楼` is about a building."""
# A word of Latin letters and no more, perhaps with a number, is a command that somebody misspelt, and no job.
_MISSPELT = re.compile(r"\s*[!！][A-Za-z_]+(?:\s+#?\d+)?\s*")
_SHOWN = re.compile(rf"(?<![\w/.:-])/(?=(?:{_LATIN})(?![A-Za-z_/]))")
_INVITATION = re.compile(r"[A-Za-z0-9_-]{41,64}")
_END = " \t\r\n.!?。！？~～"
_NOTE = re.compile(r"\s*[/!！]?(?:备注|note\b)[\s:：]*", re.IGNORECASE)
_JOIN = re.compile(r"\s*[/!！]?(?:加入|报名|join(?:@\w+)?(?![A-Za-z_]))[\s:：]*", re.IGNORECASE)


def read(text: str, *, about: int | None = None) -> Typed | None:
    """The command that a message is, or None: then it is free words. Never raises.

    `about` is the job whose card the message replies to: it is the number that was not said."""
    match = _SLASHED.match(text) or _SHOUTED.match(text)
    typed = _bare(text, replies=about is not None)
    if match is not None:
        typed = _typed(match["name"], match["rest"])
    elif typed is None and _MISSPELT.fullmatch(text):
        typed = Typed(word=Word.UNKNOWN)
    if typed is None or typed.number is not None or typed.word not in _OF_JOBS:
        return typed
    return replace(typed, number=about)


def joining(text: str) -> str | None:
    """What follows `join`, said by somebody who is not in yet and so can mean nothing else; None where
    the message does not begin with it."""
    match = _JOIN.match(text)
    return text[match.end() :].strip() if match else None


def invitation(typed: Typed) -> str:
    """The invitation that a command opens; empty where it opens none. Behind `join` stands one, or a name and
    a building, which are never so long in one piece."""
    if typed.word is Word.START:
        return typed.rest
    return typed.rest if typed.word is Word.JOIN and _INVITATION.fullmatch(typed.rest) else ""


def shouted(text: str) -> str:
    """A text of ours with its commands as they are typed where `/` belongs to the client: `!jobs`."""
    return _SHOWN.sub("!", text)


def remark(incoming: Incoming, *, desk: bool) -> Incoming:
    """What a reply to a card says: the desk corrects, unless it begins with 备注 or note; others note."""
    match = _NOTE.match(incoming.text)
    text = incoming.text[match.end() :] if match else incoming.text
    verb = Verb.CORRECT if desk and match is None else Verb.NOTE
    return replace(incoming, verb=verb, job_id=incoming.about, text=text)


def menu(texts: Texts, *, desk: bool) -> tuple[tuple[str, str], ...]:
    """Commands and what they do, in the reader's language, for a platform that shows such a list."""
    return tuple((name, texts.gettext(said)) for name, said in (DESK_MENU if desk else MENU))


def _bare(text: str, *, replies: bool) -> Typed | None:
    match = _BARE.match(text)
    if match is None:
        return None
    typed, alone = _typed(match["name"], match["rest"]), not match["rest"].strip(_END)
    if alone and (typed.word in _ALONE or (replies and typed.word in _OF_JOBS)):
        return replace(typed, rest="")
    numbered = typed.word in _NUMBERED and typed.number is not None
    return typed if numbered and (typed.word in _WORDED or not typed.rest.strip(_END)) else None


def _typed(name: str, rest: str) -> Typed:
    word, rest = NAMES.get(name.lower(), Word.UNKNOWN), rest.strip()
    if name == _POSTS_TOO and rest.strip(_END):
        word = Word.JOB
    match = _NUMBER.match(rest) if word in _NUMBERED else None
    if match is None:
        return Typed(word=word, rest=rest)
    return Typed(word=word, number=int(match["number"]), rest=match["rest"].strip())
