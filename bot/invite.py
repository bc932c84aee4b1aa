"""Personal links: whose, and how they are shown at a console, as text or as QR codes for a phone's camera."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from bot.complaints import ComplaintError
from bot.web.links import Links
from dispatch.people import Committee, Person
from dispatch.ports import Store
from dispatch.tables import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A person's link. Whoever opens it is signed in as that person: it is handed over, never posted."""

    name: str
    role: str
    url: str


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


async def invite(
    store: Store, links: Links, committee: Committee, key: str, *, revoke: bool = False
) -> Invitation:
    """A new link for the person of that key; `revoke` makes every earlier one useless.

    Raises `ComplaintError`."""
    people = {person.key: person for person in (await store.roster(committee.id)).people.values()}
    if key not in people:
        raise ComplaintError(f"{committee.key} has no active person {key}{nearest(key, people)}")
    person = await store.invite(committee.id, people[key].id, revoke=revoke)
    return Invitation(name=person.name, role=_role(person), url=links.link(person))


def print_links(invitations: Iterable[Invitation], out: TextIO, *, qr: bool) -> None:
    """Write the links, one to a person; with `qr` each as a code that a phone's camera opens, too."""
    for invitation in invitations:
        out.write(f"\n  {invitation.name} ({invitation.role})\n  {invitation.url}\n")
        if qr:
            import segno  # noqa: PLC0415 - wanted only where a phone's camera looks

            segno.make(invitation.url, micro=False).terminal(out, compact=True)
    out.flush()


def _role(person: Person) -> str:
    return ", ".join(sorted(role.value for role in person.roles))
