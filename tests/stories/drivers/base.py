"""What a story may ask of a platform: somebody's eyes and fingers, the same on every one of them.

A platform is a `Driver`, its people are `Actor`s; chats, where one may also come in as a stranger and write
to a card, are `ChatDriver` and `ChatActor`. Everything goes through the platform's real way in and out.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from bot.codes import Codes
from bot.ticking import TickLinks
from bot.web.links import Links
from config.sections import Matrix, Telegram
from dispatch.moments import HOUR
from dispatch.people import Committee, Person
from handlers.gateways import Gateway
from handlers.router import Router
from handlers.texts import Catalogs
from store import SqlStore
from store.crypto import Vault
from tests.platforms.clocks import SetClock
from tests.platforms.matrix_server import Synapse

Finger = Callable[[], Awaitable[str]]
"""A finger above a button: calling it presses, and gives what the press was answered with."""

File = Mapping[str, object]
"""A committee's file."""


def public_links(vault: Vault, clock: SetClock) -> Links:
    """What leads from chats to pages."""
    return Links(vault.derive(b"web"), "https://suidao.test", clock)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a driver needs of its world."""

    data: Path
    queue: str | None
    """Where the platforms share what they may send; None where nothing is sent."""
    homeserver: Synapse | None
    """The server that everybody's Matrix accounts are on; None where nobody has one."""
    clock: SetClock
    vault: Vault
    store: SqlStore
    router: Router
    catalogs: Catalogs
    codes: Codes
    settle: Callable[[], Awaitable[None]]
    """Lets everything that follows from what was done happen."""
    version: Callable[[int], Awaitable[int]]
    """Of a job's present state."""

    @property
    def paged(self) -> TickLinks:
        """Leads from cards in chats to pages."""
        return TickLinks(public_links(self.vault, self.clock))


class Sighting(ABC):
    """What stands before somebody's eyes at one moment."""

    @property
    @abstractmethod
    def text(self) -> str:
        """All of its words, without markup."""

    @property
    @abstractmethod
    def markup(self) -> str:
        """The same as the platform was given it."""

    @property
    @abstractmethod
    def red(self) -> bool:
        """A loud alarm stands there: somebody must answer now."""

    @abstractmethod
    def card(self, job: int) -> str:
        """The words of one job's card; empty where there is none."""

    @abstractmethod
    def buttons(self, job: int) -> set[str]:
        """The verbs that the card of one job offers."""

    @abstractmethod
    def application(self, number: int) -> str:
        """The words of the card of somebody's application; empty where there is none."""

    @abstractmethod
    def verdicts(self, number: int) -> set[str]:
        """The verbs that it offers."""


