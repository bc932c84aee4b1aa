"""Words of somebody who belongs to several committees: which of them they are about.

A job goes where it is, whatever is asked goes home; but a new job is never guessed into a committee: it
begins with the name, or it is asked. What waits for that answer is kept in memory alone.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch import access
from dispatch.moments import MINUTE, Micros
from dispatch.people import Address, Committee, Person
from dispatch.service import Service
from dispatch.verbs import ADMITTING, Verb
from handlers import commands
from handlers.commands import Typed
from handlers.messages import Choice, Reply
from handlers.texts import Catalogs, Texts
from handlers.vocabulary import VERBS, Word

WAITS: Micros = 10 * MINUTE
"""How long words wait for the name: after that nobody knows any more what they answer to."""

REMEMBERED = 1_000
"""People whose words wait; of one that falls out the words are asked for once more."""

_NAMING = frozenset(
    {
        Word.DUTY,
        Word.BRIEF,
        Word.JOBS,
        Word.UNREACHED,
        Word.ME,
        Word.JOB,
        Word.STATUS,
        Word.LOAD,
        Word.LINK,
        Word.TRUST,
    }
)
"""Commands behind which a committee's name may stand."""

_OF_RELAYS = frozenset({Word.HERE, Word.ACCEPT, Word.TURN_DOWN})
_END = " \t\r\n.!?。！？,，:："
_FIRST = re.compile(r"[^\s,，:：]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """Where words go, and what is left of them. `nonce` is that of the message that they came in. With `asks`
    they go nowhere before that is answered."""

    address: Address
    text: str
    nonce: str = ""
    asks: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Self:
    """One of somebody's selves."""

    address: Address
    person: Person
    committee: Committee

    @property
    def posts(self) -> bool:
        return access.allows(Verb.POST, self.person, self.committee.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    text: str
    nonce: str
    until: Micros


class Several:
    """Chooses among one sender's own addresses; what they may do there is for the access table to say."""

    def __init__(self, service: Service, catalogs: Catalogs) -> None:
        self._service = service
        self._catalogs = catalogs
        self._waiting: OrderedDict[tuple[str, str], _Waiting] = OrderedDict()

    async def aim(self, addresses: Sequence[Address], text: str, nonce: str) -> Aimed:
        """Where these words go, said about no card; `addresses` are at least one."""
        selves = await self._selves(addresses) if len(addresses) > 1 else []
        if len(selves) < 2 or not text.strip():
            return Aimed(address=selves[0].address if selves else addresses[0], text=text, nonce=nonce)
        named = _named(text, selves)
        if named is not None:
            return self._told(*named, nonce)
        typed = commands.read(text)
        if typed is None or typed.word is Word.JOB:
            return self._job(selves, text if typed is None else typed.rest, nonce)
        return await self._commanded(selves, typed, text, nonce)

    def _told(self, one: _Self, rest: str, nonce: str) -> Aimed:
        """It begins with a committee's name; the name alone answers what was asked."""
        if rest:
            return Aimed(address=one.address, text=rest, nonce=nonce)
        waiting = self._waiting.get((one.address.platform, one.address.value))
        if waiting is not None and self._service.clock.now() < waiting.until:
            return Aimed(address=one.address, text=waiting.text, nonce=waiting.nonce)
        texts, name = self._catalogs.texts(one.person.language), one.committee.name
        asked = texts.say("Please write it once more, and begin with the name: {committee} …", committee=name)
        return Aimed(address=one.address, text="", nonce=nonce, asks=Reply(text=asked, ok=False))

    def _job(self, selves: Sequence[_Self], text: str, nonce: str) -> Aimed:
        posting = [each for each in selves if each.posts]
        named = _named(text, selves)
        if named is not None:
            return self._told(*named, nonce)
        if len(posting) < 2:
            return Aimed(address=(posting or selves)[0].address, text=text, nonce=nonce)
        home = posting[0].address
        self._keep((home.platform, home.value), _Waiting(text=text, nonce=nonce, until=self._until()))
        texts = self._catalogs.texts(posting[0].person.language)
        return Aimed(address=home, text=text, nonce=nonce, asks=_which(posting, texts))

    async def _commanded(self, selves: Sequence[_Self], typed: Typed, text: str, nonce: str) -> Aimed:
        if typed.word in _NAMING and (named := _named(typed.rest, selves)) is not None:
            one, rest = named
            return Aimed(address=one.address, text=f"/{typed.word.value} {rest}".strip(), nonce=nonce)
        committee = await self._committee(selves, typed)
        posting = next((each for each in selves if each.posts), selves[0])
        found = next((each for each in selves if each.committee.id == committee), posting)
        return Aimed(address=found.address, text=text, nonce=nonce)

    async def _committee(self, selves: Sequence[_Self], typed: Typed) -> int | None:
        """Whose the number is that goes with a command; where none does, who asks for an answer."""
        store, number = self._service.store, typed.number
        if number is None:
            return await self._asking(selves) if typed.word is Word.HERE else None
        if typed.word in _OF_RELAYS:
            return await store.relay_committee(number)
        if VERBS.get(typed.word) in ADMITTING:
            return await store.application_committee(number)
        return await store.job_committee(number)

    async def _asking(self, selves: Sequence[_Self]) -> int | None:
        for each in selves:
            relays = await self._service.store.relays(each.committee.id)
            if any(relay.asks and each.person.id in relay.asked for relay in relays):
                return each.committee.id
        return None

    async def _selves(self, addresses: Sequence[Address]) -> list[_Self]:
        """At home first, then where they act."""
        found = []
        for each in addresses:
            roster = await self._service.roster(each.committee_id)
            person = roster.people.get(each.person_id or 0)
            if person is not None:
                found.append(_Self(address=each, person=person, committee=roster.committee))
        return sorted(found, key=lambda one: one.person.guest)

    def _keep(self, account: tuple[str, str], waiting: _Waiting) -> None:
        self._waiting[account] = waiting
        self._waiting.move_to_end(account)
        if len(self._waiting) > REMEMBERED:
            self._waiting.popitem(last=False)

    def _until(self) -> Micros:
        return self._service.clock.now() + WAITS


def _named(words: str, selves: Sequence[_Self]) -> tuple[_Self, str] | None:
    """The committee that words begin with, by its whole name, or by a first word that can only be how one
    name begins, or its key; and what stands behind that."""
    plain = words.lstrip(_END)
    whole = [each for each in selves if plain.casefold().startswith(each.committee.name.casefold())]
    if whole:
        longest = max(whole, key=lambda each: len(each.committee.name))
        return longest, plain[len(longest.committee.name) :].strip(_END)
    first = _FIRST.match(plain)
    if first is None or len(first[0].strip(_END)) < 2:
        return None
    word = first[0].strip(_END).casefold()
    found = [each for each in selves if _called(word, each.committee)]
    return (found[0], plain[first.end() :].strip(_END)) if len(found) == 1 else None


def _called(word: str, committee: Committee) -> bool:
    return word == committee.key.casefold() or committee.name.casefold().startswith(word)


def _which(posting: Sequence[_Self], texts: Texts) -> Reply:
    buttons = tuple(Choice(value=each.committee.key, label=each.committee.name) for each in posting)
    asked = texts.say("Which committee is it for? Nothing was posted so far.")
    return Reply(text=asked, ok=False, buttons=buttons)
