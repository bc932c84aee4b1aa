"""Every sheet of a spreadsheet that holds a register: tables of a committee's file, and what stands in them.

The plan's picture lies beside a TOML file, so it is in no spreadsheet.
"""

from collections.abc import Mapping

from dispatch.headings import Column, Kind, Sheet, fold, words_of


def _column(
    field: str,
    chinese: str,
    notes: tuple[str, str],
    kind: Kind = Kind.TEXT,
    width: int = 14,
    into: str = "",
    choices: Mapping[str, str] | None = None,
) -> Column:
    """`chinese` are the headings, with blanks between."""
    return Column(
        field=field,
        chinese=tuple(chinese.split()),
        notes=notes,
        kind=kind,
        into=into,
        choices=choices,
        width=width,
    )


_LANGUAGES = {"zh_CN": "中文", "en": "英文"}
_SYSTEMS = {"wgs84": "GPS", "gcj02": "高德", "bd09": "百度"}
_ROLES = {
    "volunteer": "志愿者",
    "leader": "楼组长",
    "staff": "工作人员",
    "secretary": "书记",
    "office": "街道",
    "adviser": "顾问",
}
_VEHICLES = {
    "bike": "自行车",
    "ebike": "电动车",
    "car": "汽车",
    "van": "面包车",
    "lorry": "货车",
    "handcart": "手推车",
}
_SKILLS = {
    "medicine": "送药",
    "oxygen": "制氧机",
    "lifting": "搬抬",
    "night": "夜间",
    "english": "英语",
    "local_knowledge": "熟悉里弄",
}
_SPOKEN = {
    "mandarin": "普通话",
    "shanghainese": "上海话",
    "cantonese": "粤语",
    "english": "英语",
    "japanese": "日语",
    "korean": "韩语",
    "sign": "手语",
}
_CARED = {
    "oxygen_refill": "制氧机加水",
    "medicine_run": "配药取药",
    "welfare_check": "上门查看",
    "general": "其他事项",
}
"""Kinds that come with the program; a committee may have others, by their own names."""
_RUNGS = {
    "duty": "值班",
    "deputy": "副职",
    "director": "主任",
    "office": "街道",
    "last_resort": "最后联系人",
}
_AUDIENCES = {"volunteers": "志愿者", "staff": "工作人员"}
_PLATFORMS = {"telegram": "telegram", "matrix": "matrix"}

_KEY_SAID = ("unique: letters, digits, - _ .", "不重复的编号：字母、数字、- _ .")
_LONG = ("at most 100 characters", "最多 100 个字")
_KEY = _column("key", "编号", _KEY_SAID)
_NAME = _column("name", "姓名 名称", _LONG)
_BUILDING = _column("building", "楼栋 楼号 几号楼", ("the key of a building", "“楼栋”表中的编号"), width=10)
_UNIT = _column("unit", "门牌 房号 室号", ("a door such as 502", "门牌，例如 502"), width=10)
_PHONE = _column(
    "phone",
    "电话 手机 联系电话",
    ("digits, with + and country code if it is not local", "电话号码，外地号码加 + 和国家区号"),
    Kind.PHONE,
    18,
)
_NOTES = _column("notes", "备注 情况", ("at most 2,000 characters", "最多 2000 个字"), width=36)
_LANGUAGE = _column(
    "language",
    "界面语言 语言",
    ("zh_CN or en", "zh_CN（中文）或 en（英文）"),
    Kind.CHOICE,
    choices=_LANGUAGES,
)
_SYSTEM = _column(
    "coordinates",
    "坐标系",
    ("wgs84, gcj02 or bd09; never guessed", "wgs84、gcj02 或 bd09，不会猜测"),
    Kind.CHOICE,
    choices=_SYSTEMS,
)
_PEOPLE = _column(
    "people",
    "人员编号 人员",
    ("keys of people, in order", "人员编号，按顺序，用逗号分开"),
    Kind.WORDS,
    36,
)

_JOINING = _column(
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
        _column("key", "编号", _KEY_SAID),
        _column("name", "名称", _LONG, width=24),
        _LANGUAGE,
        _column("timezone", "时区", ("such as Asia/Shanghai", "例如 Asia/Shanghai"), width=18),
        _JOINING,
        _SYSTEM,
        _column("ambulance", "急救电话", ("such as 120", "例如 120"), Kind.PHONE, into="emergency"),
        _column("police", "报警电话", ("such as 110", "例如 110"), Kind.PHONE, into="emergency"),
    ),
)

