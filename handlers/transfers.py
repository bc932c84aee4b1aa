"""A job that goes to another committee, or to the sub-district office: what people are asked and answer.

Only the desk of the committee that is asked reads door, phone and words, and only as long as it is asked.
"""

from collections.abc import Iterator, Sequence

from dispatch import access
from dispatch.errors import UnknownCommitteeError, UnknownRelayError
from dispatch.exchange import Asking, Exchange
from dispatch.jobs import Priority
from dispatch.moments import SECOND, Micros
from dispatch.people import Committee, Person, Roster, Rung
from dispatch.relays import Relay
from dispatch.service import Service
from dispatch.verbs import Command, Verb
from handlers import parse, sentences
from handlers.actions import OFFICE
from handlers.cards import TONES, card, wakes_nobody
from handlers.messages import Action, Asks, Card, Fact, Incoming, Reply, Style, Tone
from handlers.posting import check_length
from handlers.sentences import PRIORITIES
from handlers.taps import job_of, person_of
from handlers.texts import Catalogs, Texts

_OFFICE_WORDS = ("sub-district office", "office", "街道办事处", "街道办", "街道")

_END = " \t\r\n.!?。！？,，:："


class Transfers:
    """Answers whoever hands a job over, and whoever is asked to take one."""

    def __init__(self, service: Service, catalogs: Catalogs, exchange: Exchange) -> None:
        self._service = service
        self._catalogs = catalogs
        self._exchange = exchange

    async def offer(self, actor: Person, incoming: Incoming, texts: Texts) -> Reply:
        """Ask another committee, or the office: whoever was chosen, or whom the words begin with. Raises
        `DispatchError`."""
        access.check(Verb.HAND_OVER, actor, actor.committee_id)
        check_length(incoming.text, {})
        chosen, said = person_of(incoming.choice), incoming.text.strip()
        if chosen is None:
            roster, committees = (
                await self._service.roster(actor.committee_id),
                await self._service.store.committees(),
            )
            chosen, said = office_named(said, roster, committees) or named(said, committees)
        command = Command(
            verb=Verb.HAND_OVER,
            actor=actor.id,
            note=said,
            version=incoming.version,
            receipt=incoming.receipt,
        )
        if chosen == OFFICE:
            answer, view = await self._exchange.offer_office(actor, job_of(incoming), command)
        else:
            answer, view = await self._exchange.offer(
                actor, job_of(incoming), command, lambda _others: chosen
            )
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=card(view, texts, self._service.clock.now()) if incoming.wants_card else None,
        )

    async def answer(self, actor: Person, verb: Verb, relay_id: int | None, texts: Texts) -> Reply:
        """They take it, or not; without a number what they were asked first. Raises `UnknownRelayError` and
        `NotAllowedError`."""
        if relay_id is None:
            relay_id = next(iter(await self._exchange.asked(actor)), None)
        if relay_id is None:
            raise UnknownRelayError
        playbooks = self._service.playbooks

        def where(said: str, roster: Roster) -> int | None:
            return parse.understand(said, roster, playbooks).building_id

        answer = await self._exchange.answer(actor, relay_id, verb, where)
        return Reply(
            text=sentences.answer(answer, texts),
            ok=answer.key not in sentences.NOTHING_DONE,
            card=await self._shown(actor, relay_id, texts),
        )

    async def card(self, reader: Person, relay: Relay) -> Card:
        """The card of a transfer for this reader. Raises `UnknownRelayError`."""
        return await self._shown(reader, relay.id, self._catalogs.texts(reader.language))

    async def cards(self, reader: Person, texts: Texts) -> tuple[Card, ...]:
        """What the reader is to answer now, what presses first."""
        found = [await self._shown(reader, each, texts) for each in await self._exchange.asked(reader)]
        return tuple(sorted(found, key=lambda each: each.rank))

    async def _shown(self, reader: Person, relay_id: int, texts: Texts) -> Card:
        roster = await self._service.roster(reader.committee_id)
        asking = await self._exchange.asking(reader, relay_id)
        return shown(asking, roster, texts, self._service.clock.now())


