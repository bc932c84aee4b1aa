"""The pages: every look is a real request, and every tap sends the form that stands on the page."""

import re
from collections.abc import Mapping
from copy import copy
from functools import cache
from html import unescape
from typing import Self

from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from bot.web.app import build
from bot.web.entrances import Entrances
from bot.web.gateway import WebGateway
from bot.web.links import Links
from bot.web.streams import Streams
from config.settings import Settings
from dispatch import verbs
from dispatch.people import Committee, Person
from dispatch.verbs import Verb
from handlers.posting import TEXT_LIMIT
from handlers.texts import Catalogs
from tests.platforms import html
from tests.stories.committee import WITHOUT_PHONE
from tests.stories.drivers.base import Actor, Driver, File, Finger, Parts, Sighting

BASE = "http://127.0.0.1"


class PageSighting(Sighting):
    """A page, or a piece of one."""

    def __init__(self, markup: str) -> None:
        self._markup = markup

    @property
    def text(self) -> str:
        body = re.sub(r"<(script|style|template|head)\b.*?</\1>", " ", self._markup, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def markup(self) -> str:
        return self._markup

    @property
    def red(self) -> bool:
        return '<body class="alarmed"' in self._markup

    def card(self, job: int) -> str:
        return PageSighting(self._article(f"job-{job}")).text

    def buttons(self, job: int) -> set[str]:
        return html.verbs(self._article(f"job-{job}"))

    def application(self, number: int) -> str:
        return PageSighting(self._article(f"application-{number}")).text

    def verdicts(self, number: int) -> set[str]:
        return html.verbs(self._article(f"application-{number}"))

    def form(self, verb: str, number: int, version: int | None = None, choice: str = "") -> str | None:
        """The form that does this, on a card of that version if one is named; None where there is none. Of
        several buttons of one verb the one that carries the `choice`."""
        subject = verbs.subject(Verb(verb)).value
        for each in re.findall(r"<form\b.*?</form>", self._markup, flags=re.DOTALL):
            fields = html.forms(each)[0].fields
            if (fields.get("verb"), fields.get(subject)) != (verb, str(number)):
                continue
            if re.search(
                r'<button[^>]*name="choice"', each
            ):  # shortcuts to some; everybody stands in the whole list
                continue
            if fields.get("choice", "") not in ("", choice):
                continue
            if version is None or fields["version"] == str(version):
                return str(each)
        return None

    def _article(self, name: str) -> str:
        found = re.search(rf'<article[^>]*id="{name}".*?</article>', self._markup, flags=re.DOTALL)
        return found.group(0) if found else ""


class Visitor(Actor):
    """Somebody who opened their personal link."""

    longest = TEXT_LIMIT

    def __init__(self, driver: "WebDriver", person: Person, session: ClientSession) -> None:
        super().__init__(driver.parts, person)
        self._driver = driver
        self._session = session
        self._shown: list[str] = []
        self._last: tuple[str, Mapping[str, str]] | None = None

    async def looks(self) -> PageSighting:
        status, page = await self.fetches("/")
        assert status == 200, page
        return PageSighting(page)

    async def fetches(self, path: str) -> tuple[int, str]:
        """Open an address: the status, and what stands there."""
        async with self._session.get(self._driver.url(path)) as response:
            self._shown.append(await response.text())
            return response.status, self._shown[-1]

    async def aims(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> Finger:
        page = await self.looks()
        shown = [page.markup] if version is None else self._shown[::-1]
        found = (PageSighting(each).form(verb, job, version, choice) for each in shown)
        form = next((each for each in found if each is not None), None)
        assert form is not None, f"{self.name} is not offered {verb}, but {page.buttons(job)}: {page.text}"
        fields = html.forms(form)[0].fields
        chosen = choice if fields.get("choice") else _chosen(form, choice)
        for name, said in (("choice", chosen), ("text", text)):
            assert name in fields or not said, f"{verb} asks for no {name}"
            fields |= {name: said} if name in fields else {}
        return lambda: self._sends("/act", fields)

    async def forges(
        self, verb: str, job: int, *, choice: str = "", text: str = "", version: int | None = None
    ) -> str:
        seen = await self.parts.version(job) if version is None else version
        said = {"verb": verb, "job": str(job), "version": str(seen), "choice": choice, "text": text}
        return await self._does("/act", said)

    async def writes(self, text: str) -> str:
        return await self.fills(text=text)

    async def fills(self, *, text: str = "", nonce: str = "", **fields: str) -> str:
        """Send the short form with these fields; the same `nonce` is the same form sent again."""
        return await self._does("/post", {"text": text, "nonce": nonce or self._driver.nonce(), **fields})

    async def wishes(self, until: str) -> str:
        """Press one of the buttons of the rest."""
        assert f'name="until" value="{until}"' in (await self.looks()).markup
        return await self._does("/pause", {"until": until})

    async def is_out(self, until: str = "") -> str:
        """Press one of the buttons by which a leader is out, or back."""
        assert f'name="until" value="{until}"' in (await self.looks()).markup
        return await self._does("/out", {"until": until})

    async def again(self) -> str:
        assert self._last is not None, f"{self.name} has done nothing yet"
        return await self._does(*self._last)

    def received(self) -> list[str]:
        return list(self._shown)

    async def _does(self, path: str, fields: Mapping[str, str]) -> str:
        self.said = await self._sends(path, fields)
        await self.parts.settle()
        return self.said

    async def _sends(self, path: str, fields: Mapping[str, str]) -> str:
        self._last = path, fields
        headers = {"HX-Request": "true", "Origin": self._driver.url("/").rstrip("/")}
        async with self._session.post(self._driver.url(path), data=fields, headers=headers) as response:
            answer = await response.text()
            assert response.status in (200, 400, 422), answer
        self._shown.append(answer)
        self.said = PageSighting(re.sub(r"<article\b.*?</article>", " ", answer, flags=re.DOTALL)).text
        return self.said


class WebDriver(Driver):
    """The pages, served on loopback."""

    platform = "web"

    def __init__(self, parts: Parts, settings: Settings) -> None:
        super().__init__(parts)
        self._settings = settings
        self._gateway = copy(_compiled(parts.catalogs))
        self._gateway.streams = Streams()
        self.links = Links(parts.vault.derive(b"web"), BASE, parts.clock)
        self._sessions: list[ClientSession] = []
        self._nonces = 0

    async def __aenter__(self) -> Self:
        self._server = TestServer(
            build(
                router=self.parts.router,
                store=self.parts.store,
                links=self.links,
                gateway=self._gateway,
                clock=self.parts.clock,
                ready=_ready,
                entrances=Entrances(self._settings),
            )
        )
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions:
            await session.close()
        await self._server.close()

    @property
    def gateway(self) -> WebGateway:
        return self._gateway

    async def furnished(self, file: File) -> File:
        return file

    async def welcomes(self, committee: Committee) -> None:
        for person in (await self.parts.store.roster(committee.id)).people.values():
            if person.key != WITHOUT_PHONE:
                await self.parts.store.invite(committee.id, person.id, revoke=False)

    async def arrives(self, committee: Committee, person: Person) -> Visitor:
        invited = await self.parts.store.invite(committee.id, person.id, revoke=False)
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self._sessions.append(session)
        link = self.links.link(invited).removeprefix(self.links.base_url)
        async with session.get(self.url(link)) as response:
            assert response.status == 200, await response.text()
        return Visitor(self, invited, session)

    async def settled(self) -> None:
        """A request is answered when it is done; nothing is left behind."""

    def url(self, path: str) -> str:
        """An address of the server under test."""
        return str(self._server.make_url(path))

    def nonce(self) -> str:
        """Of a form that nobody has sent yet."""
        self._nonces += 1
        return f"n{self._nonces}"


@cache
def _compiled(catalogs: Catalogs) -> WebGateway:
    """A gateway with its templates compiled, which takes longer than the rest of a world."""
    return WebGateway(catalogs)


async def _ready() -> bool:
    return True


def _chosen(form: str, choice: str) -> str:
    """The option for this person, who may come with somebody else who leaves: `12:7`."""
    options = re.findall(r'<option value="([^"]*)"', form)
    found = [each for each in options if choice and choice in {each, each.partition(":")[0]}]
    assert found or not choice, f"{choice} is not among {options}"
    return found[0] if found else ""
