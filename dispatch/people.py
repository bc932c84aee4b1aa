"""Who there is: a committee, its people, how they are reached, and the residents it looks after.

A `Roster` is everything about people that a decision needs, frozen. Residents are not part of it:
their details are private and are loaded for one view at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from dispatch.geography import Building
from dispatch.homes import Homes
from dispatch.moments import Micros
from dispatch.rota import Override, Rota
from dispatch.sealing import Course, Sealing, course
from dispatch.survey import Survey, survey
from dispatch.ways import Hours, ListedWay, hours_of


class Role(StrEnum):
    """What somebody is to a committee; one person may hold several."""

    VOLUNTEER = "volunteer"
    LEADER = "leader"
    STAFF = "staff"
    SECRETARY = "secretary"
    OFFICE = "office"
    ADVISER = "adviser"


DESK = frozenset({Role.STAFF, Role.SECRETARY})
"""Those who follow every job of the committee, with its private fields."""


LEADING = frozenset({Role.LEADER, Role.STAFF, Role.SECRETARY, Role.OFFICE})
"""Those who may answer for the committee."""

ASKABLE = frozenset({Role.VOLUNTEER, Role.LEADER})
"""Those whom a wave may ask; for a place that is sealed staff with protective gear as well."""

PAGE = "web"
"""The platform whose addresses ring nobody: a page is there when somebody looks."""

RING = "ring"
"""The platform of services that ring a phone and can do nothing else; no address of a roster is one."""

SMS = "sms"
"""The platform of family who have a number and no chat; such an address says no number, and none of a roster
is one."""


UNSEEN = "~"
"""How the key of a committee begins that no person belongs to; a committee's file cannot give such a key."""


class JoinRule(StrEnum):
    """How a committee lets people in who apply: its staff decide, or whoever asks is in at once, which is not
    to be vouched for."""

    APPROVE = "approve"
    AUTO = "auto"


class Audience(StrEnum):
    """Who reads a room; volunteers' rooms see public cards only."""

    VOLUNTEERS = "volunteers"
    STAFF = "staff"


