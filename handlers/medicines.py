"""What a message says of a medicine that is wanted: which, how long it lasts, where it is to be had.

Words only, read where they stand; what is not said stays unknown and holds nothing back. The hospital is the
one thing of it that everybody may read, so nothing of a person may stick to its name.
"""

import re

from dispatch import medicine
from dispatch.jobs import Priority
from dispatch.medicine import Medicine
from dispatch.stops import Good, Request
from handlers.folding import BLANK
from handlers.numerals import HAN, number

LONGEST_DRUG = 40

_CJK = r"\u4e00-\u9fff"
_WHERE = r"(?:医院|卫生服务中心|卫生院|药房|药店)"
_HOSPITAL = re.compile(rf"(?P<name>[{_CJK}]{{1,16}}?){_WHERE}")
_BEFORE = re.compile(
    rf"^.*(?:去|到|在|往|从|用完|吃完|打完|用光|吃光|没了|没有了|[配买取拿开]药?|只有|需要|想要|[{HAN}几]天"
    r"|药|胰岛素|胶囊|阿婆|阿姨|奶奶|爷爷|大爷|大妈|老伯|伯伯|叔叔|先生|女士|老师|家里?|独居|老人|岁)"
)
"""What stands before a hospital's name in a sentence without blanks, and is no part of it."""
_NO_NAME = frozenset({"", "大", "附近", "这家", "那家", "哪家", "同一家", "原来的", "任何", "就近", "的"})
_LONGEST_NAME = 8
_WESTERN = re.compile(
    r"\b(?P<name>[A-Z][\w'.&-]{0,20}(?: [A-Z][\w'.&-]{0,20}){0,3}) "
    r"(?P<kind>[Hh]ospital|[Cc]linic|[Pp]harmacy)\b"
)
_WESTERN_BEFORE = re.compile(r"^(?:(?:From|At|To|In|The|Need|Needs|Get|Via) )+")

_COUNT = rf"(?P<count>\d{{1,3}}|[{HAN}]{{1,3}})"
_LEFT = (
    re.compile(
        rf"(?:还剩|只剩|剩下|剩|还有|只有|还够|够|还能|能|可以)[用吃打]{{0,2}}(?:大概|大约|约)?\s?{_COUNT}\s?(?P<unit>天|周|个?星期|个月)"
    ),
    re.compile(rf"{_COUNT}\s?(?P<unit>天|周)的?[药量]"),
    re.compile(rf"{_COUNT}\s?(?P<unit>天)[之以]?后(?:就)?(?:用完|吃完|打完|没)"),
    re.compile(
        r"\b(?P<count>\d{1,3}|[a-z]{3,5}) (?:more )?(?P<unit>days?|weeks?)'?s? (?:left|worth|supply)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:left for|lasts?(?: for)?|enough for|runs? out in|used up in) "
        r"(?P<count>\d{1,3}|[a-z]{3,5}) (?:more )?(?P<unit>days?|weeks?)",
        re.IGNORECASE,
    ),
)
_UNITS = {"周": 7, "星期": 7, "个星期": 7, "个月": 30, "week": 7, "weeks": 7}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_DAYS = (
    (3, re.compile(r"大后天(?:就|要|会)?(?:用完|吃完|打完|没)")),
    (2, re.compile(r"后天(?:就|要|会)?(?:用完|吃完|打完|没)|day after tomorrow", re.IGNORECASE)),
    (1, re.compile(r"明[天早晚](?:就|要|会)?(?:用完|吃完|打完|没)|(?:out|up) tomorrow", re.IGNORECASE)),
    (
        0,
        re.compile(
            r"(?<!快)(?<!快要)(?<!没)(?<!没有)(?:用完|吃完|打完|用光|吃光|断药|没药|没有药|药没了|已经没)"
            r"|\b(?:out of|used up|ran out|run out|none left|all gone)\b",
            re.IGNORECASE,
        ),
    ),
)

