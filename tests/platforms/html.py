"""Reading pages as a person without scripts does: forms, buttons, and what stands on the page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: where it goes and what it would send."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._text_area: str | None = None
        self._inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(action=given["action"]))
            self._inside = True
        elif self._inside and tag == "input":
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif self._inside and tag in ("textarea", "select"):
            self.forms[-1].fields[given["name"]] = ""
            self._text_area = given["name"] if tag == "textarea" else None
            self._select = given["name"]
        elif self._inside and tag == "option" and "selected" in given:
            self.forms[-1].fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._text_area = None

    def handle_data(self, data: str) -> None:
        if self._text_area is not None:
            self.forms[-1].fields[self._text_area] += data
        elif data.strip():
            self.words.append(data.strip())


def forms(page: str) -> list[Form]:
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def words(page: str) -> str:
    """Everything on the page that is read, joined by blanks."""
    parser = _Forms()
    parser.feed(page)
    return " ".join(parser.words)


def message_form(page: str) -> dict[str, str]:
    """The box for one message."""
    return next(form.fields for form in forms(page) if form.action == "/post" and "kind" not in form.fields)


def short_form(page: str, kind: str) -> dict[str, str]:
    return next(form.fields for form in forms(page) if form.fields.get("kind") == kind)


def button(page: str, verb: str) -> dict[str, str]:
    """What tapping the button of this verb would send."""
    return next(form.fields for form in forms(page) if form.fields.get("verb") == verb)


def verbs(page: str) -> set[str]:
    return {form.fields["verb"] for form in forms(page) if "verb" in form.fields}


def tells(page: str, secrets: Iterable[str], door: str = "502") -> bool:
    """Something private stands on the page: a secret anywhere in it, or the door among its words (in
    its attributes the same digits may stand by chance)."""
    return any(secret in page for secret in secrets) or door in words(page)
