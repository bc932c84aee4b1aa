"""The committee that stories are told of: invented people, one resident at risk, a ladder of leaders;
and the committee beside it."""

from collections.abc import Mapping, Sequence

WITHOUT_PHONE = "v9"
"""A volunteer whom no chat and no page reaches; everybody else has a phone."""


def table(file: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A table of a committee's file; empty where there is none."""
    found = file.get(name, {})
    assert isinstance(found, Mapping)
    return found


def tables(file: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    """A list of tables of a committee's file; empty where there is none."""
    found = file.get(name, [])
    assert isinstance(found, Sequence)
    return found


def with_address(person: Mapping[str, object], platform: str, value: str) -> Mapping[str, object]:
    """An entry of a committee's file with one more address, unless no phone reaches this person."""
    if person["key"] == WITHOUT_PHONE:
        return person
    return {**person, "addresses": {**table(person, "addresses"), platform: value}}


def speaking(**languages: str) -> Sequence[Mapping[str, object]]:
    """The people of `COMMITTEE`, of whom these read those languages; everybody else reads their own."""
    return [
        {**each, "language": languages.get(str(each["key"]), each["language"])}
        for each in tables(COMMITTEE, "people")
    ]


def _volunteer(number: int, **fields: object) -> dict[str, object]:
    return {
        "key": f"v{number}",
        "name": f"志愿者{number}",
        "roles": ["volunteer"],
        "trusted": True,
        "building": str(number),
        "language": "zh_CN",
        **fields,
    }


COMMITTEE: Mapping[str, object] = {
    "committee": {
        "key": "wutong",
        "name": "梧桐里居民区",
        "language": "zh_CN",
        "timezone": "Asia/Shanghai",
        "coordinates": "wgs84",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [
        {"key": str(number), "name": f"{number}号楼", "lat": 31.2, "lon": 121.47 + number / 1000}
        for number in range(1, 13)
    ],
    "people": [
        *(_volunteer(number) for number in range(1, 13)),
        _volunteer(13, key="stranger", name="新来的", trusted=False, building="3"),
        {"key": "lin", "name": "林社工", "roles": ["staff"], "language": "zh_CN"},
        {"key": "zhao", "name": "赵书记", "roles": ["secretary"], "language": "zh_CN"},
        {"key": "qian", "name": "钱副书记", "roles": ["secretary"], "language": "en"},
        {"key": "sun", "name": "孙主任", "roles": ["secretary"], "language": "zh_CN"},
        {"key": "desk", "name": "街道值班", "roles": ["office"], "language": "zh_CN"},
    ],
    "residents": [
        {
            "key": "chen",
            "name": "陈阿婆",
            "building": "3",
            "unit": "502",
            "phone": "19900001234",
            "notes": "八十岁独居，听力差",
            "contacts": [{"name": "儿子", "phone": "19900005678"}],
        }
    ],
    "ladder": {
        "duty": ["zhao"],
        "deputy": ["qian"],
        "director": ["sun"],
        "office": ["desk"],
        "last_resort": ["sun", "desk"],
    },
}

HELPERS = ("帮手一", "帮手二")
"""The volunteers of `MAPLE`."""

MAPLE = {
    **COMMITTEE,
    "committee": {**table(COMMITTEE, "committee"), "key": "fenglin", "name": "枫林里居民区"},
    "people": [
        {
            "key": f"h{number}",
            "name": name,
            "roles": ["volunteer"],
            "trusted": True,
            "building": "3",
            "language": "zh_CN",
        }
        for number, name in enumerate(HELPERS)
    ]
    + [
        {"key": "staff", "name": "方社工", "roles": ["staff"], "language": "zh_CN"},
        {"key": "sec", "name": "冯书记", "roles": ["secretary"], "language": "zh_CN"},
    ],
    "residents": [],
    "ladder": {"duty": ["sec"]},
}
"""The committee beside it: one of each."""
