"""Who cannot be reached, in words for the desk: by name and platform, why, and for how long.

Never an account, a room's number or a phone: what is not in a line cannot be read over somebody's shoulder.
"""

from collections.abc import Mapping, Sequence

from dispatch.moments import Micros
from dispatch.people import PAGE, Audience, Roster
from dispatch.reach import Reason, Unreached
from handlers.home import Unreachable
from handlers.texts import Texts, mark

MOST_LINES = 30
"""Failed addresses told one by one; beyond that something larger is wrong, and a phone shows no more."""

MOST_NAMES = 40
"""Names behind one reason: with the lines they stay below the 4,096 characters of a message."""

PLATFORMS: Mapping[str, str] = {
    PAGE: mark("the web page"),
    "telegram": mark("Telegram"),
    "matrix": mark("Matrix"),
}

ROOMS: Mapping[Audience | None, str] = {
    Audience.VOLUNTEERS: mark("The volunteers' group"),
    Audience.STAFF: mark("The staff's group"),
    None: mark("A group"),
}

REASONS: Mapping[Reason, str] = {
    Reason.BLOCKED: mark("has blocked the bot"),
    Reason.NOT_STARTED: mark("has not pressed Start in the chat with the bot"),
    Reason.NO_CHAT: mark("no such chat: a wrong number, or Start was never pressed"),
    Reason.ACCOUNT_GONE: mark("the account is deleted"),
    Reason.PUT_OUT: mark("the bot was removed from it"),
    Reason.ROOM_GONE: mark("it was closed"),
    Reason.REFUSED: mark("nothing can be sent there any more"),
    Reason.NO_ANSWER: mark("did not answer when it was last tried"),
    Reason.DECLINES: mark("said no when it was last tried"),
    Reason.UNUSABLE: mark("its address in the committee's file cannot be read"),
}
"""Why an address does not work, one line each."""

GROUPS: Mapping[Reason, str] = {
    Reason.PAGE_CLOSED: mark("No chat, and the page is closed: {names}."),
    Reason.PAGE_UNOPENED: mark("No chat, and the page was never opened: {names}."),
    Reason.NO_ADDRESS: mark("Neither a page nor a chat; please invite them: {names}."),
}
"""Why somebody without a chat is not reached now: many at once, so one line for all of them."""


PEOPLE: Mapping[Reason, str] = {
    Reason.PAGE_CLOSED: mark("page closed, no chat"),
    Reason.PAGE_UNOPENED: mark("page never opened, no chat"),
    Reason.NO_ADDRESS: mark("not invited yet"),
}
"""The same as a few words beside one name."""


def told(found: Sequence[Unreached], roster: Roster, texts: Texts, now: Micros) -> Unreachable:
    """Everything there is to tell; `count` is of people and rooms whom nothing reaches."""
    failed = [each for each in found if each.reason in REASONS]
    lines = [_line(each, roster, texts, now) for each in failed[:MOST_LINES]]
    if len(failed) > MOST_LINES:
        lines.append(texts.say("And {count} more.", count=len(failed) - MOST_LINES))
    for reason in GROUPS:
        names = [_name(each, roster, texts, now) for each in found if each.reason is reason]
        if names:
            lines.append(texts.say(GROUPS[reason], names=_names(names, texts)))
    rooms = sum(each.person_id is None for each in found)
    people = {each.person_id for each in found if each.person_id is not None and each.instead is None}
    return Unreachable(count=rooms + len(people), lines=tuple(lines))


def answer(told: Unreachable, texts: Texts) -> str:
    """The same as the answer to a command."""
    if not told.lines:
        return "\n".join([nobody(texts), *told.late])
    head = texts.say("Who cannot be reached ({count})", count=told.count)
    return "\n".join([head, *told.lines, *told.late])


def nobody(texts: Texts) -> str:
    """What stands where there is nothing to tell."""
    return texts.say("Everybody can be reached.")


def reason(each: Unreached, texts: Texts) -> str:
    """Why somebody is not reached, for a list in which their name stands already."""
    if each.reason in PEOPLE:
        return texts.gettext(PEOPLE[each.reason])
    return texts.say(
        "{platform}: {reason}",
        platform=_platform(each.platform, texts),
        reason=texts.gettext(REASONS[each.reason]),
    )


def _line(each: Unreached, roster: Roster, texts: Texts, now: Micros) -> str:
    say = texts.say
    platform = _platform(each.platform, texts)
    who, reason = _who(each, roster, texts), texts.gettext(REASONS[each.reason])
    if each.since is None:
        line = say("{who} · {platform}: {reason}.", who=who, platform=platform, reason=reason)
    else:
        time = texts.duration(now - each.since)
        line = say(
            "{who} · {platform}: {reason} ({time} ago).",
            who=who,
            platform=platform,
            reason=reason,
            time=time,
        )
    other = "" if each.instead is None else _platform(each.instead, texts)
    return texts.sentences(line, say("Reached on {platform} instead.", platform=other) if other else "")


def _name(each: Unreached, roster: Roster, texts: Texts, now: Micros) -> str:
    who = _who(each, roster, texts)
    if each.since is None:
        return who
    return texts.say("{who} ({time} ago)", who=who, time=texts.duration(now - each.since))


def _names(names: Sequence[str], texts: Texts) -> str:
    if len(names) <= MOST_NAMES:
        return texts.names(names)
    listed = texts.listed(names[:MOST_NAMES])
    return texts.say("{names} and {count} more", names=listed, count=len(names) - MOST_NAMES)


def _who(each: Unreached, roster: Roster, texts: Texts) -> str:
    if each.person_id is None:
        return texts.gettext(ROOMS[each.audience])
    person = roster.people.get(each.person_id)
    return person.name if person is not None else texts.say("somebody who has left")


def _platform(name: str, texts: Texts) -> str:
    return texts.gettext(PLATFORMS[name]) if name in PLATFORMS else name.capitalize()
