"""The commands: every word that is one, in both languages, and the verb that it is.

How a message is read as one of them is `commands`' business.
"""

from collections.abc import Mapping
from enum import StrEnum

from dispatch.verbs import Verb
from handlers.texts import Texts, mark


class Word(StrEnum):
    """What somebody asked for."""

    START = "start"
    JOB = "job"
    JOBS = "jobs"
    CLAIM = "claim"
    CANCEL = "cancel"
    GOING = "going"
    """On the way: `start` is what Telegram itself writes when a chat begins."""
    ARRIVED = "arrived"
    FOUND = "found"
    DONE = "done"
    CANT = "cant"
    NOT_ME = "notme"
    ON_IT = "onit"
    SETTLED = "settled"
    ASSIGN = "assign"
    CLOSE = "close"
    RAISE = "raise"
    CORRECT = "correct"
    NOTE = "note"
    SAY = "say"
    APPROVE = "approve"
    DECLINE = "decline"
    ME = "me"
    JOIN = "join"
    DUTY = "duty"
    UNREACHED = "unreached"
    BRIEF = "brief"
    HERE = "here"
    HAND_OVER = "handover"
    ACCEPT = "accept"
    TURN_DOWN = "turndown"
    OUT = "out"
    PAUSE = "pause"
    RESUME = "resume"
    HELP = "help"
    ACTING = "acting"
    STATUS = "status"
    ASKED = "asked"
    LINK = "link"
    TRUST = "trust"
    LOAD = "load"
    CARE = "care"
    CANT_COME = "cantcome"
    TICK = "tick"
    THANK = "thank"
    STOP = "stop"
    UNKNOWN = "unknown"


VERBS: Mapping[Word, Verb] = {
    Word.CLAIM: Verb.CLAIM,
    Word.CANCEL: Verb.CANCEL,
    Word.GOING: Verb.START,
    Word.ARRIVED: Verb.ARRIVE,
    Word.FOUND: Verb.FIND,
    Word.DONE: Verb.FINISH,
    Word.CANT: Verb.RELEASE,
    Word.NOT_ME: Verb.REFUSE,
    Word.ON_IT: Verb.ACKNOWLEDGE,
    Word.SETTLED: Verb.SETTLE,
    Word.ASSIGN: Verb.ASSIGN,
    Word.CLOSE: Verb.COMPLETE,
    Word.RAISE: Verb.RAISE,
    Word.CORRECT: Verb.CORRECT,
    Word.NOTE: Verb.NOTE,
    Word.SAY: Verb.SAY,
    Word.APPROVE: Verb.APPROVE,
    Word.DECLINE: Verb.DECLINE,
    Word.HAND_OVER: Verb.HAND_OVER,
    Word.THANK: Verb.THANK,
}
"""Commands that are a verb on the job, or the application, of their number."""

