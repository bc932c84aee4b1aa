"""Texts in the reader's language: catalogs compiled in memory, and what language does to numbers and time.

Knows languages, not jobs. Messages are plain English sentences with `{named}` places; the English catalog
may word them better, and a language without a catalog reads English.
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dispatch.moments import HOUR, MINUTE, Micros, to_datetime

DOMAIN = "suidao"
FALLBACK = "en"

_DAY: Micros = 24 * HOUR
_SPACELESS = frozenset({"zh", "ja"})
"""Languages that put nothing between two sentences."""


def mark(msgid: str) -> str:
    """The message itself: marks it for extraction where it is kept in a table and translated later."""
    return msgid


class _Named(dict[str, object]):
    """Parameters of a sentence. One that is missing leaves a gap: at night a gap is better than no answer."""

    def __missing__(self, key: str) -> str:
        return "…"


class Texts:
    """Everything that one language says. Immutable."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._translations = translations

    def gettext(self, msgid: str) -> str:
        """The message in this language; the message itself where the catalog has none."""
        return self._translations.gettext(msgid)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The form for `n` things."""
        return self._translations.ngettext(one, many, n)

    def say(self, msgid: str, **params: object) -> str:
        """The message with its places filled. Only the message is a template, never a parameter."""
        return self.gettext(msgid).format_map(_Named(params))

    def pick(self, words: Mapping[str, str]) -> str:
        """The text that a playbook gives in this language, else in English, else in any."""
        return words.get(self.language) or words.get(FALLBACK) or next(iter(words.values()), "")

    def sentences(self, *parts: str) -> str:
        """Sentences one after the other; empty ones are left out."""
        return ("" if self.locale.language in _SPACELESS else " ").join(part for part in parts if part)

    def names(self, names: Iterable[str]) -> str:
        """A list of names, as this language writes lists."""
        return format_list(list(names), locale=self.locale)

    def listed(self, names: Iterable[str]) -> str:
        """The same without a last word between them: more are to follow."""
        return ("、" if self.locale.language in _SPACELESS else ", ").join(names)

    def ordinal(self, number: int) -> str:
        """Which one of several: 2nd, 11th; a plain number in a language whose sentences say the rest."""
        if self.locale.language != FALLBACK:
            return str(number)
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"

    def duration(self, length: Micros) -> str:
        """A length of time in words: whole minutes below a day, days and hours from there on."""
        if length < MINUTE:
            return self.say("less than a minute")
        days, rest = divmod(length, _DAY)
        hours, rest = divmod(rest, HOUR)
        units = {"day": days, "hour": hours, "minute": 0 if days else rest // MINUTE}
        pieces = [self._unit(unit, count) for unit, count in units.items() if count]
        return ("" if self.locale.language in _SPACELESS else " ").join(pieces)

    def clock(self, moment: Micros, timezone: str) -> str:
        """The local time of day, on the 24-hour clock that every shift uses."""
        return to_datetime(moment).astimezone(ZoneInfo(timezone)).strftime("%H:%M")

    def day(self, moment: Micros, timezone: str) -> str:
        """The local day, with its weekday."""
        return format_skeleton(
            "MMMEd", to_datetime(moment).astimezone(ZoneInfo(timezone)), locale=self.locale
        )

    def _unit(self, unit: str, count: int) -> str:
        length = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}[unit]
        # From 1 of the largest unit that fits, and days stay days: two weeks are not to be rounded away.
        if unit == "day" and count > 6:
            return self.ngettext("{count} day", "{count} days", count).format(count=count)
        return format_timedelta(length * count, threshold=1, format="short", locale=self.locale)


class Catalogs:
    """All languages that there are."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, directory: Path | None = None) -> "Catalogs":
        """Read and compile every `<language>/LC_MESSAGES/suidao.po`; None: those of the program.

        About 15 ms a language. A broken catalog raises: the start is the time to find out."""
        root: Traversable = directory or files("config").joinpath("locales")
        found = {}
        for folder in root.iterdir():
            catalog = folder.joinpath("LC_MESSAGES").joinpath(f"{DOMAIN}.po")
            if catalog.is_file():
                found[folder.name] = Texts(folder.name, _compiled(catalog, folder.name))
        if FALLBACK not in found:
            found[FALLBACK] = Texts(FALLBACK, gettext.NullTranslations())
        return cls(found)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that somebody can choose."""
        return tuple(sorted(self._texts))

    def texts(self, language: str) -> Texts:
        """The texts of this language, of its nearest relative (`zh` finds `zh_CN`), else English."""
        wanted = language.replace("-", "_")
        if wanted in self._texts:
            return self._texts[wanted]
        family = wanted.split("_")[0].lower()
        relatives = (name for name in self.languages if name.split("_")[0].lower() == family)
        return self._texts[next(relatives, FALLBACK)]


def _compiled(catalog: Traversable, language: str) -> gettext.GNUTranslations:
    with catalog.open("rb") as source:
        parsed = read_po(source, locale=language, domain=DOMAIN, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
