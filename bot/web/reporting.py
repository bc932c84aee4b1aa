"""Reporting in behind a poster's code: one public page that leads into a chat or takes the form itself, and
the page on which somebody waits, until it is theirs.

Everything works without scripts, and nothing private is shown before somebody is let in. Who applies has no
account yet: a link of their own, which nobody can guess, is what they are known by.
"""

import logging
import secrets
from typing import Protocol

from aiohttp import web

from bot.web import forms
from bot.web.entrances import NO_ENTRANCE, Entrances
from bot.web.limits import TokenBuckets
from bot.web.links import COOKIE_MAX_AGE_S, Links
from bot.web.pages import Pages, html
from bot.web.render import LANGUAGES, Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters, Sessions
from dispatch.errors import (
    DispatchError,
    LinkExpiredError,
    LinkRevokedError,
    MalformedError,
    StoreUnavailableError,
    UnknownPersonError,
)
from dispatch.joining import Account, Application
from dispatch.people import PAGE
from handlers import sentences
from handlers.messages import Reply
from handlers.reporting import Form, SlipError, Standing

log = logging.getLogger(__name__)

APPLIED = "suidao_applied"
"""Keeps the link of whoever reported in from this browser."""

FORMS = (120, 0.5)
"""Burst and refill a second, an address of the network: a queue before a poster, all behind one router, and
then one every two seconds. What bounds the whole is `dispatch.joining.MOST_WAITING`."""

LOOKS = (600, 40.0)
"""The same for looking: everybody who waits looks every 20 seconds."""


class Reporting(Protocol):
    """What is asked of the handlers (`handlers.reporting.Reporting`)."""

    async def form(self, committee_id: int, epoch: int, language: str) -> Form:
        """What is asked of somebody new."""

    async def apply(
        self, committee_id: int, epoch: int, account: Account, language: str, fields: forms.Fields
    ) -> Application:
        """Take a form."""

    async def standing(self, committee_id: int, application_id: int) -> Standing:
        """How an application stands."""


