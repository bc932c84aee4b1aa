"""A relay as a card: a shift that one has, a roll call, something that is to be taken over from somebody.

Names, hours and numbers of jobs are all that stands there: whoever is asked may know them.
"""

from dispatch.moments import SECOND, Micros
from dispatch.people import Person, Roster
from dispatch.relays import TELLING, Relay, RelayKind
from dispatch.verbs import Verb
from handlers.cards import NORMAL_RANK, at_night
from handlers.messages import Action, Card, Fact, Style, Tone
from handlers.texts import Texts


def card(relay: Relay, reader: Person, roster: Roster, texts: Texts, now: Micros) -> Card:
    """How it stands for this reader. The button is for whoever was asked."""
    asked = relay.asks and reader.id in relay.asked
    telling = relay.kind in TELLING
    return Card(
        job_id=relay.id,
        version=relay.version,
        tone=_tone(relay, asked=asked),
        title=_title(relay, roster, texts),
        badge=_badge(relay, texts),
        state=_state(relay, reader, roster, texts),
        facts=_facts(relay, roster, texts),
        actions=(_button(relay, reader, texts),) if asked else (),
        notes=_notes(relay, reader, texts),
        silent=telling and at_night(roster.committee, now),
        rank=relay.made_at // SECOND + (NORMAL_RANK if telling else 0),
        closed=not relay.open,
        relay=True,
    )


def when(at: Micros, roster: Roster, texts: Texts) -> str:
    """A day and an hour, where the committee is."""
    zone = roster.committee.timezone
    return f"{texts.day(at, zone)} {texts.clock(at, zone)}"


def jobs(numbers: tuple[int, ...]) -> str:
    """Jobs by their numbers."""
    return ", ".join(f"#{number}" for number in numbers)


def _tone(relay: Relay, *, asked: bool) -> Tone:
    if asked:
        return Tone.ALARM
    return Tone.NORMAL if relay.open else Tone.DONE


def _title(relay: Relay, roster: Roster, texts: Texts) -> str:
    if relay.kind is not RelayKind.HANDOVER:
        return f"🕗 {_span(relay, roster, texts)}"
    who = _name(relay.about_id, roster, texts)
    if relay.about_id in roster.people:
        return texts.say("🔁 {who} is out", who=who)
    return texts.say("🔁 Somebody has left")


def _badge(relay: Relay, texts: Texts) -> str:
    match relay.kind:
        case RelayKind.ROLLCALL:
            return texts.say("Roll call")
        case RelayKind.HANDOVER:
            return texts.say("Handing over")
        case _:
            return texts.say("Your shift")


def _state(relay: Relay, reader: Person, roster: Roster, texts: Texts) -> str:
    if relay.kind in TELLING:
        return _told(relay, roster, texts)
    if relay.open:
        return _asking(relay, reader, roster, texts)
    if relay.taken_by == reader.id:
        return texts.say("You have it. Thank you.")
    if relay.taken_by is not None:
        return texts.say("{who} has it.", who=_name(relay.taken_by, roster, texts))
    return texts.say("This is over; nothing is asked of you any more.")


def _told(relay: Relay, roster: Roster, texts: Texts) -> str:
    if not relay.open:
        return texts.say("This is over; nothing is asked of you any more.")
    if relay.kind is RelayKind.GIVEN:
        by = _name(relay.by_id, roster, texts)
        return texts.say("{who} gave you this shift.", who=by)
    return texts.say("You have the duty then.")


def _asking(relay: Relay, reader: Person, roster: Roster, texts: Texts) -> str:
    say, others = texts.say, [who for who in relay.asked if who != reader.id]
    newest = _name(others[-1], roster, texts) if others else ""
    if reader.id not in relay.asked:
        waits = say("It stays in your name until somebody takes it.")
        asked = say("{who} was asked.", who=newest) if newest else say("Nobody is left to ask!")
        return texts.sentences(asked, waits)
    loud = say("Nobody has answered!") if relay.rounds else ""
    if relay.about_id == reader.id:
        return texts.sentences(loud, say("Your duty has begun. Are you here?"))
    return texts.sentences(loud, _why(relay, roster, texts))


def _why(relay: Relay, roster: Roster, texts: Texts) -> str:
    who = _name(relay.about_id, roster, texts)
    if relay.kind is RelayKind.HANDOVER:
        return texts.say("Will you take this over? Until somebody does it stays in {who}'s name.", who=who)
    if relay.about_id is None:
        return texts.say("Nobody has this shift. Will you take it?")
    return texts.say("{who} has not answered the roll call. Will you take the duty?", who=who)


def _facts(relay: Relay, roster: Roster, texts: Texts) -> tuple[Fact, ...]:
    if relay.kind is not RelayKind.HANDOVER:
        return ()
    duty = (Fact(label=texts.say("Duty"), value=_span(relay, roster, texts)),) if relay.ends_at else ()
    calls = (Fact(label=texts.say("Jobs"), value=jobs(relay.jobs)),) if relay.jobs else ()
    return (*duty, *calls)


def _notes(relay: Relay, reader: Person, texts: Texts) -> tuple[str, ...]:
    if relay.kind not in TELLING or not relay.open or relay.about_id != reader.id:
        return ()
    return (texts.say("If you cannot: write /duty swap, a name and the day, or /out when you are ill."),)


def _button(relay: Relay, reader: Person, texts: Texts) -> Action:
    mine = relay.kind is RelayKind.ROLLCALL and relay.about_id == reader.id
    return Action(
        verb=Verb.HERE,
        job_id=relay.id,
        version=relay.version,
        label=texts.say("I am here") if mine else texts.say("I take it"),
        style=Style.DANGER,
    )


def _span(relay: Relay, roster: Roster, texts: Texts) -> str:
    if relay.starts_at is None or relay.ends_at is None:
        return ""
    begins, ends = when(relay.starts_at, roster, texts), when(relay.ends_at, roster, texts)
    return texts.say("Duty from {from} until {until}", **{"from": begins, "until": ends})


def _name(person_id: int | None, roster: Roster, texts: Texts) -> str:
    person = roster.people.get(person_id) if person_id is not None else None
    return texts.say("somebody who has left") if person is None else person.name
