"""Every sheet of a spreadsheet that holds a register: tables of a committee's file, and what stands in them.

The plan's picture lies beside a TOML file, so it is in no spreadsheet.
"""

from dispatch.headings import Kind, Sheet, fold, words_of
from dispatch.need_sheets import CARE, MEDICINES
from dispatch.sheet_columns import (
    AUDIENCES,
    BUILDING,
    KEY,
    LANGUAGE,
    LONG,
    NAME,
    NOTES,
    PEOPLE,
    PHONE,
    PLATFORMS,
    ROLES,
    RUNGS,
    SKILLS,
    SPOKEN,
    SYSTEM,
    UNIT,
    VEHICLES,
    column,
)

_JOINING = column(
    "joining",
    "报到方式",
    (
        "approve: staff let each applicant in; auto: in at once, not vouched for",
        "逐个通过，或自动加入（未担保）",
    ),
    Kind.CHOICE,
    choices={"approve": "逐个通过", "auto": "自动加入"},
)

_COMMITTEE = Sheet(
    table="committee",
    chinese=("居委会",),
    columns=(
        KEY,
        column("name", "名称", LONG, width=24),
        LANGUAGE,
        column("timezone", "时区", ("such as Asia/Shanghai", "例如 Asia/Shanghai"), width=18),
        _JOINING,
        SYSTEM,
        column("ambulance", "急救电话", ("such as 120", "例如 120"), Kind.PHONE, into="emergency"),
        column("police", "报警电话", ("such as 110", "例如 110"), Kind.PHONE, into="emergency"),
        column(
            "recheck",
            "再看分钟",
            (
                "minutes after which somebody at a shut door looks again, 1 to 1440; empty: 15",
                "门没开时，过多少分钟再看一次，1 到 1440；不填为 15",
            ),
            Kind.WHOLE,
        ),
        column(
            "scale",
            "平面图比例",
            (
                "metres of one unit of the compound's plan, 0.001 to 100; or none",
                "平面图上一个单位是多少米，0.001 到 100，可不填",
            ),
            Kind.NUMBER,
        ),
    ),
)

_BUILDINGS = Sheet(
    table="buildings",
    chinese=("楼栋",),
    columns=(
        column("key", "编号 楼号", ("what people type, such as 3", "大家怎么叫它，例如 3")),
        column("name", "名称 楼名", ("such as 3号楼", "例如 3号楼")),
        column("lat", "纬度", ("degrees; with lon or not at all", "度；与经度一起填或都不填"), Kind.NUMBER),
        column("lon", "经度", ("degrees; with lat or not at all", "度；与纬度一起填或都不填"), Kind.NUMBER),
        SYSTEM,
        column(
            "outline",
            "轮廓",
            ("lat lon; lat lon; lat lon …", "纬度 经度; 纬度 经度; 纬度 经度 …"),
            Kind.PAIRS,
            30,
        ),
        column("spot", "平面图位置", ("x y on the compound's plan", "在小区平面图上的 x y"), Kind.PAIR),
    ),
)

_WALLS = Sheet(
    table="walls",
    chinese=("围墙",),
    columns=(
        KEY,
        column("name", "名称", ("such as 东围墙", "例如 东围墙"), width=18),
        column(
            "line",
            "走向",
            ("lat lon; lat lon … two corners or more", "纬度 经度; 纬度 经度 … 至少两个点"),
            Kind.PAIRS,
            40,
        ),
        SYSTEM,
    ),
)

_GATES = Sheet(
    table="gates",
    chinese=("大门", "门口"),
    columns=(
        KEY,
        column("name", "名称", ("such as 北门", "例如 北门"), width=18),
        column("lat", "纬度", ("degrees, on a wall", "度，在围墙上"), Kind.NUMBER),
        column("lon", "经度", ("degrees, on a wall", "度，在围墙上"), Kind.NUMBER),
        SYSTEM,
        column("closed", "关闭 封闭", ("yes or no: nobody may pass", "是或否：不能通行"), Kind.FLAG, 8),
    ),
)

_EVERYBODY = Sheet(
    table="people",
    chinese=("人员", "志愿者"),
    columns=(
        KEY,
        NAME,
        column("roles", "身份 角色", ("at least one", "至少一个，用逗号分开"), Kind.WORDS, 18, choices=ROLES),
        column(
            "trusted",
            "可信 已担保",
            ("yes or no: staff vouch for them", "是或否：工作人员为其担保"),
            Kind.FLAG,
            8,
        ),
        BUILDING,
        PHONE,
        column(
            "skills",
            "技能 特长",
            ("such as medicine, lifting", "例如 送药、搬抬"),
            Kind.WORDS,
            18,
            choices=SKILLS,
        ),
        column("vehicle", "交通工具 车辆", ("one, or none", "一种，或不填"), Kind.CHOICE, choices=VEHICLES),
        column(
            "speaks",
            "会说 语种 方言",
            ("such as mandarin, shanghainese", "例如 普通话、上海话"),
            Kind.WORDS,
            18,
            choices=SPOKEN,
        ),
        column(
            "hours",
            "可询问时段 时段",
            ("when they may be asked, such as 07:00-23:00", "什么时间可以询问，例如 07:00-23:00"),
        ),
        column(
            "daily",
            "每日上限",
            ("offers a day at most; 0 is the usual 8", "每天最多询问几次；0 为通常的 8 次"),
            Kind.WHOLE,
            10,
        ),
        column("gear", "防护装备 防护服", ("yes or no", "是或否"), Kind.FLAG, 10),
        column(
            "born",
            "出生年份 出生年",
            ("a year such as 1956, or none", "四位年份，例如 1956，可不填"),
            Kind.WHOLE,
            10,
        ),
        LANGUAGE,
        column(
            "telegram",
            "telegram编号",
            ("the account's numeric id", "账号的数字编号"),
            Kind.PHONE,
            16,
            "addresses",
        ),
        column(
            "matrix",
            "matrix账号",
            ("such as @wang:example.org", "例如 @wang:example.org"),
            width=24,
            into="addresses",
        ),
        column(
            "ways",
            "叫醒方式",
            ("a line each: ADDRESS or chat, then hours", "每行一种：地址或 chat，后面可写时段"),
            Kind.WAYS,
            30,
        ),
    ),
)

