"""Pictures of the very device that a care plan is about, as it stands in somebody's home: what the store
keeps of them. They are as private as the plan. Who may see or change them is said in `depicting`.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dispatch.moments import Micros
from dispatch.pictures import Picture

MOST = 4
"""Pictures of one plan: each job that it opens has them, and ten at most in all."""

NamedPicture = tuple[str, Picture]
"""A picture by its name: the same file for the same plan has the same one."""


class CarePictures(Protocol):
    """The part of the store that keeps them."""

    async def care_pictures(self, committee_id: int) -> Mapping[int, tuple[str, ...]]:
        """Names of all pictures by plan, oldest first."""

    async def care_picture(self, committee_id: int, name: str) -> Picture:
        """One of them, opened. The caller has asked the access table. Raises `UnknownPictureError` and
        `PicturesUnavailableError`."""

    async def add_care_pictures(
        self, committee_id: int, plan_id: int, added: Sequence[NamedPicture], by: int, now: Micros
    ) -> int:
        """Keep them all, or none; how many were new. Raises `UnknownPlanError` for one that counts no more
        and for a round, `TooManyDevicePicturesError` and `PicturesUnavailableError`."""

    async def drop_care_picture(self, committee_id: int, name: str, by: int, now: Micros) -> None:
        """Let go of it. Repeating changes nothing."""
