"""A small committee's file, good in every respect."""

from dispatch import register
from dispatch.entries import RegisterFile
from tests.rules.mistakes import Change, Contents, changed

GOOD: Contents = {
    "committee": {
        "key": "wutongli",
        "name": "梧桐里居民区",
        "timezone": "Asia/Shanghai",
        "coordinates": "gcj02",
        "emergency": {"ambulance": "120", "police": "110"},
    },
    "buildings": [{"key": "3", "name": "3号楼", "lat": 31.2031, "lon": 121.4789}, {"key": "7"}],
    "people": [
        {
            "key": "wang",
            "name": "王阿姨",
            "roles": ["volunteer"],
            "trusted": True,
            "building": "3",
            "skills": ["medicine"],
            "vehicle": "ebike",
            "addresses": {"telegram": "1001", "matrix": "@wang:example.org"},
        },
        {"key": "lin", "name": "Lin", "language": "en", "roles": ["secretary"], "phone": "+86 199-0000-000"},
    ],
    "rooms": [{"platform": "telegram", "chat": "-100123", "topic": 7, "audience": "volunteers"}],
    "residents": [
        {
            "key": "chen",
            "name": "陈阿婆",
            "building": "3",
            "unit": "502",
            "phone": "199-0000-001",
            "notes": "80岁，独居",
            "contacts": [{"name": "儿子", "phone": "199-0000-002"}],
        }
    ],
    "ladder": {"duty": ["lin"], "last_resort": ["lin"]},
}


def loaded(change: Change) -> RegisterFile:
    """The good file with one thing changed."""
    return register.parse("committee.toml", changed(GOOD, change))