_GROUPS = Sheet(
    table="groups",
    chinese=("小组",),
    columns=(
        KEY,
        column("name", "名称 组名", LONG),
        column("leader", "组长", ("the key of a person", "人员编号")),
        column("parent", "上级小组", ("the key of another group", "另一个小组的编号")),
        column("members", "组员 成员", ("keys of people", "人员编号，用逗号分开"), Kind.WORDS, 36),
    ),
)

_ROOMS = Sheet(
    table="rooms",
    chinese=("群",),
    columns=(
        column(
            "platform", "平台", ("telegram or matrix", "telegram 或 matrix"), Kind.CHOICE, choices=PLATFORMS
        ),
        column(
            "chat",
            "群编号",
            ("such as -100123 or !abc:example.org", "例如 -100123 或 !abc:example.org"),
            width=24,
        ),
        column("topic", "话题", ("a number, Telegram only", "数字，仅 Telegram"), Kind.WHOLE),
        column(
            "audience",
            "读者",
            ("volunteers or staff", "volunteers（志愿者）或 staff（工作人员）"),
            Kind.CHOICE,
            choices=AUDIENCES,
        ),
        LANGUAGE,
    ),
)

_HOUSEHOLDS = Sheet(
    table="households",
    chinese=("门户", "家庭", "住户"),
    columns=(
        KEY,
        BUILDING,
        UNIT,
        column("people", "人数", ("how many live there", "住几个人"), Kind.WHOLE, 8),
        PHONE,
        NOTES,
        column(
            "relay",
            "传话户",
            ("yes or no: they tell the others of their building", "是或否：由这家通知本楼其他住户"),
            Kind.FLAG,
            8,
        ),
    ),
)

_RESIDENTS = Sheet(
    table="residents",
    chinese=("居民", "关爱对象", "老人"),
    columns=(
        KEY,
        NAME,
        column("household", "门户 户号", ("the key of a household", "“门户”表中的编号")),
        BUILDING,
        UNIT,
        PHONE,
        NOTES,
        column(
            "contacts",
            "联系人 家属",
            ("a line each: name: phone; name (key): phone", "每行一位：姓名: 电话；姓名（钥匙）: 电话"),
            Kind.CONTACTS,
            30,
        ),
        column(
            "alone", "独居", ("yes or no: they live alone", "是或否：一个人住，每日巡访会去"), Kind.FLAG, 8
        ),
    ),
)

_LADDER = Sheet(
    table="ladder",
    chinese=("逐级", "值班表"),
    columns=(
        column("rung", "级别", ("one of the rungs", "级别之一"), Kind.CHOICE, 20, choices=RUNGS),
        PEOPLE,
    ),
)

_ROTA = Sheet(
    table="rota",
    chinese=("排班",),
    columns=(
        column("name", "名称 班次", ("such as 夜班", "例如 夜班")),
        column(
            "rrule",
            "规则",
            ("RFC 5545, such as FREQ=DAILY;BYHOUR=20", "RFC 5545，例如 FREQ=DAILY;BYHOUR=20"),
            width=30,
        ),
        column("anchor", "起始日", ("turns are counted from this day on", "从这一天起轮换"), Kind.DAY),
        column("hours", "小时", ("how long a shift is", "一班几小时"), Kind.WHOLE, 8),
        PEOPLE,
    ),
)

_HOLIDAYS = Sheet(
    table="holidays",
    chinese=("节假日",),
    columns=(
        column("first", "首日", ("the first day", "第一天"), Kind.DAY),
        column("last", "末日", ("the last day", "最后一天"), Kind.DAY),
        PEOPLE,
    ),
)

SHEETS = (
    _COMMITTEE,
    _BUILDINGS,
    _WALLS,
    _GATES,
    _EVERYBODY,
    _GROUPS,
    _ROOMS,
    _HOUSEHOLDS,
    _RESIDENTS,
    CARE,
    MEDICINES,
    _LADDER,
    _ROTA,
    _HOLIDAYS,
)
"""In the order in which they are written."""


def sheet(name: str) -> Sheet | None:
    """The sheet that a name stands for, in either language or in both; None for another."""
    words = words_of(name)
    found = (each for each in SHEETS if not words.isdisjoint(map(fold, (each.table, *each.chinese))))
    return next(found, None)