class ReportPages:
    """Answers `/report/{token}` and `/applied/{token}`."""

    def __init__(  # noqa: PLR0913 - everything that a page of somebody unknown needs
        self,
        *,
        reporting: Reporting,
        pages: Pages,
        sessions: Sessions,
        rosters: Rosters,
        links: Links,
        renderer: Renderer,
        looks: TokenBuckets,
        sends: TokenBuckets,
        entrances: Entrances | None,
    ) -> None:
        self._reporting = reporting
        self._pages = pages
        self._sessions = sessions
        self._rosters = rosters
        self._links = links
        self._renderer = renderer
        self._looks = looks
        self._sends = sends
        self._entrances = entrances

    def mount(self, app: web.Application) -> None:
        """Add the pages to an application."""
        app.router.add_get("/report/{token}", self.show)
        app.router.add_post("/report/{token}", self.send)
        app.router.add_get("/applied/{token}", self.applied)

    async def show(self, request: web.Request) -> web.Response:
        """Answer GET /report/{token}: how one can report in, and the form."""
        if not self._looks.take(request.remote or ""):
            raise RefusedError(429)
        try:
            committee_id, epoch = self._links.open_poster(request.match_info["token"])
            return await self._page(request, committee_id, epoch, {}, "")
        except StoreUnavailableError:
            raise
        except DispatchError as error:
            return self._ended(request, error)

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /report/{token}: keep the application, and lead to the page on which one waits. The
        same form sent twice is one application."""
        if not self._sends.take(request.remote or ""):
            raise RefusedError(429)
        try:
            fields = await forms.read(request)
            nonce = forms.nonce(fields)
        except forms.UnreadableError as error:
            raise RefusedError(400) from error
        try:
            committee_id, epoch = self._links.open_poster(request.match_info["token"])
            return await self._applied(request, committee_id, epoch, fields, nonce)
        except StoreUnavailableError:
            raise
        except MalformedError as error:
            raise RefusedError(400) from error
        except DispatchError as error:
            return self._ended(request, error)

    async def applied(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /applied/{token}: how it stands; once somebody is let in, their own page."""
        if not self._looks.take(request.remote or ""):
            raise RefusedError(429)
        try:
            committee_id, application_id = self._links.open_applied(request.match_info["token"])
            standing = await self._reporting.standing(committee_id, application_id)
            if standing.person_id is None:
                return self._waiting(standing)
            visitor = await self._sessions.entered((committee_id, standing.person_id, 0))
        except StoreUnavailableError:
            raise
        except LinkExpiredError:
            return self._pages.problem(request, "link_expired", 410)
        except LinkRevokedError:
            return self._pages.problem(request, "link_revoked", 410)
        except DispatchError:
            return self._pages.problem(request, "link_forged", 404)
        texts = self._renderer.texts(standing.language)
        said = texts.say("Welcome, {person}. This is your own page.", person=standing.name)
        response = self._pages.flashed(Reply(text=said))
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
        response.del_cookie(APPLIED, path=self._links.root + "/")
        self._sessions.remember(response, visitor.person)
        return response

    async def _applied(
        self, request: web.Request, committee_id: int, epoch: int, fields: forms.Fields, nonce: str
    ) -> web.StreamResponse:
        account = Account(
            platform=PAGE, value=f"~{self._links.fingerprint('report', str(committee_id), nonce)}"
        )
        language = self._language(request)
        try:
            made = await self._reporting.apply(committee_id, epoch, account, language, fields)
        except SlipError as slip:
            return await self._page(request, committee_id, epoch, fields, slip.said, 422)
        except (LinkRevokedError, UnknownPersonError, MalformedError, StoreUnavailableError):
            raise
        except DispatchError as error:
            log.warning("refused (%s): somebody who reports in on a page", error.key)
            said = sentences.refusal(error, self._renderer.texts(language))
            return await self._page(request, committee_id, epoch, fields, said, 422)
        self._rosters.forget(committee_id)
        token = self._links.applied(committee_id, made.id)
        response = web.Response(status=303, headers={"Location": f"{self._links.root}/applied/{token}"})
        response.set_cookie(
            APPLIED,
            token,
            max_age=COOKIE_MAX_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=self._links.secure,
            path=self._links.root + "/",
        )
        return response

    async def _page(
        self,
        request: web.Request,
        committee_id: int,
        epoch: int,
        fields: forms.Fields,
        slip: str,
        status: int = 200,
    ) -> web.Response:
        language = self._language(request)
        form = await self._reporting.form(committee_id, epoch, language)
        visitor = await self._sessions.visitor(request)
        inside = visitor is not None and visitor.person.committee_id == committee_id
        committee = (await self._rosters.get(committee_id)).committee
        ways = (
            await self._entrances.of(committee) if self._entrances is not None and not inside else NO_ENTRANCE
        )
        shown = self._renderer.sheet(
            "report",
            language,
            None,
            form=form,
            ways=ways,
            inside=visitor.person.name if visitor is not None and inside else "",
            before=self._before(request),
            fields=fields,
            slip=slip,
            nonce=fields.get("nonce") or secrets.token_urlsafe(16),
        )
        return html(shown, status)

    def _before(self, request: web.Request) -> str:
        """Where it is told how an application from this browser stands; empty where there is none."""
        token = request.cookies.get(APPLIED, "")
        try:
            self._links.open_applied(token)
        except DispatchError:
            return ""
        return f"{self._links.root}/applied/{token}"

    def _waiting(self, standing: Standing) -> web.Response:
        response = html(self._renderer.sheet("applied", standing.language, None, standing=standing))
        response.headers["Referrer-Policy"] = "no-referrer"
        if not standing.declined:
            response.headers["Suidao-Waiting"] = "1"  # for waiting.js
        return response

    def _language(self, request: web.Request) -> str:
        """What was chosen on the page, else what the browser asks for first among ours."""
        known = [language for language, _ in LANGUAGES]
        chosen = request.query.get("lang", "")
        if chosen in known:
            return chosen
        for said in request.headers.get("Accept-Language", "").split(","):
            wanted = said.strip()[:2].lower()
            for language in known:
                if wanted and language.startswith(wanted):
                    return language
        return known[0]

    def _ended(self, request: web.Request, error: DispatchError) -> web.Response:
        log.warning("refused (%s): a poster that was opened on a page", error.key)
        revoked = isinstance(error, LinkRevokedError)
        return self._pages.problem(request, "poster_ended", 410 if revoked else 404)
