"""Phone numbers in a message: Chinese ones as people write them, any country's with a plus."""

import re
from dataclasses import dataclass

import phonenumbers

from handlers.folding import Folded

REGION = "CN"
"""Numbers without a plus are read as Chinese ones."""

_CHINA = 86
_MOBILE = re.compile(r"(?<![\d+])(?:(?:\+|00)86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)", re.ASCII)
_DIGITS = 11
"""Of a mobile number as it is written here, without the country's own."""
# Seven and eight digits are a landline only where somebody says so: alone they may be a date.
_LABELLED = re.compile(
    r"(?:电话|座机|手机|号码|phone|tel|call)[.:：\s]{0,3}(?P<number>[2-9]\d{3}[ -]?\d{3,4})(?![\d-])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A number and where it stands in the folded text."""

    start: int
    end: int
    number: str


def mobiles(folded: Folded) -> tuple[Phone, ...]:
    """Chinese mobile numbers: so plain that they are taken out before anything else is read."""
    return tuple(
        Phone(start=match.start(), end=match.end(), number=re.sub(r"\D", "", match.group())[-_DIGITS:])
        for match in _MOBILE.finditer(folded.text)
    )


def others(folded: Folded) -> tuple[Phone, ...]:
    """Every other number, in what is left of the text when mobiles and places are blanked."""
    valid = tuple(
        Phone(start=match.start, end=match.end, number=_written(match.number))
        for match in phonenumbers.PhoneNumberMatcher(folded.text, REGION)
    )
    labelled = tuple(
        Phone(start=match.start("number"), end=match.end("number"), number=match["number"])
        for match in _LABELLED.finditer(folded.text)
        if not any(phone.start < match.end("number") and match.start("number") < phone.end for phone in valid)
    )
    return tuple(sorted((*valid, *labelled), key=lambda phone: phone.start))


def _written(number: phonenumbers.PhoneNumber) -> str:
    """Chinese numbers as they are dialled at home, foreign ones with their plus."""
    if number.country_code == _CHINA:
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        return re.sub(r"\D", "", national)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
