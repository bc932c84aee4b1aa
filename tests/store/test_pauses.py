"""Somebody rests while the program is started anew: the rest ends when it was to end (CONFORMANCE 16)."""

from dataclasses import replace

from dispatch import lifecycle
from dispatch.moments import HOUR, Micros
from store import SqlStore
from store.crypto import Vault
from store.maps import Geodesic
from tests.store.bases import Base
from tests.store.places import Place, after, settle
from tests.store.samples import NOW, OurClock


async def asked(place: Place, now: Micros) -> set[int]:
    """Whom the first wave of a job asks that is posted then."""
    saved = await place.post(lambda found: lifecycle.posted(found, now, Geodesic()), nonce=f"{now}", now=now)
    return {ask.person_id for ask in after(saved).asks if not ask.leader}


async def test_conformance_16_a_rest_with_a_restart_inside_it_ends_when_it_was_to_end(
    base: Base, vault: Vault, clock: OurClock, store: SqlStore
) -> None:
    place = await settle(store)
    resting = place.people["v1"]
    await store.pause(place.committee_id, resting, NOW + HOUR)
    await store.close()
    reopened = await base.open(vault, clock)
    try:
        place = replace(place, store=reopened)
        during = await asked(place, NOW + HOUR - 1)
        assert during
        assert resting not in during
        assert resting in await asked(place, NOW + HOUR)
    finally:
        await reopened.close()
