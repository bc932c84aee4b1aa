"""Family of a resident who are told, in a chat of their own, that something was done for them.

They are nobody of the committee: an account that is tied to a resident, and to nothing else. It has no role,
so the access table opens nothing to it; it sees no job, and is sent what the playbook says may be told, once
a job. Knows neither how it is worded nor how it is kept.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from dispatch.instructions import Words
from dispatch.jobs import Job, JobStatus, Outcome
from dispatch.joining import Account
from dispatch.moments import HOUR, Micros
from dispatch.people import SMS, Address
from dispatch.playbook import Playbook
from dispatch.residents import ContactKind

DAY: Micros = 24 * HOUR

FAMILY = ContactKind.FAMILY.value
"""What a step of a playbook wants that is about them, and how it is known that there are any."""

CODE_LASTS: Micros = DAY
"""How long the code that leads from their page into a chat counts; the page makes a new one whenever it is
opened."""

NEWS: Micros = 30 * DAY
"""How long their page tells what was done: as long as thanks are taken (`dispatch.thanking`)."""

MOST_SMS = 4
"""SMS that one number gets within 24 hours, whosever family has it: a machine that is filled twice a day, and
two checks. More would be a mistake of somebody's, and each costs money; whoever has the job is asked to ring
instead."""

MOST_NEWS = 20
"""Lines on their page: ten days of a machine that is filled twice a day."""

CHINA = "86"
"""The country of a number that says none."""

OWN = ""
"""In place of a contact's name on the link of a resident's own: they hear how it stands with their building,
and nothing of what was done for them, which they know."""

Ticket: TypeAlias = tuple[int, int, int]
"""What an invitation of theirs holds: committee id, number of the link, and its mark."""


OBSOLETE = "obsolete"
"""What became of a message whose address is nobody's any more."""


class Told(StrEnum):
    """How it stands with telling the family of a job."""

    NOBODY = "nobody"
    """No chat of theirs is known: somebody has to ring them."""
    WILL_BE = "will_be"
    """They are told once there is something to tell."""
    ON_ITS_WAY = "on_its_way"
    ARRIVED = "arrived"
    FAILED = "failed"
    """It did not arrive, or nobody knows: somebody has to ring them after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One link: a contact of a resident, and the account that has opened it. `name` is private."""

    id: int
    committee_id: int
    resident_id: int
    mark: int
    """Drawn anew for each link, so that a number that is used again opens nothing that was ended."""
    name: str = field(repr=False)
    """What the register calls the contact; `OWN` for the resident."""
    language: str
    made_at: Micros
    linked_at: Micros | None = None
    address: Address | None = None
    """Theirs, or that of somebody of the committee who is their family: that stays two things."""

    @property
    def own(self) -> bool:
        """It is the resident's, and nobody's family."""
        return self.name == OWN

    @property
    def ticket(self) -> Ticket:
        """What its invitation says."""
        return self.committee_id, self.id, self.mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A contact of a resident, or (`OWN`) the resident, and their link where staff have made one; private."""

    name: str
    phone: bool = False
    """The register has a number of theirs."""
    family: Family | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLink:
    """A link that staff want: for the contact of that `name` (or `OWN`) of the resident of that key, with the
    mark that a new one gets. `language` is what they will read."""

    committee_id: int
    resident: str
    name: str = field(repr=False)
    language: str
    mark: int


class Families(Protocol):
    """What is kept of it; `dispatch.ports.Store` is one. A link counts as long as its resident and its
    contact are in the register."""

    async def family_contacts(self, committee_id: int, resident: str) -> tuple[Linked, ...]:
        """The family of the resident of that key, as the register lists them, and the resident last. Raises
        `UnknownPersonError`."""

    async def make_family_link(self, wanted: WantedLink, now: Micros) -> Family:
        """A link for a contact: the one that there is, else a new one. Raises `UnknownPersonError`."""

    async def family(self, ticket: Ticket) -> Family:
        """The link of a ticket. Raises `LinkRevokedError`."""

    async def tie_family(self, ticket: Ticket, account: Account, now: Micros) -> Family:
        """From now on that account is told; a chat takes the place of SMS, also for what still waits to be
        sent. Opening one's own again changes nothing. Raises `LinkRevokedError`, also where somebody else has
        opened it; `AccountTakenError` for a room."""

    async def number_of_family(self, address: Address) -> str | None:
        """The number of whoever is told by SMS at that address, as the register has it now and as it was
        written there, empty where it has none; None where nobody is told there any more."""

    async def sms_to(self, committee_id: int, number: str, since: Micros) -> int:
        """How many SMS went to that number (`international`) after `since`, whosever family has it, with
        those of which nobody knows whether they arrived."""

    async def families_at(self, account: Account) -> tuple[Family, ...]:
        """The links that an account has opened, oldest first."""

    async def family_of_job(self, committee_id: int, job_id: int, address_id: int) -> Family | None:
        """Whose family the reader of an address is, of those of the job's resident."""

    async def end_family(self, family: Family) -> None:
        """The link counts no more; an account that is nobody's otherwise is forgotten. Repeating is safe."""

    async def told_family(self, committee_id: int, job_id: int) -> Told:
        """How it stands with telling the family of a job."""

    async def news(self, family: Family, since: Micros) -> Sequence[Job]:
        """Jobs of their resident that were done after `since`, newest first, `MOST_NEWS` at most."""