class Rung(StrEnum):
    """A step of the ladder of leaders, in the order in which a playbook may name them."""

    DUTY = "duty"
    DEPUTY = "deputy"
    DIRECTOR = "director"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """One residents' committee; `revision` grows whenever its people, buildings or ladder change."""

    id: int
    key: str
    name: str
    language: str
    timezone: str
    emergency: Mapping[str, str]
    demo: bool = False
    revision: int = 0
    joining: JoinRule = JoinRule.APPROVE
    poster_epoch: int = 0
    """Part of what posters lead to: raising it makes every one that hangs useless."""
    recheck: Micros | None = None
    """After how long somebody is to look again, where a step says so; None: as the playbooks have it."""
    scale: float | None = None
    """Metres of one unit of the compound's own plan; None where nobody said it."""

    @property
    def unseen(self) -> bool:
        """The program's own, for trying itself: no list of committees holds it."""
        return self.key.startswith(UNSEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of a committee. `link_epoch` is part of personal links: raising it revokes them all."""

    id: int
    committee_id: int
    key: str
    name: str
    language: str
    roles: frozenset[Role]
    trusted: bool = False
    building_id: int | None = None
    skills: frozenset[str] = frozenset()
    vehicle: str | None = None
    speaks: frozenset[str] = frozenset()
    """Languages they can talk with people in, as the register names them (`mandarin`); empty: nobody said."""
    hours: str = ""
    """When they may be asked, such as `07:00-23:00`, by the clock on the wall; empty is always
    (`dispatch.ways.hours_of`)."""
    daily: int | None = None
    """Offers a day at most; None: nobody said."""
    gear: bool = False
    """They have protective gear."""
    active: bool = True
    paused_until: Micros | None = None
    """No wave asks them before then; the ladder of leaders does (see `dispatch.pauses`)."""
    out_since: Micros | None = None
    out_until: Micros | None = None
    """They are out from the one moment until the other: nobody calls them, and what they answer for is passed
    on (see `dispatch.passing`)."""
    link_epoch: int = 0
    acting_since: Micros | None = None
    acting_until: Micros | None = None
    """They act as a secretary from the one moment until the other, which is not part of it
    (`dispatch.acting`)."""
    acting_of: int | None = None
    """Who they are at home, in another committee, if they act for this one from there."""
    guest: bool = False
    """They belong to another committee, and to this one only as long as they act for it."""
    doubted_at: Micros | None = None
    """Since when staff are to look at them (`dispatch.harvesting`); nobody vouches for them until they do."""
    raised: bool = False
    """They are a secretary only because they act as one now."""

    @property
    def desk(self) -> bool:
        """Follows every job of the committee."""
        return bool(self.roles & DESK)

    @property
    def may_be_asked(self) -> bool:
        """May be asked for jobs, at least for those that need their protective gear."""
        return bool(self.roles & ASKABLE) or (self.gear and self.desk)

    def resting(self, now: Micros) -> bool:
        """No wave asks them at this moment."""
        return self.paused_until is not None and self.paused_until > now

    def out(self, now: Micros) -> bool:
        """Not there at this moment: they read and write, and are called for nothing."""
        return self.out_until is not None and self.out_until > now

    def off(self, now: Micros) -> bool:
        """Is asked for no job at this moment, whether they rest or are out."""
        return (self.paused_until or 0) > now or (self.out_until or 0) > now

    def acts(self, now: Micros) -> bool:
        """Acts as a secretary at this moment."""
        since, until = self.acting_since, self.acting_until
        return since is not None and until is not None and since <= now < until


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to reach a person, or a room (`person_id` is None and `audience` is set)."""

    id: int
    committee_id: int
    platform: str
    value: str
    person_id: int | None = None
    topic: str | None = None
    audience: Audience | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who belong together and their leader; `parent_id` is the group that this one is part of."""

    id: int
    key: str
    name: str
    leader_id: int | None = None
    parent_id: int | None = None
    members: frozenset[int] = frozenset()
    """Ids of active people; the leader need not be one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Person ids by rung, in the committee's order; `duty` rotates weekly where there is no rota."""

    rungs: Mapping[Rung, tuple[int, ...]] = field(default_factory=dict)
    last_resort: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The committee as a decision sees it. Only active people and addresses are in it."""

    committee: Committee
    people: Mapping[int, Person]
    buildings: Mapping[int, Building]
    addresses: tuple[Address, ...]
    ladder: Ladder
    rota: Rota | None = None
    overrides: tuple[Override, ...] = ()
    """Who took whose shift, by id."""
    waking: Mapping[int, tuple[ListedWay, ...]] = field(default_factory=dict)
    """Person id to how they want to be woken, first come first; those who listed nothing are absent."""
    groups: Mapping[int, Group] = field(default_factory=dict)
    """Group id to group; those that were given up are absent."""
    sealings: tuple[Sealing, ...] = ()
    """What was declared of buildings and still counts, or will; in the order in which it was said."""
    paths: Mapping[int, Mapping[int, float]] = field(default_factory=dict, repr=False)
    """Metres on foot between buildings, by their ids, where the committee's plan says them
    (`dispatch.paths`); other pairs are absent."""
    born: Mapping[int, int] = field(default_factory=dict, repr=False)
    """Person id to the year of their birth. Private, and no part of a person, who is seen by many: read only
    where people are asked. Those of whom nobody said it are absent."""
    own_numbers: frozenset[str] = field(default=frozenset(), repr=False)
    """What stands for the numbers of volunteers, each the same as for that number elsewhere, and does not say
    it (`dispatch.own_numbers`)."""

    @cached_property
    def addresses_of(self) -> Mapping[int, tuple[Address, ...]]:
        """Person id to their addresses; people without one are absent."""
        found: dict[int, tuple[Address, ...]] = {}
        for address in self.addresses:
            if address.person_id is not None:
                found[address.person_id] = (*found.get(address.person_id, ()), address)
        return found

    @cached_property
    def ways(self) -> Mapping[int, tuple[Address, ...]]:
        """Where each person is told: on their page, which disturbs nobody, and in the first of their chats.
        The next chat is for when that one fails. People without an address are absent."""
        found: dict[int, tuple[Address, ...]] = {}
        for person, addresses in self.addresses_of.items():
            pages = tuple(address for address in addresses if address.platform == PAGE)
            chats = tuple(address for address in addresses if address.platform != PAGE)
            found[person] = (*pages, *chats[:1])
        return found

    @cached_property
    def rung(self) -> frozenset[int]:
        """People whom a service rings, whatever chats they have."""
        return frozenset(
            person
            for person, listed in self.waking.items()
            if any(way.address_id is not None for way in listed)
        )

    @cached_property
    def desk(self) -> tuple[int, ...]:
        """Ids of the staff and secretaries, ascending."""
        return tuple(sorted(person.id for person in self.people.values() if person.desk))

    @cached_property
    def acting(self) -> tuple[Person, ...]:
        """Those who act for the committee at some moment, whoever began first first."""
        found = (person for person in self.people.values() if person.acting_until is not None)
        return tuple(sorted(found, key=lambda person: (person.acting_since or 0, person.id)))

    @cached_property
    def leaving(self) -> Mapping[int, Micros]:
        """Until when people are out, or were last; those who never were are absent."""
        return {who: person.out_until for who, person in self.people.items() if person.out_until is not None}

    @cached_property
    def pausing(self) -> Mapping[int, Micros]:
        """Until when people are asked for no job (`Person.off`), or were not last; most are absent."""
        untils = {who: max(each.paused_until or 0, each.out_until or 0) for who, each in self.people.items()}
        return {who: until for who, until in untils.items() if until}

    @cached_property
    def building_by_key(self) -> Mapping[str, Building]:
        """Building key to building."""
        return {building.key: building for building in self.buildings.values()}

    @cached_property
    def askable(self) -> tuple[Person, ...]:
        """Volunteers and group leaders who can be reached, by id; some of them may be resting."""
        asked = (person for person in self.people.values() if person.roles & ASKABLE)
        found = (person for person in asked if person.id in self.addresses_of)
        return tuple(sorted(found, key=lambda person: person.id))

    @cached_property
    def geared(self) -> tuple[Person, ...]:
        """Staff with protective gear who can be reached and are not asked for other jobs, by id."""
        dressed = (each for each in self.people.values() if each.may_be_asked and not each.roles & ASKABLE)
        found = (each for each in dressed if each.id in self.addresses_of)
        return tuple(sorted(found, key=lambda person: person.id))

    @cached_property
    def unaskable(self) -> tuple[int, ...]:
        """Ids of those who would be asked, and have no address that works."""
        asked = (person.id for person in self.people.values() if person.roles & ASKABLE)
        return tuple(sorted(person for person in asked if person not in self.addresses_of))

    @cached_property
    def awake(self) -> Mapping[int, Hours]:
        """When those may be asked who said so, by the clock on the wall; others are absent: always."""
        said = ((person.id, hours_of(person.hours)) for person in self.people.values() if person.hours)
        return {who: hours for who, hours in said if hours is not None}

    @cached_property
    def askable_at(self) -> Mapping[int | None, tuple[Person, ...]]:
        """The same by the building in which they live; None of those of whom it is not known."""
        found: dict[int | None, list[Person]] = {}
        for person in self.askable:
            found.setdefault(person.building_id, []).append(person)
        return {home: tuple(people) for home, people in found.items()}

    def askable_in(self, homes: tuple[int | None, ...]) -> tuple[Person, ...]:
        """Those who live in any of these buildings, by id. Kept, since those equally far from one place are
        so at every wave; a building alone is kept already."""
        if len(homes) == 1:
            return self.askable_at[homes[0]]
        found = self._together.get(homes)
        if found is None:
            people = (person for home in homes for person in self.askable_at[home])
            found = self._together[homes] = tuple(sorted(people, key=lambda person: person.id))
        return found

    @cached_property
    def _together(self) -> dict[tuple[int | None, ...], tuple[Person, ...]]:
        return {}

    @cached_property
    def survey(self) -> Survey[int]:
        """Where buildings are by their ids, those that are only spots on the plan too: for distances, and not
        to be shown."""
        buildings, scale = self.buildings.items(), self.committee.scale
        points = {key: each.point for key, each in buildings if each.point is not None}
        spots = {key: each.spot for key, each in buildings if each.spot is not None}
        return survey(points, spots, scale)

    @cached_property
    def homes(self) -> Homes:
        """How far it is to where those live who may be asked."""
        return Homes(self.survey, self.paths, self.askable_at)

    @cached_property
    def courses(self) -> Mapping[int, Course]:
        """Building id to its statuses, now and later; buildings of which nothing was declared are absent."""
        declared: dict[int, list[Sealing]] = {}
        for sealing in self.sealings:
            declared.setdefault(sealing.building_id, []).append(sealing)
        zone = self.committee.timezone
        return {building: course(said, zone) for building, said in declared.items()}

    @cached_property
    def by_chat(self) -> frozenset[int]:
        """People who can be rung at any time, because a chat rings by itself."""
        chats = (address for address in self.addresses if address.platform != PAGE)
        return frozenset(address.person_id for address in chats if address.person_id is not None)

    @cached_property
    def _rooms(self) -> Mapping[Audience, tuple[Address, ...]]:
        return {
            audience: tuple(address for address in self.addresses if address.audience is audience)
            for audience in Audience
        }

    def rooms(self, audience: Audience) -> tuple[Address, ...]:
        """The rooms that read as `audience`."""
        return self._rooms[audience]
