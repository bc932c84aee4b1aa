"""How urgent a message says it is. Words only; what a kind of job is by itself stands in its playbook.

Where a message says both, the higher one counts: a call button too many costs a look, one too few a life.
"""

import re

from dispatch.jobs import Priority

_LIFE = re.compile(
    r"救命|生命危险|有危险|昏迷|昏倒|晕倒|昏过去|不省人事|没有呼吸|没呼吸|呼吸困难|喘不上气|透不过气|胸痛|心梗|中风"
    r"|大出血|出血不止|自杀|轻生|跳楼|窒息|抽搐|煤气泄漏|燃气泄漏|着火|起火|火灾"
    r"|life[- ]threatening|unconscious|unresponsive|not breathing|(?:can'?t|cannot|can not) breathe"
    r"|chest pain|heart attack|\bstroke\b|bleeding heavily|heavy bleeding|seizure"
    r"|suicid|choking|gas leak|\bon fire\b",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"急|赶快|马上|立刻|\b(?:urgent(?:ly)?|asap|emergency|immediately|right now)\b", re.IGNORECASE
)
# A refusal belongs to the word right behind it: 不急 is not 急, but 没有呼吸 is a word of its own.
_NOT_LIFE = re.compile(
    rf"(?:没有|没|無|无|未|不是|并非|no|not|isn'?t|without|non)[\s-]{{0,2}}(?:{_LIFE.pattern})", re.IGNORECASE
)
_NOT_URGENT = re.compile(
    r"(?:不(?:是|太|算|怎么|那么|着|很)?(?:很|太|特别|那么)?|没那么|并不|别|无需|不用|不必)(?:着急|紧急|加急|急)"
    r"|\b(?:not|isn'?t|non)[\s-]{1,2}(?:(?:very|so|that|really|too)\s)?(?:urgent|an emergency)"
    r"|\bno (?:rush|hurry|need to hurry)\b|\bnot in a hurry\b|不赶时间|慢慢来",
    re.IGNORECASE,
)
_UNHURRIED_HURRY = re.compile(r"等不急|急不得")
_ORDER = list(Priority)


def urgency(text: str, usual: Priority) -> Priority:
    """The priority of a message whose kind is usually `usual`; a life-threatening kind is never lowered."""
    affirmed = _NOT_LIFE.sub(" ", text)
    if usual is Priority.LIFE or _LIFE.search(affirmed):
        return Priority.LIFE
    lowered = _NOT_URGENT.sub(" ", _UNHURRIED_HURRY.sub(" ", text))
    if _URGENT.search(lowered):
        return Priority.URGENT
    return Priority.NORMAL if _NOT_URGENT.search(text) else usual


def more_urgent(one: Priority, other: Priority) -> Priority:
    """The one at which more is at stake."""
    return min(one, other, key=_ORDER.index)