def named(words: str, committees: Sequence[Committee]) -> tuple[int, str]:
    """The committee that words begin with, by its name, by how its name begins, or by its key; and the words
    behind that. Raises `UnknownCommitteeError` where it is none, or more than one."""
    plain = words.lstrip(_END)
    whole = [each for each in committees if plain.casefold().startswith(each.name.casefold())]
    if whole:
        longest = max(whole, key=lambda each: len(each.name))
        return longest.id, plain[len(longest.name) :].strip(_END)
    first, _, rest = plain.partition(" ")
    first = first.strip(_END).casefold()
    found = [each for each in committees if first and _called(first, each)]
    if len(found) != 1:
        raise UnknownCommitteeError
    return found[0].id, rest.strip()


def office_named(words: str, roster: Roster, committees: Sequence[Committee]) -> tuple[int, str] | None:
    """The same of the office: by a word for it, or by whoever is on its rung. None where it is not meant, and
    where the words begin with a committee's whole name."""
    plain = words.lstrip(_END)
    if any(plain.casefold().startswith(each.name.casefold()) for each in committees):
        return None
    people = roster.ladder.rungs.get(Rung.OFFICE, ())
    names = [roster.people[who].name for who in people if who in roster.people]
    for name in (*sorted(names, key=len, reverse=True), *_OFFICE_WORDS):
        rest = plain[len(name) :]
        if plain.casefold().startswith(name.casefold()) and not rest[:1].isalnum():
            return OFFICE, rest.strip(_END)
    return None


def shown(asking: Asking, roster: Roster, texts: Texts, now: Micros) -> Card:
    """How it stands for this reader. The buttons are for whoever may answer."""
    relay, job = asking.relay, asking.job
    answers = relay.open and asking.answers
    return Card(
        job_id=relay.id,
        version=relay.version,
        tone=_tone(asking),
        title=_title(asking, texts),
        badge=texts.gettext(PRIORITIES[job.priority]) if relay.open else texts.say("Handing over"),
        state=_state(asking, roster, texts),
        facts=tuple(_facts(asking, texts)) if relay.open else (),
        actions=_buttons(relay, texts) if answers else (),
        silent=wakes_nobody(job, roster.committee, now),
        rank=relay.made_at // SECOND,
        closed=not relay.open,
        relay=True,
    )


def _called(first: str, committee: Committee) -> bool:
    return first == committee.key.casefold() or committee.name.casefold().startswith(first)


def _tone(asking: Asking) -> Tone:
    if not asking.relay.open:
        return Tone.DONE
    pressing = asking.answers and asking.job.priority is not Priority.NORMAL
    return Tone.ALARM if pressing else TONES[asking.job.priority]


def _title(asking: Asking, texts: Texts) -> str:
    kind = f"{asking.playbook.icon} {texts.pick(asking.playbook.title)}".strip()
    return texts.say("{kind} · from {committee}", kind=kind, committee=asking.sender.name)


def _state(asking: Asking, roster: Roster, texts: Texts) -> str:
    say, relay = texts.say, asking.relay
    if relay.open:
        return say(
            "{committee} asks you to take this job over. Until you do it stays theirs.",
            committee=asking.sender.name,
        )
    taker = roster.people.get(relay.taken_by or 0)
    if relay.taken_by is None:
        return say("This is over; nothing is asked of you any more.")
    who = taker.name if taker is not None else say("somebody who has left")
    return say("{who} took it over: it is job {job} here.", who=who, job=f"#{asking.made or 0}")


def _facts(asking: Asking, texts: Texts) -> Iterator[Fact]:
    say, private = texts.say, asking.private
    if asking.job.headline:
        yield Fact(label=say("What"), value=asking.job.headline)
    if private is None:
        return
    lines = (
        (say("Door"), " ".join(part for part in (asking.building, private.unit) if part), None),
        (say("Phone"), private.phone, private.phone),
        (say("As reported"), private.text.strip(), None),
        (say("Note"), asking.note, None),
    )
    for label, value, phone in lines:
        if value:
            yield Fact(label=label, value=value, phone=phone, private=True)


def _buttons(relay: Relay, texts: Texts) -> tuple[Action, ...]:
    say = texts.say
    return (
        Action(
            verb=Verb.TAKE_OVER,
            job_id=relay.id,
            version=relay.version,
            label=say("Accept"),
            style=Style.SUCCESS,
        ),
        Action(
            verb=Verb.TURN_DOWN,
            job_id=relay.id,
            version=relay.version,
            label=say("Decline"),
            asks=Asks.CONFIRM,
            hint=say("Tell them that you cannot take it?"),
        ),
    )
