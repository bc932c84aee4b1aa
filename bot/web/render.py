"""From cards and homes to HTML, in the reader's language. Everything is escaped by default.

It lays out what handlers wrote and adds only the words that belong to a page (headings, folds, buttons of
forms). It decides nothing: which buttons there are and who may see what is already in the card.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket

from bot.web.assets import Assets
from handlers.board import Board, length
from handlers.home import Home, Rest, Unreachable
from handlers.messages import Card
from handlers.sheets import Preview
from handlers.texts import Catalogs, Texts

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = (("zh_CN", "中文"), ("en", "English"))
"""What a reader may choose from, each under its own name; Chinese first, as its readers are the most."""
FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a sheet: whose it is, and where it can lead."""

    person: str
    committee: str
    demo: bool


class _Compiled(BytecodeCache):
    """What one environment compiled, for the others: the code is the same in every language and committee."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@cache
def _compiled() -> _Compiled:
    """One for the whole process: compiling is most of what it takes to make a `Renderer`."""
    return _Compiled()


class Renderer:
    """The templates, compiled when it is made (0.1 s) and not under the first burst of taps."""

    def __init__(
        self,
        catalogs: Catalogs,
        assets: Assets,
        root: str = "",
        push_key: bytes = b"",
        *,
        demo: bool = False,
    ) -> None:
        self._catalogs = catalogs
        compiled = _compiled()
        self._environments = {
            language: _environment(language, catalogs.texts(language), assets, compiled, root)
            for language, _ in LANGUAGES
        }
        key = urlsafe_b64encode(push_key).decode().rstrip("=")
        for environment in self._environments.values():
            environment.globals.update(push_key=key, demonstration=demo)
            for name in environment.list_templates():
                environment.get_template(name)

    def home(
        self,
        home: Home,
        *,
        me: int,
        nonce: str,
        flash: tuple[bool, str] | None,
        draft: dict[str, str],
        preview: Preview | None = None,
        doors: Sequence[tuple[str, str]] = (),
    ) -> str:
        """A person's whole page: that of person `me`. `draft` is what they had typed when it could not be
        taken; `doors` lead to their pages in other committees."""
        return self._render(
            "home.html",
            home.language,
            home=home,
            me=me,
            nonce=nonce,
            flash=flash,
            draft=draft,
            preview=preview,
            doors=doors,
        )

    def problem(self, key: str, *, fragment: bool) -> str:
        """What went wrong and what to do, in every language: who reads it may not be known."""
        said = [(tag(language), self._render("problem.html", language, key=key)) for language, _ in LANGUAGES]
        name = "problem_toast.html" if fragment else "problem_page.html"
        return self._render(name, LANGUAGES[0][0], said=said, key=key)

    def card(self, card: Card, language: str) -> str:
        """One card, as it stands in a page and as it is pushed to open ones."""
        return self._macro("card.html", language, "show", card)

    def feed(self, home: Home, language: str) -> str:
        """All cards and the sentences around them, for a page that has just (re)connected."""
        return self._render("feed.html", language, home=home)

    def answer(self, language: str, text: str, *, ok: bool, card: Card | None) -> str:
        """The answer to a tap: the changed card, and the sentence for the top of the page."""
        shown = "" if card is None else self.card(card, language)
        return self._macro("answer.html", language, "answer", shown, text, ok)

    def near(self, language: str, cards: tuple[Card, ...]) -> str:
        """What is open nearby, for a page that asks again."""
        return self._render("near_now.html", language, cards=cards)

    def rested(self, language: str, rest: Rest | None, text: str = "", *, ok: bool = True) -> str:
        """How it stands with the reader's rest; with a `text`, the answer to what they wished."""
        return self._render("rest_now.html", language, rest=rest, text=text, ok=ok)

    @staticmethod
    def digest(shown: object) -> str:
        """Equal for what is shown alike, so that a page leaves alone what did not change."""
        return _digest(shown)

    def board(self, board: Board) -> str:
        """The whole page of an office screen."""
        return self._render("board.html", board.language, board=board)

    def board_now(self, board: Board) -> str:
        """What changes on it."""
        return self._render("board_now.html", board.language, board=board)

    def unreached(self, language: str, unreached: Unreachable) -> str:
        """Who cannot be reached, for a page whose fold is being opened."""
        return self._render("unreached_now.html", language, unreached=unreached)

    def preview(self, language: str, preview: Preview) -> str:
        """How a message would be understood, for a page on which it is being typed."""
        return self._render("preview_now.html", language, preview=preview)

    def sheet(self, name: str, language: str, frame: Frame | None, **shown: object) -> str:
        """One of the desk's own pages, `name` being its template's; without a frame nobody's page."""
        return self._render(f"{name}.html", language, frame=frame, here=name, **shown)

    def shared(self, cards: Mapping[str, Card]) -> str:
        """A shared job for a stranger, in every language; `cards` by language, as a room reads them."""
        said = [
            (tag(language), self._render("shared.html", language, card=card))
            for language, card in cards.items()
        ]
        return self._render("problem_page.html", LANGUAGES[0][0], said=said, key="shared")

    def texts(self, language: str) -> Texts:
        """Words for what a page says beside its templates."""
        return self._catalogs.texts(language)

    def _render(self, name: str, language: str, **context: object) -> str:
        return self._environment(language).get_template(name).render(context)

    def _macro(self, template: str, language: str, name: str, *given: object) -> str:
        """A template's macro alone: a whole template would look through all globals at every tap."""
        shown: str = getattr(self._environment(language).get_template(template).module, name)(*given)
        return shown

    def _environment(self, language: str) -> Environment:
        return self._environments.get(language) or self._environments[FALLBACK]


def tag(language: str) -> str:
    """The language as HTML names it."""
    return language.replace("_", "-")


def _environment(
    language: str, texts: Texts, assets: Assets, compiled: BytecodeCache, root: str
) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
        extensions=["jinja2.ext.i18n"],
    )
    # The i18n extension adds this method; its texts are escaped like any other.
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.globals.update(
        asset=assets.url,
        guide_of=assets.guide,
        root=root,
        length=length,
        language=language,
        lang=tag(language),
        languages=LANGUAGES,
        digest=_digest,
    )
    return environment


def _digest(shown: object) -> str:
    said = shown if isinstance(shown, str) else repr(shown)
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()
