"""A volunteer's rest in words: what they wished, what it means for them, and how it stands now."""

from dispatch import pauses
from dispatch.moments import Micros
from dispatch.people import Person, Roster
from dispatch.service import Service
from handlers import spans
from handlers.home import Rest
from handlers.messages import Reply
from handlers.texts import Texts


async def wished(service: Service, actor: Person, said: str, texts: Texts, *, job: int | None) -> Reply:
    """Begin, move or end the actor's rest. `job` is one that they have taken, if any: it stays theirs."""
    if not actor.may_be_asked:
        told = texts.say("Nobody asks you for volunteers' jobs, so there is nothing to pause.")
        return Reply(text=told, ok=False)
    roster, now = await service.roster(actor.committee_id), service.clock.now()
    try:
        until = spans.until(said, now, roster.committee.timezone)
    except spans.UnreadableSpanError:
        return Reply(text=_how(texts), ok=False)
    if until is None and not actor.resting(now):
        return Reply(text=texts.say("You are being asked for jobs; nothing was changed."), ok=False)
    rested = await service.pause(actor, until)
    if until is None:
        return Reply(text=texts.say("You are asked for jobs again."))
    kept = "" if job is None else texts.say("Job {job} stays yours.", job=job)
    return Reply(text=texts.sentences(_state(rested, roster, texts, now), kept, _leads(actor, roster, texts)))


def rest(reader: Person, roster: Roster, texts: Texts, now: Micros) -> Rest | None:
    """How it stands with the reader's rest; None for those whom no wave asks anyway."""
    if not reader.may_be_asked:
        return None
    if not reader.resting(now):
        return Rest(resting=False, said="")
    said = texts.sentences(_state(reader, roster, texts, now), _leads(reader, roster, texts))
    return Rest(resting=True, said=said)


def until(person: Person, roster: Roster, texts: Texts, now: Micros) -> str:
    """Until when somebody rests, in a few words; empty where they do not."""
    if person.paused_until is None or not person.resting(now):
        return ""
    if person.paused_until == pauses.UNTIL_SAID:
        return texts.say("resting")
    moment = _moment(person.paused_until, roster, texts, now)
    return texts.say("resting until {until}", until=moment)


def _state(person: Person, roster: Roster, texts: Texts, now: Micros) -> str:
    moment = person.paused_until or now
    if moment == pauses.UNTIL_SAID:
        return texts.say("You are not asked for jobs until you say so. You can still take one yourself.")
    return texts.say(
        "You are not asked for jobs until {until}. You can still take one yourself.",
        until=_moment(moment, roster, texts, now),
    )


def _leads(person: Person, roster: Roster, texts: Texts) -> str:
    ladder = {each for people in roster.ladder.rungs.values() for each in people}
    if person.id not in ladder | set(roster.ladder.last_resort):
        return ""
    return texts.say("As a leader you are called all the same.")


def _moment(moment: Micros, roster: Roster, texts: Texts, now: Micros) -> str:
    zone = roster.committee.timezone
    clock, day = texts.clock(moment, zone), texts.day(moment, zone)
    if day == texts.day(now, zone):
        return texts.say("{clock} today", clock=clock)
    if day == texts.day(now + spans.DAY, zone):
        return texts.say("{clock} tomorrow", clock=clock)
    return texts.say("{day}, {clock}", day=day, clock=clock)


def _how(texts: Texts) -> str:
    return texts.say(
        "Until when? Like this: /pause 4 (hours), /pause 18:00, or /pause alone, until tomorrow morning."
        " To be asked again: /pause off."
    )
