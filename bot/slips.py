"""Addresses of services that nobody can read, as a console tells of them: whose, which one, and of it no more
than its scheme."""

from collections.abc import Sequence

from dispatch.drills import Secret
from dispatch.people import Roster
from dispatch.tables import nearest
from dispatch.ways import masked, service_of
from workers import services
from workers.services import Slip


def told(roster: Roster, secrets: Sequence[Secret]) -> Sequence[str]:
    """One line each: `lin, way 2 (brak://…): no service is called that (did you mean bark?)`."""
    return [
        f"{roster.people[each.person_id].key}, way {each.position} ({masked(service_of(each.value))}): {said}"
        for each in secrets
        if each.person_id in roster.people and (said := _said(each))
    ]


def _said(secret: Secret) -> str:
    slip = services.slip(secret.value)
    if slip is None:
        return ""
    hint = nearest(service_of(secret.value), services.known_services()) if slip is Slip.UNKNOWN else ""
    return f"{slip.value}{hint}"