_BUILDINGS = Sheet(
    table="buildings",
    chinese=("楼栋",),
    columns=(
        _column("key", "编号 楼号", ("what people type, such as 3", "大家怎么叫它，例如 3")),
        _column("name", "名称 楼名", ("such as 3号楼", "例如 3号楼")),
        _column("lat", "纬度", ("degrees; with lon or not at all", "度；与经度一起填或都不填"), Kind.NUMBER),
        _column("lon", "经度", ("degrees; with lat or not at all", "度；与纬度一起填或都不填"), Kind.NUMBER),
        _SYSTEM,
        _column(
            "outline",
            "轮廓",
            ("lat lon; lat lon; lat lon …", "纬度 经度; 纬度 经度; 纬度 经度 …"),
            Kind.PAIRS,
            30,
        ),
        _column("spot", "平面图位置", ("x y on the compound's plan", "在小区平面图上的 x y"), Kind.PAIR),
    ),
)

_EVERYBODY = Sheet(
    table="people",
    chinese=("人员", "志愿者"),
    columns=(
        _KEY,
        _NAME,
        _column(
            "roles", "身份 角色", ("at least one", "至少一个，用逗号分开"), Kind.WORDS, 18, choices=_ROLES
        ),
        _column(
            "trusted",
            "可信 已担保",
            ("yes or no: staff vouch for them", "是或否：工作人员为其担保"),
            Kind.FLAG,
            8,
        ),
        _BUILDING,
        _PHONE,
        _column(
            "skills",
            "技能 特长",
            ("such as medicine, lifting", "例如 送药、搬抬"),
            Kind.WORDS,
            18,
            choices=_SKILLS,
        ),
        _column("vehicle", "交通工具 车辆", ("one, or none", "一种，或不填"), Kind.CHOICE, choices=_VEHICLES),
        _column(
            "speaks",
            "会说 语种 方言",
            ("such as mandarin, shanghainese", "例如 普通话、上海话"),
            Kind.WORDS,
            18,
            choices=_SPOKEN,
        ),
        _column(
            "hours",
            "可询问时段 时段",
            ("when they may be asked, such as 07:00-23:00", "什么时间可以询问，例如 07:00-23:00"),
        ),
        _column(
            "daily",
            "每日上限",
            ("offers a day at most; 0 is no limit", "每天最多询问几次；0 为不限"),
            Kind.WHOLE,
            10,
        ),
        _column("gear", "防护装备 防护服", ("yes or no", "是或否"), Kind.FLAG, 10),
        _LANGUAGE,
        _column(
            "telegram",
            "telegram编号",
            ("the account's numeric id", "账号的数字编号"),
            Kind.PHONE,
            16,
            "addresses",
        ),
        _column(
            "matrix",
            "matrix账号",
            ("such as @wang:example.org", "例如 @wang:example.org"),
            width=24,
            into="addresses",
        ),
        _column(
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
        _KEY,
        _column("name", "名称 组名", _LONG),
        _column("leader", "组长", ("the key of a person", "人员编号")),
        _column("parent", "上级小组", ("the key of another group", "另一个小组的编号")),
        _column("members", "组员 成员", ("keys of people", "人员编号，用逗号分开"), Kind.WORDS, 36),
    ),
)

_ROOMS = Sheet(
    table="rooms",
    chinese=("群",),
    columns=(
        _column(
            "platform", "平台", ("telegram or matrix", "telegram 或 matrix"), Kind.CHOICE, choices=_PLATFORMS
        ),
        _column(
            "chat",
            "群编号",
            ("such as -100123 or !abc:example.org", "例如 -100123 或 !abc:example.org"),
            width=24,
        ),
        _column("topic", "话题", ("a number, Telegram only", "数字，仅 Telegram"), Kind.WHOLE),
        _column(
            "audience",
            "读者",
            ("volunteers or staff", "volunteers（志愿者）或 staff（工作人员）"),
            Kind.CHOICE,
            choices=_AUDIENCES,
        ),
        _LANGUAGE,
    ),
)

_HOUSEHOLDS = Sheet(
    table="households",
    chinese=("门户", "家庭", "住户"),
    columns=(
        _KEY,
        _BUILDING,
        _UNIT,
        _column("people", "人数", ("how many live there", "住几个人"), Kind.WHOLE, 8),
        _PHONE,
        _NOTES,
    ),
)

_RESIDENTS = Sheet(
    table="residents",
    chinese=("居民", "关爱对象", "老人"),
    columns=(
        _KEY,
        _NAME,
        _column("household", "门户 户号", ("the key of a household", "“门户”表中的编号")),
        _BUILDING,
        _UNIT,
        _PHONE,
        _NOTES,
        _column(
            "contacts",
            "联系人 家属",
            ("a line each: name: phone; name (key): phone", "每行一位：姓名: 电话；姓名（钥匙）: 电话"),
            Kind.CONTACTS,
            30,
        ),
    ),
)

_CARE = Sheet(
    table="care",
    chinese=("照护计划", "照护"),
    columns=(
        _KEY,
        _column("resident", "居民编号 居民", ("the key of a resident", "“居民”表中的编号，楼号门牌要填好")),
        _column(
            "kind",
            "事项 类型",
            ("a kind of job, such as oxygen_refill", "任务类型，例如 制氧机加水"),
            Kind.CHOICE,
            18,
            choices=_CARED,
        ),
        _column(
            "at",
            "几点 时间",
            ("when it is usually done, such as 08:00, 20:00", "平时几点做，例如 08:00、20:00"),
            Kind.WORDS,
        ),
        _column(
            "rrule",
            "哪些天 规则",
            (
                "the days, RFC 5545; empty: every day",
                "哪些天，RFC 5545，例如 FREQ=WEEKLY;BYDAY=MO,TH；不填为每天",
            ),
            width=24,
        ),
        _column("anchor", "起始日", ("the days are counted from this one on", "从这一天算起"), Kind.DAY),
        _column(
            "ahead",
            "提前分钟",
            (
                "minutes before that time at which the job is opened; empty: 60",
                "提前多少分钟发布任务；不填为 60",
            ),
            Kind.WHOLE,
            10,
        ),
        _column(
            "within",
            "最迟分钟",
            (
                "minutes after that time until when it must be done; empty: 60",
                "过点多少分钟内必须做完；不填为 60",
            ),
            Kind.WHOLE,
            10,
        ),
        _column(
            "carers",
            "平时谁做 照护人",
            ("keys of people who usually do it", "平时由谁做：人员编号，用逗号分开"),
            Kind.WORDS,
            24,
        ),
        _column(
            "device",
            "设备",
            ("what it is and where it stands", "什么设备，放在哪里，最多 200 个字"),
            width=30,
        ),
        _column(
            "words",
            "怎么做 说明",
            ("what to do, in words; at most 2,000 characters", "怎么做，最多 2000 个字"),
            width=36,
        ),
    ),
)

_LADDER = Sheet(
    table="ladder",
    chinese=("逐级", "值班表"),
    columns=(
        _column("rung", "级别", ("one of the rungs", "级别之一"), Kind.CHOICE, 20, choices=_RUNGS),
        _PEOPLE,
    ),
)

_ROTA = Sheet(
    table="rota",
    chinese=("排班",),
    columns=(
        _column("name", "名称 班次", ("such as 夜班", "例如 夜班")),
        _column(
            "rrule",
            "规则",
            ("RFC 5545, such as FREQ=DAILY;BYHOUR=20", "RFC 5545，例如 FREQ=DAILY;BYHOUR=20"),
            width=30,
        ),
        _column("anchor", "起始日", ("turns are counted from this day on", "从这一天起轮换"), Kind.DAY),
        _column("hours", "小时", ("how long a shift is", "一班几小时"), Kind.WHOLE, 8),
        _PEOPLE,
    ),
)

_HOLIDAYS = Sheet(
    table="holidays",
    chinese=("节假日",),
    columns=(
        _column("first", "首日", ("the first day", "第一天"), Kind.DAY),
        _column("last", "末日", ("the last day", "最后一天"), Kind.DAY),
        _PEOPLE,
    ),
)

SHEETS = (
    _COMMITTEE,
    _BUILDINGS,
    _EVERYBODY,
    _GROUPS,
    _ROOMS,
    _HOUSEHOLDS,
    _RESIDENTS,
    _CARE,
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
