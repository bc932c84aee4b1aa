"""How a message would be understood, said while it is being typed. Nothing is kept."""

from collections.abc import Mapping

from dispatch.errors import DispatchError, EmptyTextError
from dispatch.jobs import Draft, Priority
from dispatch.people import Person, Roster
from dispatch.playbook import Playbook
from handlers import sentences
from handlers.messages import Fact, Incoming, Tone
from handlers.posting import Posting, posting
from handlers.sheets import Preview
from handlers.texts import Texts

_TONES = {Priority.LIFE: Tone.LIFE, Priority.URGENT: Tone.URGENT, Priority.NORMAL: Tone.NORMAL}


def preview(
    incoming: Incoming, actor: Person, roster: Roster, playbooks: Mapping[str, Playbook], texts: Texts
) -> Preview:
    """What would be posted; what would be refused is said as a note. Never raises a `DispatchError`."""
    try:
        understood = posting(incoming, actor, roster, playbooks)
    except EmptyTextError:
        return Preview()
    except DispatchError as error:
        return Preview(title=texts.say("Not yet"), notes=(sentences.refusal(error, texts),))
    draft = understood.draft
    playbook = playbooks[draft.kind]
    return Preview(
        title=f"{playbook.icon} {texts.pick(playbook.title)}",
        badge=texts.gettext(sentences.PRIORITIES[draft.priority]),
        tone=_TONES[draft.priority],
        facts=_facts(draft, roster, texts),
        notes=_notes(understood, playbook, texts),
    )


def _facts(draft: Draft, roster: Roster, texts: Texts) -> tuple[Fact, ...]:
    building = roster.buildings.get(draft.building_id) if draft.building_id is not None else None
    many = texts.ngettext("{count} person", "{count} people", draft.places).format(count=draft.places)
    lines = (
        (texts.say("Building"), building.name if building is not None else "", False),
        (texts.say("Door"), draft.unit, True),
        (texts.say("Phone"), draft.phone, True),
        (texts.say("How many"), many if draft.places > 1 else "", False),
    )
    return tuple(Fact(label=label, value=value, private=private) for label, value, private in lines if value)


def _notes(understood: Posting, playbook: Playbook, texts: Texts) -> tuple[str, ...]:
    draft = understood.draft
    said = {"building": draft.building_id is not None, "unit": bool(draft.unit), "phone": bool(draft.phone)}
    missing = [field for field, known in said.items() if field in playbook.require and not known]
    fields = texts.names(texts.gettext(sentences.FIELDS[field]) for field in missing)
    unknown = understood.unknown_building
    notes = (
        texts.say("There is no building {building} here.", building=unknown) if unknown else "",
        texts.say("Still missing: {fields}. You can post now and add it later.", fields=fields)
        if missing
        else "",
    )
    return tuple(note for note in notes if note)
