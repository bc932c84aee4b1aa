"""A sheet: a page beside somebody's own, with its frame, what the form before it came to, and the way back.

What stands on one is its own module's business, and so is who may see it.
"""

from collections.abc import Awaitable

from aiohttp import web

from bot.web.links import Links
from bot.web.pages import FLASH, Pages, html
from bot.web.render import Frame, Renderer
from bot.web.security import RefusedError
from bot.web.session import Rosters, Visitor
from dispatch.errors import (
    DispatchError,
    MalformedError,
    NotAllowedError,
    NotTrustedError,
    StoreUnavailableError,
)
from handlers import sentences
from handlers.messages import Reply


class Sheets:
    """Shows sheets, and answers the forms on them."""

    def __init__(self, *, pages: Pages, rosters: Rosters, links: Links, renderer: Renderer) -> None:
        self._pages = pages
        self._rosters = rosters
        self._links = links
        self._renderer = renderer

    async def show(
        self,
        name: str,
        visitor: Visitor,
        *,
        answering: web.Request | None = None,
        status: int = 200,
        **shown: object,
    ) -> web.Response:
        """The sheet whose template has that name. The sentence that waits for the browser `answering` is said
        on it, as `flash`, once."""
        committee = (await self._rosters.get(visitor.person.committee_id)).committee
        frame = Frame(person=visitor.person.name, committee=committee.name, demo=committee.demo)
        waiting = None if answering is None else answering.cookies.get(FLASH)
        if answering is not None:
            shown["flash"] = None if waiting is None else self._links.read_flash(waiting)
        response = html(self._renderer.sheet(name, visitor.person.language, frame, **shown), status)
        if waiting is not None:
            response.del_cookie(FLASH, path=self._links.root + "/")
        return response

    async def replied(self, visitor: Visitor, doing: Awaitable[Reply]) -> Reply:
        """What a form came to: what was refused is said on the page. Raises `RefusedError` for what nobody
        may do who sees the form, or no form of ours sends, and `StoreUnavailableError`."""
        try:
            reply = await doing
        except StoreUnavailableError:
            raise
        except (NotAllowedError, NotTrustedError) as error:
            raise RefusedError(404) from error
        except MalformedError as error:
            raise RefusedError(400) from error
        except DispatchError as error:
            said = sentences.refusal(error, self._renderer.texts(visitor.person.language))
            reply = Reply(text=said, ok=False)
        self._rosters.forget(visitor.person.committee_id)
        return reply

    def back(self, reply: Reply, path: str) -> web.Response:
        """Send the browser there, where the sentence is said once."""
        response = self._pages.flashed(reply)
        response.headers["Location"] = f"{self._links.root}{path}"
        return response
