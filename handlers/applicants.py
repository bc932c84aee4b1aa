"""An application as those read it who decide on it, and the welcome of somebody who was let in."""

from dispatch import joining
from dispatch.errors import DeclinedLatelyError
from dispatch.joining import Application
from dispatch.moments import SECOND, Micros
from dispatch.people import Person, Roster
from dispatch.verbs import Verb
from handlers import offering
from handlers.cards import NORMAL_RANK, at_night
from handlers.messages import Action, Asks, Card, Fact, Style, Tone
from handlers.sentences import ERRORS
from handlers.texts import Texts


def card(application: Application, roster: Roster, texts: Texts, now: Micros, *, decides: bool) -> Card:
    """Who asks to be let in. The phone and the buttons are for a reader who `decides` only."""
    offered = application.open and decides
    return Card(
        job_id=application.id,
        version=application.version,
        tone=Tone.NORMAL if application.open else Tone.DONE,
        title=f"👋 {application.name} · {_building(application, roster, texts)}",
        badge=texts.say("Wants to join"),
        state=_state(application, roster, texts),
        facts=_facts(application, roster, texts, private=offered),
        actions=_buttons(application, texts) if offered else (),
        notes=_notes(application, roster, texts) if offered else (),
        silent=at_night(roster.committee, now),
        rank=NORMAL_RANK + application.created_at // SECOND,
        closed=not application.open,
        application=True,
    )


def welcome(application: Application, reader: Person, roster: Roster, texts: Texts, now: Micros) -> Card:
    """What somebody reads whom staff have let in."""
    return Card(
        job_id=application.id,
        version=application.version,
        tone=Tone.DONE,
        title=texts.say("Welcome, {person}", person=reader.name),
        badge="",
        state=_welcomed(application, reader, roster, texts),
        notes=(how_it_works(texts),),
        silent=at_night(roster.committee, now),
        rank=NORMAL_RANK + application.created_at // SECOND,
        closed=True,
        application=True,
    )


def _welcomed(application: Application, reader: Person, roster: Roster, texts: Texts) -> str:
    said = texts.say("The staff of {committee} have let you in.", committee=roster.committee.name)
    return by_rule(roster, texts) if joining.by_rule(application, reader) else said


def by_rule(roster: Roster, texts: Texts) -> str:
    """What somebody is told whom nobody had to let in."""
    return texts.say(
        "You are in at {committee}. Until its staff vouch for you, you are offered jobs that show no door "
        "and no phone.",
        committee=roster.committee.name,
    )


def declined(application: Application, roster: Roster, texts: Texts, now: Micros) -> Card:
    """What somebody reads whom staff have not let in."""
    return Card(
        job_id=application.id,
        version=application.version,
        tone=Tone.DONE,
        title=texts.say("Your application to {committee}", committee=roster.committee.name),
        badge="",
        state=texts.gettext(ERRORS[DeclinedLatelyError.key]),
        silent=at_night(roster.committee, now),
        rank=NORMAL_RANK + application.created_at // SECOND,
        closed=True,
        application=True,
    )


def how_it_works(texts: Texts) -> str:
    """What somebody new is to know."""
    return texts.say(
        "Jobs for you appear here: one tap takes one, and you learn at once whether you have it. "
        "Write /help to see what you can do."
    )


def line(application: Application, roster: Roster, texts: Texts) -> str:
    """An open application in one line, with the words that decide on it."""
    return texts.say(
        "{person} ({building}) wants to join: write approve {number} or decline {number}",
        person=application.name,
        building=_building(application, roster, texts),
        number=application.id,
    )


def _building(application: Application, roster: Roster, texts: Texts) -> str:
    home = roster.buildings.get(application.building_id) if application.building_id is not None else None
    return home.name if home is not None else texts.say("building not said yet")


def _state(application: Application, roster: Roster, texts: Texts) -> str:
    if application.open:
        return texts.say("Asks to be let in as a volunteer.")
    by = roster.people.get(application.decided_by) if application.decided_by is not None else None
    person = roster.people.get(application.person_id) if application.person_id is not None else None
    if joining.by_rule(application, person):
        return (
            texts.say("Let in by the committee's rule; nobody has vouched for them yet.")
            if (person is not None and not person.trusted)
            else texts.say("Let in by the committee's rule.")
        )
    if application.approved and by is None:
        return texts.say("Came in with an invitation.")
    who = by.name if by is not None else texts.say("somebody who has left")
    if application.approved:
        return texts.say("Let in by {who}.", who=who)
    return texts.say("Declined by {who}.", who=who)


def _facts(application: Application, roster: Roster, texts: Texts, *, private: bool) -> tuple[Fact, ...]:
    phone = application.phone
    shown = (Fact(label=texts.say("Phone"), value=phone, phone=phone, private=True),)
    platform = Fact(label=texts.say("Writes on"), value=application.account.platform.capitalize())
    number = Fact(label=texts.say("Application"), value=f"#{application.id}")
    brings = texts.names(offering.told(application.offering, roster, texts))
    said = (Fact(label=texts.say("Brings"), value=brings),) if brings else ()
    return (*(shown if phone and private else ()), *said, platform, number)


def _notes(application: Application, roster: Roster, texts: Texts) -> tuple[str, ...]:
    told = texts.say("Once let in, they are offered only jobs that show no door and no phone.")
    known = roster.people.get(application.same_phone) if application.same_phone is not None else None
    if known is None:
        return (told,)
    like = texts.say(
        "{person} is listed with the same phone. If this is them, decline and send them an invitation.",
        person=known.name,
    )
    return (like, told)


def _buttons(application: Application, texts: Texts) -> tuple[Action, ...]:
    approve = Action(
        verb=Verb.APPROVE,
        job_id=application.id,
        version=application.version,
        label=texts.say("Let them in"),
        style=Style.SUCCESS,
    )
    decline = Action(
        verb=Verb.DECLINE,
        job_id=application.id,
        version=application.version,
        label=texts.say("Decline"),
        asks=Asks.CONFIRM,
        hint=texts.say("Decline this application?"),
    )
    return (approve, decline)
