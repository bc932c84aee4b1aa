"""Acting as a secretary, as a card: what a committee is asked, and what whoever asks, or is appointed, keeps.

A name, a committee and a moment are all that stands there.
"""

from dispatch.acting import Acting, Ending
from dispatch.appointing import Told
from dispatch.moments import SECOND
from dispatch.people import Person, Roster
from dispatch.relays import Relay, RelayState
from dispatch.verbs import Verb
from handlers import relays
from handlers.cards import NORMAL_RANK
from handlers.messages import Action, Asks, Card, Fact, Style, Tone
from handlers.texts import Texts


def card(told: Told, reader: Person, roster: Roster, texts: Texts) -> Card:
    """How it stands for this reader. The buttons are for whoever may answer."""
    relay = told.relay
    return Card(
        job_id=relay.id,
        version=relay.version,
        tone=_tone(told),
        title=_title(told, roster, texts),
        badge=texts.say("Acting secretary"),
        state=_state(told, reader, roster, texts),
        facts=_facts(told, roster, texts),
        actions=_buttons(relay, texts) if told.answers else (),
        rank=relay.made_at // SECOND + (0 if told.answers else NORMAL_RANK),
        closed=relay.state is RelayState.OVER,
        relay=True,
    )


def _tone(told: Told) -> Tone:
    if told.relay.state is RelayState.OVER:
        return Tone.DONE
    return Tone.URGENT if told.answers else Tone.NORMAL


def _title(told: Told, roster: Roster, texts: Texts) -> str:
    asked, relay = told.asked, told.relay
    if asked is None:
        person = roster.people.get(relay.about_id or 0)
        who = person.name if person is not None else texts.say("somebody who has left")
        return texts.say("🪪 {who} acts for {committee}", who=who, committee=roster.committee.name)
    if relay.about_id is not None:
        return texts.say("🪪 {who} acts for {committee}", who=asked.who, committee=asked.committee)
    return f"🪪 {asked.who} · {asked.sender}"


def _state(told: Told, reader: Person, roster: Roster, texts: Texts) -> str:
    if told.asked is None:
        return _appointed(told.relay, reader, roster, texts)
    if told.relay.about_id is not None:
        return _own(told.relay, told.asked, texts)
    return _theirs(told, roster, texts)


def _appointed(relay: Relay, reader: Person, roster: Roster, texts: Texts) -> str:
    if relay.state is RelayState.OVER:
        return texts.say("That is over.")
    by = roster.people.get(relay.by_id or 0)
    who = by.name if by is not None else texts.say("somebody who has left")
    if relay.about_id != reader.id:
        return texts.say("Appointed by {who}.", who=who)
    return texts.say(
        "{who} appointed you. You are a secretary until then, and have the duty where nobody else is there.",
        who=who,
    )


def _own(relay: Relay, asked: Acting, texts: Texts) -> str:
    """For whoever wants to act, or does."""
    if relay.state is RelayState.TAKEN:
        return texts.say(
            "{committee} said yes. Its cards come to you, too, and your own page leads to theirs.",
            committee=asked.committee,
        )
    if relay.open:
        return texts.say(
            "{committee} is asked. Before they say yes you see nothing of theirs.", committee=asked.committee
        )
    if asked.ending is Ending.DECLINED:
        return texts.say("{committee} said no.", committee=asked.committee)
    return texts.say("That is over.")


def _theirs(told: Told, roster: Roster, texts: Texts) -> str:
    """For those who are asked."""
    relay, asked = told.relay, told.asked
    if asked is None or relay.state is RelayState.OVER:
        ending = asked.ending if asked is not None else Ending.NONE
        if ending is Ending.DECLINED:
            return texts.say("You said no; nothing of yours was shown.")
        return texts.say("That is over.")
    if not relay.open:
        by = roster.people.get(relay.taken_by or 0)
        who = by.name if by is not None else texts.say("somebody who has left")
        return texts.say("{who} said yes.", who=who)
    return texts.say(
        "{who} of {committee} offers to act as a secretary here: with everything that a secretary sees and "
        "does. Before you say yes they see nothing.",
        who=asked.who,
        committee=asked.sender,
    )


def _facts(told: Told, roster: Roster, texts: Texts) -> tuple[Fact, ...]:
    until = told.relay.ends_at
    if until is None or told.relay.state is RelayState.OVER:
        return ()
    return (Fact(label=texts.say("Until"), value=relays.when(until, roster, texts)),)


def _buttons(relay: Relay, texts: Texts) -> tuple[Action, ...]:
    return (
        Action(
            verb=Verb.TAKE_OVER,
            job_id=relay.id,
            version=relay.version,
            label=texts.say("Accept"),
            style=Style.SUCCESS,
        ),
        Action(
            verb=Verb.TURN_DOWN,
            job_id=relay.id,
            version=relay.version,
            label=texts.say("Decline"),
            asks=Asks.CONFIRM,
            hint=texts.say("Tell them that nobody is to act here?"),
        ),
    )