def fresh_mark() -> int:
    """A mark that nobody can guess."""
    return secrets.randbelow(2**31)


def by_sms(family: Family) -> Account:
    """What stands for a contact who is told by SMS: it says whose link it is, and no number."""
    return Account(platform=SMS, value=f"{family.id}-{family.mark}")


def international(phone: str) -> str:
    """A number as every service understands it, such as +8613900139000; empty for what is none. One that says
    no country is a Chinese one."""
    digits = re.sub(r"[^0-9]", "", phone)
    if digits.startswith("00"):
        digits = digits[2:]
    elif not phone.strip().startswith("+") and not (len(digits) == _CHINESE and digits.startswith(CHINA)):
        digits = CHINA + digits.removeprefix("0")
    return f"+{digits}" if _SHORTEST <= len(digits) <= _LONGEST else ""


def asks(job: Job, playbook: Playbook) -> bool:
    """The playbook says what the family may be told of such a job, and there is family."""
    return bool(playbook.told) and FAMILY in job.hides


def due(before: Job, job: Job, playbook: Playbook) -> bool:
    """The family is owed a word now: it was done, or the way has come to where the family is told. Of several
    such moments only the first one makes a message (`cause`)."""
    if not asks(job, playbook):
        return False
    done = job.status is JobStatus.CLOSED and job.outcome is Outcome.DONE
    if done and before.status is not JobStatus.CLOSED:
        return True
    step, was = _step(job, playbook), _step(before, playbook)
    return step != was and step in {each.key for each in playbook.steps if each.wants == FAMILY}


def cause(job_id: int) -> str:
    """What makes the message of a job one, whatever is decided later."""
    return f"job {job_id} family"


def words(playbook: Playbook, found: Iterable[tuple[str, str]]) -> Words:
    """What may be told: of what was found (keys of steps and findings, oldest first) the newest that may be,
    else what is told of every such job."""
    told = playbook.told
    for step, finding in found:
        known = playbook.step_of.get(step)
        said = next((each.tells for each in known.findings if each.key == finding), {}) if known else {}
        told = said or told
    return told


def presses(playbook: Playbook, found: Iterable[tuple[str, str]]) -> bool:
    """Something was found that they should hear now, whatever the hour."""
    return any(
        each.rings
        for step, finding in found
        if (known := playbook.step_of.get(step)) is not None
        for each in known.findings
        if each.key == finding
    )


def standing(statuses: Iterable[str | None]) -> Told:
    """How it stands with several chats together; None is one that nothing was owed yet. One that heard of it
    is enough: a family talks. What was over before anything was sent says nothing."""
    known = [each for each in statuses if each != OBSOLETE]
    for status, told in _STANDINGS:
        if status in known:
            return told
    return Told.FAILED if known else Told.NOBODY


_CHINESE = 13
"""Digits of a Chinese mobile number behind its country."""

_SHORTEST, _LONGEST = 9, 15
"""Digits of a number with its country; the longest is E.164's."""

_STANDINGS = (("delivered", Told.ARRIVED), ("owed", Told.ON_ITS_WAY), (None, Told.WILL_BE))


def _step(job: Job, playbook: Playbook) -> str:
    """The step that a job has come to; empty before it began, and of another kind of job."""
    return "" if job.walk is None or job.walk.step not in playbook.step_of else job.walk.step
