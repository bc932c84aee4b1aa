"""Personal links: whose, and how they are shown at a console, as text or as QR codes for a phone's camera."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeAlias

from bot.codes import Codes
from bot.complaints import ComplaintError
from bot.web.links import LINK_MAX_AGE_S, Links
from dispatch.moments import SECOND, Micros
from dispatch.people import Committee, Person
from dispatch.ports import Store
from dispatch.tables import nearest

ChatLink: TypeAlias = Callable[[Person], str]
"""Makes a person's link into a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A person's link. Whoever opens it is signed in as that person: it is handed over, never posted."""

    name: str
    role: str
    url: str
    chats: tuple[str, ...] = ()
    """Links that open a chat and tie the account there to the person."""
    written: str = ""
    """Where an invitation is written instead of opened, and the words."""
    lacking: str = ""
    """Why there is no link into a chat where there should be one; a sentence."""


async def choose_committee(store: Store, key: str | None) -> Committee:
    """The committee of that key; without one, the only one there is. Raises `ComplaintError`."""
    committees = {committee.key: committee for committee in await store.committees()}
    if not committees:
        raise ComplaintError("there is no committee yet; load one: suidao load FILE")
    if key is None:
        if len(committees) > 1:
            raise ComplaintError(
                f"there are several committees; add --committee with one of: {', '.join(committees)}"
            )
        return next(iter(committees.values()))
    if key not in committees:
        raise ComplaintError(f"there is no committee {key}{nearest(key, committees)}")
    return committees[key]


def telegram_link(codes: Codes, username: str, person: Person, now: Micros) -> str:
    """Opens a chat with the bot of that name, and ties the account there to the person. Good for as long
    as a personal link, and revoked with it."""
    return f"https://t.me/{username.removeprefix('@')}?start={_code(codes, person, now)}"


def matrix_words(codes: Codes, user_id: str, person: Person, now: Micros) -> str:
    """Where to write to the bot of that account, and what, for the same. A link there cannot hold words."""
    return f"https://matrix.to/#/{user_id}  and write there: !join {_code(codes, person, now)}"


def _code(codes: Codes, person: Person, now: Micros) -> str:
    return codes.make(person.committee_id, person.id, person.link_epoch, now + LINK_MAX_AGE_S * SECOND)


async def invite(
    store: Store,
    links: Links,
    committee: Committee,
    key: str,
    *,
    revoke: bool = False,
    chats: Sequence[ChatLink] = (),
) -> Invitation:
    """A new link for the person of that key, and one for each of `chats`; `revoke` makes every earlier one
    useless, and the accounts tied by them.

    Raises `ComplaintError`."""
    people = {person.key: person for person in (await store.roster(committee.id)).people.values()}
    if key not in people:
        raise ComplaintError(f"{committee.key} has no active person {key}{nearest(key, people)}")
    person = await store.invite(committee.id, people[key].id, revoke=revoke)
    return Invitation(
        name=person.name,
        role=_role(person),
        url=links.link(person),
        chats=tuple(chat(person) for chat in chats),
    )


def print_links(invitations: Iterable[Invitation], out: TextIO, *, qr: bool) -> None:
    """Write the links below each person's name; with `qr` each as a code that a phone's camera opens, too."""
    for invitation in invitations:
        out.write(f"\n  {invitation.name} ({invitation.role})\n")
        for url in (invitation.url, *invitation.chats):
            out.write(f"  {url}\n")
            if qr:
                import segno  # noqa: PLC0415 - wanted only where a phone's camera looks

                segno.make(url, micro=False).terminal(out, compact=True)
        if invitation.written:
            out.write(f"  {invitation.written}\n")
        if invitation.lacking:
            out.write(f"  {invitation.lacking}\n")
    out.flush()


def _role(person: Person) -> str:
    return ", ".join(sorted(role.value for role in person.roles))
