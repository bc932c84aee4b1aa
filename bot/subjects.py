"""The commands for whoever asks what is kept about them, or to be forgotten.

What that is, is the store's; here it is written where only this user reads it, and asked twice before it
goes.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.commands import opened
from bot.complaints import ComplaintError
from bot.invite import choose_committee
from config.settings import Settings
from dispatch.errors import PicturesUnavailableError, UnknownPersonError
from dispatch.leaving import GoneAlreadyError, Hindrance, Kept, StillNeededError
from store import SqlStore
from store.clock import WallClock
from workers.nightly import PICTURES_AT_MOST, UNDER_WAY

TITLES: Mapping[str, str] = {
    "people": "Who they are 本人信息",
    "addresses": "How they are reached 联系方式",
    "devices": "Browsers that ring 提醒设备",
    "ways": "How they want to be woken 叫醒方式",
    "whereabouts": "At which building they are now 现在在哪栋楼",
    "link_codes": "Codes for another account 关联码",
    "applications": "Applications 报到申请",
    "ladder": "In the ladder of leaders 逐级名单",
    "people_groups": "Groups that they lead 带领的小组",
    "group_members": "Groups that they are in 所在小组",
    "records": "How often they were asked and came, counted 应答统计",
    "rests": "When they were asked or had a job last, counted 休息计数",
    "residents": "Who they are 居民信息",
    "households": "Their household 门户",
    "jobs": "Jobs 任务",
    "job_private": "What was said about them in jobs 任务里的私密内容",
    "claims": "Jobs that they took 接过的任务",
    "waiting": "Waitlists 候补",
    "asks": "When they were asked 询问记录",
    "ledger": "What was written down 经过",
    "reveals": "What was shown of doors, phones and health 私密信息查看记录",
    "pictures": "Pictures 图片",
    "care_pictures": "Pictures of care plans 照护计划图片",
    "wanted_pictures": "Pictures on their way 待取图片",
    "outbox": "What was sent 发送记录",
    "cards": "Messages that follow a job 任务消息",
    "matrix_rooms": "Private room on Matrix 私聊房间",
    "duty_overrides": "Shifts that changed hands 换班",
    "rota_slots": "Rota 排班",
    "rota_holidays": "Rota of holidays 节假日排班",
    "watches": "On duty at the last look 值班",
    "relays": "What was passed on 转交",
    "relay_asks": "Asked to take something over 转交询问",
    "actings": "Acting elsewhere 代理",
    "care_plans": "Care plans 照护计划",
    "medicine_supplies": "Medicine they take 常用药",
    "care_excuses": "Turns of care that they could not take 不能来的照护",
    "sealings": "Buildings' statuses that they set 楼栋状态",
    "register_uploads": "A file of the register, not confirmed yet 未确认的名册文件",
    "register_log": "Changes to the register 名册修改",
}
"""What each table is called where people read it, in both languages."""

WAIT: Mapping[str, str] = {
    Hindrance.WORKS: "they have job {jobs} in hand: let somebody else take it, or finish it",
    Hindrance.ANSWERS: "they answer for job {jobs}: let another leader take it over, or settle it",
    Hindrance.ON_DUTY: "they are on duty now: give the duty away (/duty swap), or wait until it passes",
    Hindrance.ACTS: "they act as a secretary now: end that first (/acting KEY off)",
    Hindrance.OPEN_JOBS: "job {jobs} about them is open: finish or cancel it first",
}
"""Why somebody cannot be forgotten now, and what to do."""

Ask = Callable[[str], str]
"""Asks somebody at the console; gives what they typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a command is about, by key: a person of the committee, or a resident."""

    key: str
    resident: bool = False
    committee: str | None = None

    @property
    def called(self) -> str:
        """How they are called at the console."""
        return f"{'resident' if self.resident else 'person'} {self.key}"


def typed(question: str) -> str:
    """Ask at the console; nothing where nobody is there to answer."""
    try:
        return input(question)
    except EOFError:
        return ""


async def export(settings: Settings, subject: Subject, folder: Path, out: TextIO) -> None:
    """Write everything that is kept about somebody as JSON and as text, readable by this user alone. Raises
    `ComplaintError`, also for files that are there already."""
    async with opened(settings) as (store, _):
        chosen = await choose_committee(store, subject.committee)
        asked = store.kept_about_resident if subject.resident else store.kept_about
        try:
            kept = await asked(chosen.id, subject.key)
        except UnknownPersonError:
            raise _unknown(subject, chosen.key) from None
    stem = f"{'resident' if subject.resident else 'person'}-{_plain(subject.key)}"
    files = {
        folder / f"{stem}.json": json.dumps(_whole(kept, chosen.key), ensure_ascii=False, indent=1) + "\n",
        folder / f"{stem}.txt": "\n".join(_lines(kept, chosen.name)) + "\n",
    }
    for file in files:
        if file.exists():
            raise ComplaintError(f"{file} is there already; move it away, or name another --folder")
    for file, text in files.items():
        _keep(file, text)
    rows = sum(map(len, kept.tables.values()))
    out.write(f"{rows} entries about {subject.called}: {', '.join(str(file) for file in files)}\n")
    out.write("  Private fields stand open in them: hand them over to that person alone.\n")


async def erase(settings: Settings, subject: Subject, out: TextIO, ask: Ask | None) -> None:
    """Forget somebody, after asking twice (`ask` None: without). Raises `ComplaintError`, which says why it
    has to wait."""
    async with opened(settings) as (store, _):
        chosen = await choose_committee(store, subject.committee)
        out.write(f"{chosen.name}: {_will_go(subject)}\n")
        if ask is not None:
            _confirm(subject, ask)
        try:
            if subject.resident:
                number = await store.forget_resident(chosen.id, subject.key)
            else:
                number = await store.forget_person(chosen.id, subject.key, WallClock().now())
        except UnknownPersonError:
            raise _unknown(subject, chosen.key) from None
        except GoneAlreadyError:
            raise ComplaintError(f"{subject.key} was forgotten already") from None
        except StillNeededError as error:
            why = WAIT[str(error.params["why"])].format(jobs=error.params["jobs"])
            raise ComplaintError(f"{subject.called} was not erased: {why}") from None
        swept = await _swept(store)
    out.write(f"Erased; number {number} stands for them from now on, as somebody who has left.\n")
    out.write(
        "  Take them out of your own files as well, or the next `suidao load` brings them back. Backups that "
        "were made before still hold them: see docs/privacy.md.\n"
    )
    if not swept:
        out.write("  The bucket does not answer: their pictures in it are deleted in the next night.\n")


async def _swept(store: SqlStore) -> bool:
    """What their pictures left in the bucket is deleted now; whether it could be."""
    before = WallClock().now() - UNDER_WAY
    try:
        while await store.sweep_objects(before, PICTURES_AT_MOST) == PICTURES_AT_MOST:
            pass
    except PicturesUnavailableError:
        return False
    return True


def _will_go(subject: Subject) -> str:
    if subject.resident:
        return (
            f"the resident {subject.key}: name, door, phone, notes and contacts go, and the words and "
            "pictures of jobs about them; that there were such jobs, and when, stays."
        )
    return (
        f"{subject.key}: name, phone, accounts, devices and what they can do go, and their words in jobs "
        "that are over; what they did stays, as done by somebody who has left."
    )


def _confirm(subject: Subject, ask: Ask) -> None:
    if ask(f"Type {subject.key} to go on: ").strip() != subject.key:
        raise ComplaintError("nothing was erased")
    if ask("It cannot be taken back. Type yes: ").strip().lower() not in {"yes", "是"}:
        raise ComplaintError("nothing was erased")


def _unknown(subject: Subject, committee: str) -> ComplaintError:
    return ComplaintError(f"{committee} has no {subject.called}")


def _plain(key: str) -> str:
    """A key as part of a file's name, which leads nowhere else."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in key)


def _whole(kept: Kept, committee: str) -> Mapping[str, object]:
    return {"committee": committee, "key": kept.key, "name": kept.name, "kept": kept.tables}


def _lines(kept: Kept, committee: str) -> Iterator[str]:
    yield f"{kept.name} ({kept.key}), {committee}"
    for table, rows in kept.tables.items():
        yield ""
        yield f"{TITLES.get(table, table)}: {len(rows)}"
        for row in rows:
            yield "- " + "; ".join(f"{name}: {value}" for name, value in row.items())


def _keep(file: Path, text: str) -> None:
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as open_file:
        open_file.write(text)