class Actor(ABC):
    """Somebody with a phone, on one platform."""

    longest: ClassVar[int]
    """Characters of the longest message that can be written here."""

    def __init__(self, parts: Parts, person: Person | None) -> None:
        self.parts = parts
        self._person = person
        self.said = ""
        """What the last tap or message was answered with."""

    @property
    def person(self) -> Person:
        """Who it is."""
        assert self._person is not None, "nobody of a committee"
        return self._person

    @property
    def id(self) -> int:
        """The person's number, as a choice carries it."""
        return self.person.id

    @property
    def name(self) -> str:
        """As everybody reads it."""
        return self.person.name

    @abstractmethod
    async def looks(self) -> Sighting:
        """Look at the phone."""

    @abstractmethod
    async def aims(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> Finger:
        """Get ready to press the newest button that does this; AssertionError where none is offered.

        `choice` is whom it is about, `text` what is said with it. With a `version` it is a button that this
        person was once shown, on a card of that version, and that may long be gone. For an application
        (`approve`, `decline`) `job` is its number."""

    @abstractmethod
    async def forges(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        """Send what such a button would send, whether it was ever offered or not."""

    @abstractmethod
    async def writes(self, text: str) -> str:
        """Write one message; returns the answer. Blank: the nearest thing that can be sent."""

    @abstractmethod
    async def again(self) -> str:
        """The last tap or message arrives once more, as it was; returns the answer."""

    @abstractmethod
    def received(self) -> list[str]:
        """Everything that ever reached this person, in whatever form: withdrawn, edited and deleted."""

    async def taps(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        """Press such a button, and let happen what follows; returns the answer. See `aims`."""
        press = await self.aims(verb, job, choice=choice, text=text, version=version)
        self.said = await press()
        await self.parts.settle()
        return self.said

    async def sees(self, text: str, job: int | None = None) -> bool:
        """Whether it says this anywhere, or on one card."""
        sighting = await self.looks()
        return text in (sighting.text if job is None else sighting.card(job))


class Driver(ABC):
    """A platform under test; to be entered before use."""

    platform: ClassVar[str]

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(self, *_: object) -> None: ...

    @property
    @abstractmethod
    def gateway(self) -> Gateway:
        """What cards leave through."""

    @abstractmethod
    async def furnished(self, file: File) -> File:
        """The committee's file as it is where this platform is used: with its addresses and rooms."""

    @abstractmethod
    async def welcomes(self, committee: Committee) -> None:
        """Everybody of the committee whom a phone reaches has this platform on it from now on."""

    @abstractmethod
    async def arrives(self, committee: Committee, person: Person) -> Actor:
        """Somebody of the committee takes out their phone."""

    @abstractmethod
    async def settled(self) -> None:
        """Everything that was done so far has been taken in and answered."""

    def posted(self) -> list[str]:
        """Everything that was ever written into rooms that many people read."""
        return []


class ChatActor(Actor):
    """Somebody with an account of a chat, whom we may not know."""

    @property
    @abstractmethod
    def account(self) -> str:
        """What the platform calls them."""

    @abstractmethod
    async def writes(self, text: str, *, about: int | None = None) -> str:
        """See `Actor.writes`; `about`: as a reply to the card of that job."""

    @abstractmethod
    def shown(self) -> list[int]:
        """The jobs whose cards came with the last answer, in their order."""

    @abstractmethod
    def choices(self) -> list[str]:
        """The labels of the answers that the newest message offers to press."""

    @abstractmethod
    async def presses(self, label: str) -> str:
        """Press one of them; returns the answer."""

    @abstractmethod
    def asked_for_number(self) -> bool:
        """Whether the newest message offers the platform's own way to share one's number."""

    @abstractmethod
    async def shares(self, phone: str) -> str:
        """Share one's number as the platform does it; returns the answer."""

    @abstractmethod
    async def follows(self, link: str) -> str:
        """Open a link into the chat; returns the answer."""

    @abstractmethod
    async def shuts(self, how: str = "") -> None:
        """Be out of reach from now on, in one of the driver's `ways_out` (default: the first); nobody is told
        before something is sent there."""

    @abstractmethod
    async def comes_back(self) -> None:
        """Be in reach again, and write."""

    @abstractmethod
    async def owners(self) -> list[str]:
        """Keys of the people whose account it is, one a committee."""


class ChatDriver(Driver):
    """A platform that people write to."""

    title: ClassVar[str]
    """The platform's name as people read it."""
    ways_out: ClassVar[Mapping[str, str]]
    """How somebody can be out of reach here, and how staff are told so in Chinese."""
    tells_language: ClassVar[bool] = True
    """Whether the platform says in which language somebody reads whom nobody knows."""

    @property
    @abstractmethod
    def section(self) -> Telegram | Matrix:
        """What the program's settings have of it here."""

    @abstractmethod
    def account(self, name: str = "小明", *, language: str = "zh_CN") -> ChatActor:
        """Somebody whom nobody knows, with an account of their own."""

    @abstractmethod
    async def arrives(self, committee: Committee, person: Person) -> ChatActor: ...

    @abstractmethod
    def link(self, code: str) -> str:
        """The link that opens an invitation here."""

    @abstractmethod
    def way_in(self, page: str) -> str:
        """The link into the chat that stands on a page, with what is to be written there."""

    @abstractmethod
    def invitation(self, person: Person) -> str:
        """The same, as staff are given it for a person (`bot.invite`)."""

    async def code(self, committee: Committee, key: str, *, lasts: int = HOUR) -> str:
        """An invitation for the person of that key."""
        person = await self.parts.store.person(committee.id, key)
        expires = self.parts.clock.now() + lasts
        return self.parts.codes.make(committee.id, person.id, person.link_epoch, expires)
