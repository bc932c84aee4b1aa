"""Where the synthetic job lives: a committee of its own that no person belongs to, and a kind of job that no
message asks for. Whoever lists committees does not find it (`store/sql/people.sql`)."""

from dispatch.entries import CommitteeEntry, PersonEntry, RegisterFile
from dispatch.people import UNSEEN
from dispatch.playbook import Playbook
from dispatch.playbook_file import parse

KEY = f"{UNSEEN}synthetic"
"""Its key."""

DESK = "desk"
"""Who posts; has no address, so that nobody is told anything."""

VOLUNTEER = "volunteer"
"""Who is asked, and what their address is called on the platform."""

PLATFORM = "synthetic"
"""The platform of the one address there is."""

KIND = "synthetic"
"""The kind of job."""

_WORDS = {"en": "Synthetic job", "zh_CN": "自检任务"}
_LONG = "24h"  # nothing of this ever comes about: the job is over, or given up, within a minute


def register() -> RegisterFile:
    """The committee, as a file would give it."""
    committee: CommitteeEntry = {
        "key": KEY,
        "name": KEY,
        "language": "en",
        "timezone": "UTC",
        "joining": "approve",
        "coordinates": None,
        "emergency": {},
        "recheck": None,
        "scale": None,
    }
    desk = _person(DESK, "staff", {})
    volunteer = _person(VOLUNTEER, "volunteer", {PLATFORM: VOLUNTEER})
    return RegisterFile(committee=dict(committee), people=[dict(desk), dict(volunteer)])


def playbook() -> Playbook:
    """One wave, a second after the posting, so that the clock has to ring for it."""
    return parse(
        KIND,
        {
            "kind": KIND,
            "title": _WORDS,
            "icon": "🔔",
            "priority": "urgent",
            "recognise": ["~"],
            "require": [],
            "reveal": [],
            "places": 1,
            "loops": 1,
            "waves": [{"to": "able", "after": "1s"}],
            "rungs": [{"to": "duty", "after": _LONG}],
            "deadlines": {
                "claimed_to_started": _LONG,
                "started_to_done": _LONG,
                "nudge_grace": _LONG,
                "waitlist_offer": _LONG,
                "urge_every": _LONG,
                "exhausted_every": _LONG,
            },
            "example": _WORDS,
        },
    )


def _person(key: str, role: str, addresses: dict[str, str]) -> PersonEntry:
    return {
        "key": key,
        "name": key,
        "language": "en",
        "roles": [role],
        "trusted": False,
        "building": None,
        "skills": [],
        "vehicle": None,
        "phone": "",
        "addresses": addresses,
        "ways": (),
        "speaks": (),
        "hours": "",
        "daily": None,
        "gear": False,
        "born": None,
        "left": frozenset(),
    }