_DRUG = re.compile(rf"[{_CJK}]{{1,8}}?(?:药片|胶囊|滴眼液|喷雾|吸入剂|针剂|颗粒|冲剂|药膏|药|片|丸|膏)")
_HOSPITAL_WHOLE = re.compile(rf"[{_CJK}]{{1,16}}?{_WHERE}")
_DRUG_BEFORE = re.compile(
    r"^(?:去|要|配|取|买|拿|送|吃|开|用|没|断|缺|需要|帮忙|请|想|代|的|给[他她]?|家里?|老人|有|一?些)+"
)
_NO_DRUG = frozenset({"药", "药片", "片", "丸", "膏"})
_WESTERN_DRUG = (
    re.compile(
        r"\bout of (?:the |his |her )?(?P<drug>[a-z][\w-]{2,30}(?: [a-z][\w-]{2,20})?)", re.IGNORECASE
    ),
    re.compile(
        r"\b(?P<drug>[a-z][\w-]{3,30}) (?:is |are )?(?:used up|ran out|tablets|pills|capsules)", re.IGNORECASE
    ),
)
_DOCTOR = re.compile(rf"(?P<name>[{_CJK}]{{1,2}})(?:医生|大夫|主任)|\bDr\.? ?(?P<western>[A-Z][a-z]{{1,20}})")
_ALONG = {
    Good.PRESCRIPTION: re.compile(r"处方|\bprescription\b", re.IGNORECASE),
    Good.CARD: re.compile(r"医保卡|社保卡|病历卡|就诊卡|\bcards?\b", re.IGNORECASE),
    Good.CASH: re.compile(r"现金|\bcash\b", re.IGNORECASE),
}


def read(text: str, guide: Medicine, usual: Priority) -> Request:
    """What the folded text asks for, without its places and phone numbers. Never raises."""
    name, days = drug(text, guide), days_left(text)
    urgency = medicine.priority(guide, name, days, usual)
    return Request(
        drug=name,
        days=days,
        hospital=hospital(text),
        doctor=_doctor(text),
        goods=tuple(good for good, pattern in _ALONG.items() if pattern.search(text)),
        alone=medicine.alone(guide, name, days, urgency),
    )


def hospital(text: str) -> str:
    """The hospital or pharmacy that is named; empty for none."""
    for found in _HOSPITAL.finditer(text):
        name = _BEFORE.sub("", found["name"])
        if name not in _NO_NAME and len(name) <= _LONGEST_NAME:
            return name + found[0][len(found["name"]) :]
    if western := _WESTERN.search(text):
        name = _WESTERN_BEFORE.sub("", western["name"])
        return f"{name} {western['kind'].capitalize()}"
    return ""


def days_left(text: str) -> int | None:
    """For how many days what is left lasts; 0 where it is used up, None where nothing is said of that."""
    for pattern in _LEFT:
        for found in pattern.finditer(text):
            count = _NUMBERS.get(found["count"].lower()) or _number(found["count"])
            if count is not None:
                return min(count * _UNITS.get(found["unit"].lower(), 1), medicine.LONGEST)
    return next((days for days, pattern in _DAYS if pattern.search(text)), None)


def drug(text: str, guide: Medicine) -> str:
    """The medicine, where it is named: one that the committee calls critical before all others."""
    lowered = text.casefold()
    named = [word for word in guide.critical if word in lowered]
    if named:
        return max(named, key=len)
    for found in _DRUG.finditer(_HOSPITAL_WHOLE.sub(BLANK, text)):
        name = _DRUG_BEFORE.sub("", found[0])
        if name and name not in _NO_DRUG:
            return name[:LONGEST_DRUG]
    for pattern in _WESTERN_DRUG:
        if western := pattern.search(text):
            return western["drug"].lower()[:LONGEST_DRUG]
    return ""


def _number(said: str) -> int | None:
    """A captured numeral; a western word is none."""
    return number(said) if said.isdigit() or not said.isascii() else None


def _doctor(text: str) -> str:
    found = _DOCTOR.search(text)
    return "" if found is None else found[0]