NAMES: Mapping[str, Word] = {
    "start": Word.START,
    "job": Word.JOB,
    "jobs": Word.JOBS,
    "任务": Word.JOBS,
    "claim": Word.CLAIM,
    "接单": Word.CLAIM,
    "cancel": Word.CANCEL,
    "取消": Word.CANCEL,
    "going": Word.GOING,
    "onmyway": Word.GOING,
    "出发": Word.GOING,
    "arrived": Word.ARRIVED,
    "到达": Word.ARRIVED,
    "到了": Word.ARRIVED,
    "found": Word.FOUND,
    "查到": Word.FOUND,
    "done": Word.DONE,
    "完成": Word.DONE,
    "办完": Word.DONE,
    "办完了": Word.DONE,
    "cant": Word.CANT,
    "去不了": Word.CANT,
    "notme": Word.NOT_ME,
    "不去": Word.NOT_ME,
    "这次不行": Word.NOT_ME,
    "onit": Word.ON_IT,
    "处理": Word.ON_IT,
    "我来处理": Word.ON_IT,
    "settled": Word.SETTLED,
    "解决": Word.SETTLED,
    "已解决": Word.SETTLED,
    "assign": Word.ASSIGN,
    "派单": Word.ASSIGN,
    "派给": Word.ASSIGN,
    "close": Word.CLOSE,
    "办结": Word.CLOSE,
    "已办完": Word.CLOSE,
    "raise": Word.RAISE,
    "升级": Word.RAISE,
    "提高级别": Word.RAISE,
    "correct": Word.CORRECT,
    "更正": Word.CORRECT,
    "note": Word.NOTE,
    "备注": Word.NOTE,
    "say": Word.SAY,
    "捎话": Word.SAY,
    "带话": Word.SAY,
    "转告": Word.SAY,
    "approve": Word.APPROVE,
    "通过": Word.APPROVE,
    "decline": Word.DECLINE,
    "拒绝": Word.DECLINE,
    "婉拒": Word.DECLINE,
    "me": Word.ME,
    "我的": Word.ME,
    "join": Word.JOIN,
    "加入": Word.JOIN,
    "报名": Word.JOIN,
    "duty": Word.DUTY,
    "值班": Word.DUTY,
    "unreached": Word.UNREACHED,
    "谁联系不上": Word.UNREACHED,
    "help": Word.HELP,
    "帮助": Word.HELP,
    "求助": Word.HELP,
    "救命": Word.HELP,
    "here": Word.HERE,
    "到岗": Word.HERE,
    "我在": Word.HERE,
    "接班": Word.HERE,
    "handover": Word.HAND_OVER,
    "转交": Word.HAND_OVER,
    "移交": Word.HAND_OVER,
    "accept": Word.ACCEPT,
    "接收": Word.ACCEPT,
    "turndown": Word.TURN_DOWN,
    "退回": Word.TURN_DOWN,
    "out": Word.OUT,
    "请假": Word.OUT,
    "离岗": Word.OUT,
    "acting": Word.ACTING,
    "代理": Word.ACTING,
    "brief": Word.BRIEF,
    "简报": Word.BRIEF,
    "status": Word.STATUS,
    "状态": Word.STATUS,
    "楼栋状态": Word.STATUS,
    "楼栋": Word.STATUS,
    "asked": Word.ASKED,
    "问了谁": Word.ASKED,
    "谁被问了": Word.ASKED,
    "load": Word.LOAD,
    "负荷": Word.LOAD,
    "care": Word.CARE,
    "照护": Word.CARE,
    "照护计划": Word.CARE,
    "thank": Word.THANK,
    "thanks": Word.THANK,
    "谢谢": Word.THANK,
    "感谢": Word.THANK,
    "stop": Word.STOP,
    "停止": Word.STOP,
    "退订": Word.STOP,
    "cantcome": Word.CANT_COME,
    "来不了": Word.CANT_COME,
    "不能来": Word.CANT_COME,
    "tick": Word.TICK,
    "清点": Word.TICK,
    "link": Word.LINK,
    "关联": Word.LINK,
    "绑定": Word.LINK,
    "trust": Word.TRUST,
    "vouch": Word.TRUST,
    "信任": Word.TRUST,
    "担保": Word.TRUST,
    "pause": Word.PAUSE,
    "暂停": Word.PAUSE,
    "休息": Word.PAUSE,
    "resume": Word.RESUME,
    "恢复": Word.RESUME,
}
"""Every word, as it is typed behind a `/`."""

MENU = (
    ("jobs", mark("Jobs for you")),
    ("claim", mark("Take a job by its number")),
    ("going", mark("On the way to the job that you took")),
    ("arrived", mark("You are there")),
    ("done", mark("The job that you took is done")),
    ("cant", mark("Give back the job that you took")),
    ("me", mark("What you have taken, and who you are here")),
    ("duty", mark("Who is on duty")),
    ("pause", mark("Be asked for no job for a while")),
    ("link", mark("Use another chat, too: a code for it")),
    ("help", mark("Call for help, or see what you can write")),
)
"""What a platform's menu offers to everybody."""

DESK_MENU = (
    ("job", mark("Post a job")),
    *MENU,
    ("out", mark("Ill or away: others take over what you have")),
    ("assign", mark("Give a job to somebody: its number and their name")),
    ("close", mark("Close a job as done by its number")),
    ("cancel", mark("Cancel a job by its number")),
    ("status", mark("Buildings: sealed, controlled or open")),
    ("asked", mark("Who was asked for a job, and why others were not: its number")),
    ("trust", mark("Vouch for somebody: doors and phones are shown to them")),
    ("brief", mark("How everything stands: jobs, duty, the last 24 hours")),
    ("load", mark("Who carries how much: offers, jobs, alarms at night")),
    ("care", mark("Care plans: what is due today, and what you usually do")),
)
"""The same for staff."""


def menu(texts: Texts, *, desk: bool) -> tuple[tuple[str, str], ...]:
    """Commands and what they do, in the reader's language, for a platform that shows such a list."""
    return tuple((name, texts.gettext(said)) for name, said in (DESK_MENU if desk else MENU))
