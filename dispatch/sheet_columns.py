"""Columns that several sheets of a register share, and the words that may stand in one, in both languages."""

from collections.abc import Mapping

from dispatch.headings import Column, Kind


def column(
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


LANGUAGES = {"zh_CN": "中文", "en": "英文"}
SYSTEMS = {"wgs84": "GPS", "gcj02": "高德", "bd09": "百度"}
ROLES = {
    "volunteer": "志愿者",
    "leader": "楼组长",
    "staff": "工作人员",
    "secretary": "书记",
    "office": "街道",
    "adviser": "顾问",
}
VEHICLES = {
    "bike": "自行车",
    "ebike": "电动车",
    "car": "汽车",
    "van": "面包车",
    "lorry": "货车",
    "handcart": "手推车",
}
SKILLS = {
    "medicine": "送药",
    "oxygen": "制氧机",
    "lifting": "搬抬",
    "night": "夜间",
    "english": "英语",
    "local_knowledge": "熟悉里弄",
}
SPOKEN = {
    "mandarin": "普通话",
    "shanghainese": "上海话",
    "cantonese": "粤语",
    "english": "英语",
    "japanese": "日语",
    "korean": "韩语",
    "sign": "手语",
}
CARED = {
    "oxygen_refill": "制氧机加水",
    "medicine_run": "配药取药",
    "welfare_check": "上门查看",
    "daily_round": "每日巡访",
    "general": "其他事项",
}
"""Kinds that come with the program; a committee may have others, by their own names."""
BROUGHT = {"prescription": "处方", "card": "医保卡", "cash": "现金"}
RUNGS = {
    "duty": "值班",
    "deputy": "副职",
    "director": "主任",
    "office": "街道",
    "last_resort": "最后联系人",
}
AUDIENCES = {"volunteers": "志愿者", "staff": "工作人员"}
PLATFORMS = {"telegram": "telegram", "matrix": "matrix"}

LONG = ("at most 100 characters", "最多 100 个字")
KEY = column("key", "编号", ("unique: letters, digits, - _ .", "不重复的编号：字母、数字、- _ ."))
NAME = column("name", "姓名 名称", LONG)
BUILDING = column("building", "楼栋 楼号 几号楼", ("the key of a building", "“楼栋”表中的编号"), width=10)
UNIT = column("unit", "门牌 房号 室号", ("a door such as 502", "门牌，例如 502"), width=10)
PHONE = column(
    "phone",
    "电话 手机 联系电话",
    ("digits, with + and country code if it is not local", "电话号码，外地号码加 + 和国家区号"),
    Kind.PHONE,
    18,
)
NOTES = column("notes", "备注 情况", ("at most 2,000 characters", "最多 2000 个字"), width=36)
LANGUAGE = column(
    "language",
    "界面语言 语言",
    ("zh_CN or en", "zh_CN（中文）或 en（英文）"),
    Kind.CHOICE,
    choices=LANGUAGES,
)
SYSTEM = column(
    "coordinates",
    "坐标系",
    ("wgs84, gcj02 or bd09; never guessed", "wgs84、gcj02 或 bd09，不会猜测"),
    Kind.CHOICE,
    choices=SYSTEMS,
)
PEOPLE = column(
    "people",
    "人员编号 人员",
    ("keys of people, in order", "人员编号，按顺序，用逗号分开"),
    Kind.WORDS,
    36,
)
