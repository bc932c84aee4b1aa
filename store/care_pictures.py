"""The store's part about pictures of care plans: of the very device, as it stands in somebody's home. And how
they come to the jobs that a plan opens.

Such a job has no picture of its own of it: its row names the plan's, so that nothing is kept twice, and what
is let go of with the plan can be seen by that job no more.
"""

from asyncio import to_thread
from collections.abc import Generator, Iterator, Mapping, Sequence

from dispatch.care_pictures import MOST, NamedPicture
from dispatch.errors import TooManyDevicePicturesError, UnknownPlanError
from dispatch.importing import Act, Change
from dispatch.jobs import ELSEWHERE, Draft, Job
from dispatch.moments import Micros
from dispatch.pictures import Picture
from store import bucket, people, pictures, register_log
from store.album import Album
from store.crypto import Vault
from store.engine import Params, Plan, Query, Rows, Save, SaveMany

_Steps = Generator[Sequence[Query], Rows, Plan[int]]


class CarePictureRows(Album):
    """What `dispatch.care_pictures.CarePictures` promises."""

    async def care_pictures(self, committee_id: int) -> Mapping[int, tuple[str, ...]]:
        """See `CarePictures.care_pictures`."""
        found: dict[int, tuple[str, ...]] = {}
        for row in await self._read("all_care_pictures", committee_id=committee_id):
            found[row["plan_id"]] = (*found.get(row["plan_id"], ()), row["name"])
        return found

    async def care_picture(self, committee_id: int, name: str) -> Picture:
        """See `CarePictures.care_picture`."""
        query = Query("care_picture", {"committee_id": committee_id, "name": name})
        return await self._seen(query)

    async def add_care_pictures(
        self, committee_id: int, plan_id: int, added: Sequence[NamedPicture], by: int, now: Micros
    ) -> int:
        """See `CarePictures.add_care_pictures`."""
        names = [name for name, _ in added]
        shelved = await self.shelve(committee_id, tuple(picture for _, picture in added), now)
        both = list(zip(names, shelved, strict=True))
        sealed = {
            name: b"" if picture.object else await to_thread(self._vault.seal_bytes, picture.data)
            for name, picture in both
        }
        where = {"committee_id": committee_id, "plan_id": plan_id, "added_by": by, "added_at": now}
        rows: list[Params] = [
            {
                **where,
                "name": name,
                "width": picture.width,
                "height": picture.height,
                "data": sealed[name],
                "object": picture.object,
            }
            for name, picture in both
        ]
        return await self._insist(
            lambda: _added(committee_id, plan_id, rows, by, now, self._vault), hold=people.hold(committee_id)
        )

    async def drop_care_picture(self, committee_id: int, name: str, by: int, now: Micros) -> None:
        """See `CarePictures.drop_care_picture`."""
        await self._insist(lambda: _dropped(committee_id, name, by, now, self._vault))


def _added(
    committee_id: int,
    plan_id: int,
    added: Sequence[Params],
    by: int,
    now: Micros,
    vault: Vault,
) -> _Steps:
    where = {"committee_id": committee_id, "plan_id": plan_id}
    rows = yield (
        Query("care_plan", {"committee_id": committee_id, "id": plan_id}),
        Query("care_pictures_of", where),
    )
    if not rows["care_plan"] or rows["care_plan"][0]["resident_id"] is None:
        raise UnknownPlanError
    known = {row["name"] for row in rows["care_pictures_of"]}
    new = [each for each in added if each["name"] not in known]
    if len(known) + len(new) > MOST:
        raise TooManyDevicePicturesError(limit=MOST)
    saves: list[Save | SaveMany] = []
    for each in new:
        if each["object"]:
            saves.append(bucket.taken(str(each["object"]), committee_id, now))
        saves.append(Save("insert_care_picture", each))
    if new:
        saves += _logged(committee_id, rows["care_plan"][0]["key"], by, now, vault)
    return Plan(saves, lambda _rows: len(new))


def _dropped(committee_id: int, name: str, by: int, now: Micros, vault: Vault) -> _Steps:
    of = {"committee_id": committee_id, "name": name}
    rows = yield (Query("care_picture", of),)
    if not rows["care_picture"]:
        return Plan((), lambda _rows: 0)
    plan_id = rows["care_picture"][0]["plan_id"]
    rows = yield (Query("care_plan", {"committee_id": committee_id, "id": plan_id}),)
    saves: list[Save | SaveMany] = [Save("drop_care_picture", of)]
    if rows["care_plan"]:
        saves += _logged(committee_id, rows["care_plan"][0]["key"], by, now, vault)
    return Plan(saves, lambda _rows: 1)


def _logged(committee_id: int, sealed_key: str, by: int, now: Micros, vault: Vault) -> Iterator[Save]:
    """A line of the register's log: whose plan, and that it was its pictures."""
    change = Change(
        table="care", key=vault.unseal(sealed_key), name="", act=Act.CHANGED, fields=("pictures",)
    )
    return register_log.written([change], committee_id, by, now, vault)


def of_draft(draft: Draft) -> tuple[Query, ...]:
    """The pictures of the plan that opens a job; nothing is asked where none does, and of a round."""
    turn = draft.turn
    if turn is None or turn.plan_id == ELSEWHERE or draft.resident_id is None:
        return ()
    return (Query("care_pictures_of", {"committee_id": draft.committee_id, "plan_id": turn.plan_id}),)


def named(rows: Rows) -> tuple[str, ...]:
    """Their names, in order, of what `of_draft` found."""
    return tuple(row["name"] for row in rows.get("care_pictures_of", ()))


def shown(job: Job, names: Sequence[str], now: Micros) -> Iterator[Save]:
    """The rows by which a new job has them, numbered from 1."""
    for number, name in enumerate(names, 1):
        yield pictures.of_care(job, number, name, now)
