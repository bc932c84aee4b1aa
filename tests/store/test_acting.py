"""People who act for another committee, as they are kept: once, to the second, and with nothing left over."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from dispatch import acting
from dispatch.acting import Acting, Ending, Ruled
from dispatch.errors import AccountTakenError, UnknownRelayError
from dispatch.joining import Account
from dispatch.moments import HOUR, Micros
from dispatch.passing import looked
from dispatch.people import Person, Role
from dispatch.relays import RelayState
from store import SqlStore
from store.crypto import Vault
from tests.store.bases import Base
from tests.store.places import Place, settle
from tests.store.samples import NOW, OurClock

UNTIL: Micros = NOW + 48 * HOUR
CHAT = Account(platform="telegram", value="7001")


async def beside(store: SqlStore) -> tuple[Place, Place, Person]:
    """Two committees, and somebody of the second with a chat who offers to act for the first."""
    here, there = await settle(store), await settle(store, "fenglin")
    who = (await store.roster(there.committee_id)).people[there.people["li"]]
    await store.tie((there.committee_id, who.id, who.link_epoch), CHAT, NOW)
    await store.invite(here.committee_id, here.people["li"], revoke=False)
    return here, there, who


async def asks(
    store: SqlStore, here: Place, who: Person, *, now: Micros = NOW, until: Micros = UNTIL
) -> Acting | None:
    to, home = await store.roster(here.committee_id), await store.roster(who.committee_id)
    question = acting.question(who, to, now, until)
    kept = await store.ask_acting(question, acting.receipt(who, here.committee_id, now, until), who, to, home)
    return await store.acting(here.committee_id, kept.relays[0]) if kept.relays else None


async def answers(
    store: SqlStore, here: Place, asked: Acting, *, accepts: bool = True, now: Micros = NOW
) -> Ruled:
    by = (await store.roster(here.committee_id)).people[here.people["li"]]
    rule = partial(acting.answered, now=now, accepts=accepts)
    return await store.answer_acting(here.committee_id, asked.relay_id, by, rule, now)


async def acts(store: SqlStore) -> tuple[Place, Place, Person, Person]:
    """Both committees, who it is at home, and as whom they act."""
    here, there, who = await beside(store)
    asked = await asks(store, here, who)
    assert asked is not None
    await answers(store, here, asked)
    guest = next(each for each in (await store.roster(here.committee_id)).people.values() if each.guest)
    return here, there, who, guest


async def test_of_two_answers_in_the_same_moment_one_is_kept_and_makes_one_person(store: SqlStore) -> None:
    here, _, who = await beside(store)
    asked = await asks(store, here, who)
    assert asked is not None
    given = await asyncio.gather(
        *(answers(store, here, asked, accepts=accepts) for accepts in (True, False, True))
    )
    (ruled,) = [each.ruling.state for each in given if each.ruling.state is not None]
    guests = [each for each in (await store.roster(here.committee_id)).people.values() if each.guest]
    assert len(guests) == (1 if ruled is RelayState.TAKEN else 0)
    kept = await store.acting(here.committee_id, asked.relay_id)
    assert kept is not None
    assert kept.ending is (Ending.NONE if guests else Ending.DECLINED)


async def test_the_same_question_again_is_asked_once(store: SqlStore) -> None:
    here, _, who = await beside(store)
    given = await asyncio.gather(*(asks(store, here, who) for _ in range(3)))
    assert len([each for each in given if each is not None]) == 1
    assert len(await store.actings_from(who, NOW)) == 1


async def test_it_holds_from_the_first_moment_until_the_last_without_anything_being_done(
    store: SqlStore, base: Base, vault: Vault, clock: OurClock
) -> None:
    here, _, who, guest = await acts(store)
    other = await base.open(vault, clock)
    for moment, holds in (
        (NOW, True),
        (UNTIL - 1, True),
        (UNTIL, False),
        (UNTIL - 1, True),
        (NOW - 1, False),
    ):
        clock.moment = moment
        for each in (store, other):
            roster = await each.roster(here.committee_id)
            assert (guest.id in roster.people) is holds
            found = await each.addresses(CHAT.platform, CHAT.value)
            assert {one.committee_id for one in found} == (
                {who.committee_id, here.committee_id} if holds else {who.committee_id}
            )
            assert [one.id for one in await each.selves(who, moment)] == ([guest.id] if holds else [])
    await other.close()


async def test_a_guest_has_the_chats_of_home_and_a_page_and_no_phone(store: SqlStore) -> None:
    here, _, who, guest = await acts(store)
    roster = await store.roster(here.committee_id)
    assert guest.roles == {Role.SECRETARY}
    assert (guest.name, guest.acting_of) == (who.name, who.id)
    known = {(each.platform, each.value) for each in roster.addresses_of[guest.id]}
    assert known == {(CHAT.platform, CHAT.value), ("web", f"wutongli/{guest.key}")}
    assert guest.key.startswith("~")
    assert [each.id for each in await store.selves(guest, NOW)] == [who.id]


async def test_after_the_end_the_account_is_free_for_whoever_comes_in_by_it(
    store: SqlStore, clock: OurClock
) -> None:
    here, _, _, guest = await acts(store)
    volunteer = (await store.roster(here.committee_id)).people[here.people["li"]]
    ticket = (here.committee_id, volunteer.id, volunteer.link_epoch)
    with pytest.raises(AccountTakenError):
        await store.tie(ticket, CHAT, NOW)
    clock.moment = UNTIL
    await store.watch(here.committee_id, lambda watch: looked(watch, UNTIL))
    person, _ = await store.tie(ticket, CHAT, UNTIL)
    assert person.id == volunteer.id
    found = await store.addresses(CHAT.platform, CHAT.value)
    assert guest.id not in {each.person_id for each in found}
    assert volunteer.id in {each.person_id for each in found}


async def test_whoever_acts_again_is_the_same_person_with_a_new_time(
    store: SqlStore, clock: OurClock
) -> None:
    here, _, who, guest = await acts(store)
    await store.end_acting(here.committee_id, guest.id, NOW + HOUR)
    clock.moment = NOW + 2 * HOUR
    assert guest.id not in (await store.roster(here.committee_id)).people
    again = await asks(store, here, who, now=NOW + 2 * HOUR, until=UNTIL + HOUR)
    assert again is not None
    await answers(store, here, again, now=NOW + 2 * HOUR)
    seen = (await store.roster(here.committee_id)).people[guest.id]
    assert (seen.acting_since, seen.acting_until) == (NOW + 2 * HOUR, UNTIL + HOUR)


async def test_another_committee_can_neither_read_nor_answer_it(store: SqlStore) -> None:
    here, there, who = await beside(store)
    asked = await asks(store, here, who)
    assert asked is not None
    third = await settle(store, "liulin")
    assert await store.acting(third.committee_id, asked.relay_id) is None
    for place in (there, third):
        with pytest.raises(UnknownRelayError):
            await answers(store, place, replace(asked, committee_id=place.committee_id))
    assert (
        await store.actings_of((await store.roster(third.committee_id)).people[third.people["li"]], NOW) == ()
    )


async def test_their_name_is_all_that_crosses_over(store: SqlStore) -> None:
    here, there, who, _ = await acts(store)
    theirs = await store.roster(there.committee_id)
    ours = await store.roster(here.committee_id)
    assert {each.id for each in theirs.people.values()} == set(there.people.values())
    assert {each.id for each in ours.people.values() if not each.guest} == set(here.people.values())
    assert who.id not in ours.people
