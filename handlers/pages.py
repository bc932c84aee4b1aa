"""A person's own page: their cards in order, whether they must answer now, and what they may post."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dispatch import access
from dispatch.jobs import Priority
from dispatch.moments import Micros
from dispatch.people import Person, Role, Roster
from dispatch.playbook import Playbook
from dispatch.verbs import Verb
from dispatch.views import JobView
from handlers import kinds, pauses
from handlers.cards import card
from handlers.home import Home, Kind, PostForm
from handlers.messages import Card, Choice, Tone
from handlers.texts import Texts

_CALLED = frozenset({Role.SECRETARY, Role.OFFICE})
"""Those whose page is quiet until they are called."""
_TOLD_WHO_IS_ON_DUTY = frozenset({Role.STAFF, Role.SECRETARY, Role.OFFICE, Role.ADVISER})


def home(
    reader: Person,
    roster: Roster,
    views: Sequence[JobView],
    playbooks: Mapping[str, Playbook],
    on_duty: Person | None,
    texts: Texts,
    now: Micros,
    near: Sequence[JobView] = (),
) -> Home:
    """Everything that the page shows, by rank; `near` in the order in which it is given."""
    cards = sorted((card(view, texts, now) for view in views), key=lambda each: each.rank)
    open_cards = tuple(each for each in cards if not each.closed)
    posts = access.allows(Verb.POST, reader, roster.committee.id)
    return Home(
        committee=roster.committee.name,
        person=reader.name,
        language=texts.language,
        demo=roster.committee.demo,
        alarm=any(each.tone is Tone.ALARM for each in open_cards),
        quiet=_quiet(reader, open_cards, texts),
        duty=_duty(reader, on_duty, texts),
        calm=_calm(reader, texts),
        cards=open_cards,
        near=nearby(near, texts, now),
        closed=tuple(each for each in cards if each.closed),
        post=_form(roster, playbooks, texts) if posts else None,
        rest=pauses.rest(reader, roster, texts, now),
        board=access.allows(Verb.SEE_BOARD, reader, roster.committee.id),
    )


def nearby(views: Sequence[JobView], texts: Texts, now: Micros) -> tuple[Card, ...]:
    """Jobs that the reader may take without having been asked, as cards that ask nothing of them."""
    return tuple(replace(card(view, texts, now), near=True) for view in views)


def _quiet(reader: Person, cards: Sequence[Card], texts: Texts) -> str:
    if any(each.actions for each in cards):
        return ""
    if access.allows(Verb.SEE_DESK, reader, reader.committee_id):
        return texts.say("No job is open.") if not cards else ""
    return texts.say(
        "Nothing is asked of you right now. Leave this page open: new jobs appear by themselves."
    )


def _calm(reader: Person, texts: Texts) -> str:
    if not reader.roles & _CALLED or Role.STAFF in reader.roles:
        return ""
    return texts.say("Nobody is calling you now.")


def _duty(reader: Person, on_duty: Person | None, texts: Texts) -> str:
    if not reader.roles & _TOLD_WHO_IS_ON_DUTY:
        return ""
    if on_duty is None:
        return texts.say("Nobody is on duty!")
    return texts.say("On duty: {who}", who=on_duty.name)


def _form(roster: Roster, playbooks: Mapping[str, Playbook], texts: Texts) -> PostForm:
    fallback, order = kinds.fallback(playbooks), list(Priority)
    listed = sorted(
        playbooks.values(), key=lambda each: (each.kind == fallback, order.index(each.priority), each.kind)
    )
    return PostForm(
        hint=texts.say("One message is enough: where, what, who."),
        examples=tuple(example for each in listed if (example := texts.pick(each.example))),
        kinds=tuple(
            Kind(
                value=each.kind,
                label=texts.pick(each.title),
                icon=each.icon,
                life=each.priority is Priority.LIFE,
                needs=each.require,
            )
            for each in listed
        ),
        buildings=tuple(Choice(value=each.key, label=each.name) for each in roster.buildings.values()),
    )
