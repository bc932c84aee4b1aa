"""Reporting in on a page, as it stands behind a poster's code: what is asked, what was said, how it stands.

Nothing that is shown here is private: names of buildings and groups, and what a committee asks for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch import ages
from dispatch.admission import Admission
from dispatch.errors import LinkRevokedError, MalformedError
from dispatch.joining import Account, Application, Request
from dispatch.people import Roster
from dispatch.service import Service
from handlers import offering
from handlers.joining import clean, local_year, number
from handlers.messages import Choice
from handlers.offering import Option, Sort
from handlers.texts import Catalogs, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a page asks of somebody new. A choice's value comes back as it is."""

    committee: str
    key: str
    demo: bool
    auto: bool
    """Whoever reports in is in at once."""
    language: str
    buildings: tuple[Choice, ...]
    skills: tuple[Choice, ...]
    vehicles: tuple[Choice, ...]
    spoken: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    born: bool
    """The year of birth is asked, since some job is for people of an age."""
    emergency: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an application stands. `person_id` is who they have become."""

    name: str
    committee: str
    demo: bool
    language: str
    brings: str
    declined: bool
    person_id: int | None


class SlipError(Exception):
    """Something in the form cannot be taken; `said` says so to whoever filled it in."""

    def __init__(self, said: str) -> None:
        super().__init__("slip")
        self.said = said


class Reporting:
    """Answers the pages behind a poster. Repeating is safe: a form sent twice is one application."""

    def __init__(self, service: Service, admission: Admission, catalogs: Catalogs) -> None:
        self._service = service
        self._admission = admission
        self._catalogs = catalogs

    async def form(self, committee_id: int, epoch: int, language: str) -> Form:
        """What is asked. Raises `LinkRevokedError` for a poster that was replaced, and `UnknownPersonError`
        where there is no such committee."""
        roster = await self._roster(committee_id, epoch)
        texts = self._catalogs.texts(language)
        options = self._options(roster, texts)
        return Form(
            committee=roster.committee.name,
            key=roster.committee.key,
            demo=roster.committee.demo,
            auto=roster.committee.joining.value == "auto",
            language=texts.language,
            buildings=tuple(
                Choice(value=str(each.id), label=each.name) for each in roster.buildings.values()
            ),
            skills=_choices(options, Sort.SKILL),
            vehicles=_choices(options, Sort.VEHICLE),
            spoken=_choices(options, Sort.SPEAKS),
            hours=_choices(options, Sort.HOURS),
            groups=_choices(options, Sort.GROUP),
            born=offering.by_age(self._service.playbooks.values()),
            emergency=tuple(roster.committee.emergency.values()),
        )

    async def apply(
        self, committee_id: int, epoch: int, account: Account, language: str, fields: Mapping[str, str]
    ) -> Application:
        """Take a form. Raises `SlipError`, `MalformedError` for what no form of ours sends, and what
        `Admission.apply` raises."""
        roster = await self._roster(committee_id, epoch)
        texts = self._catalogs.texts(language)
        name = clean(fields.get("name", ""))
        if not name:
            raise SlipError(texts.say("Please write your name."))
        phone = fields.get("phone", "").strip()
        if phone and not number(phone):
            raise SlipError(
                texts.say("That is no phone number. Leave it empty if you like: it is not needed.")
            )
        typed = fields.get("born", "").strip() if offering.by_age(self._service.playbooks.values()) else ""
        born = ages.year(typed, local_year(roster.committee, self._service.clock.now()))
        if typed and born is None:
            raise SlipError(
                texts.say(
                    "That is no year of birth such as 1956. Leave it empty if you like: it is not needed."
                )
            )
        told, _ = offering.read(" ".join(marks(fields)), self._options(roster, texts))
        request = Request(
            committee_id=committee_id,
            account=account,
            language=texts.language,
            name=name,
            building_id=_building(fields.get("building", ""), roster, texts),
            phone=number(phone),
            born=born,
            offering=told,
        )
        return (await self._admission.apply(request)).application

    async def standing(self, committee_id: int, application_id: int) -> Standing:
        """How an application stands now. Raises `UnknownApplicationError`."""
        application = await self._admission.application(committee_id, application_id)
        roster = await self._service.roster(committee_id)
        texts = self._catalogs.texts(application.language)
        return Standing(
            name=application.name,
            committee=roster.committee.name,
            demo=roster.committee.demo,
            language=application.language,
            brings=texts.names(offering.told(application.offering, roster, texts)),
            declined=not application.open and not application.approved,
            person_id=application.person_id,
        )

    def _options(self, roster: Roster, texts: Texts) -> Sequence[Option]:
        return offering.options(roster, self._service.playbooks.values(), texts)

    async def _roster(self, committee_id: int, epoch: int) -> Roster:
        roster = await self._service.roster(committee_id)
        if roster.committee.poster_epoch != epoch:
            raise LinkRevokedError
        return roster


def marks(fields: Mapping[str, str]) -> list[str]:
    """The marks that a form carries: boxes have them as their names, lists as their values."""
    return [said for pair in fields.items() for said in pair if said.startswith("+")]


def _choices(options: Sequence[Option], sort: Sort) -> tuple[Choice, ...]:
    return tuple(Choice(value=each.mark, label=each.label) for each in options if each.sort is sort)


def _building(said: str, roster: Roster, texts: Texts) -> int | None:
    if not roster.buildings:
        return None
    if not said:
        raise SlipError(texts.say("Please choose your building."))
    if not (said.isascii() and said.isdigit() and len(said) < 18 and int(said) in roster.buildings):
        raise MalformedError
    return int(said)
