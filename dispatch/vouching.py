"""What staff say of somebody's word: that they vouch for them. Until then nothing private is shown to them.

Knows neither how it is said nor how it is kept.
"""

from typing import Protocol

from dispatch.joining import Offering
from dispatch.moments import Micros


class Vouching(Protocol):
    """What is kept of it; `dispatch.ports.Store` is one."""

    async def vouch(self, committee_id: int, person_id: int, by: int, now: Micros) -> bool:
        """From now on somebody is vouched for, and the register's log says who did it; False when they were
        before. Raises `UnknownPersonError`."""

    async def bring(self, committee_id: int, person_id: int, offering: Offering) -> bool:
        """Somebody whom nobody has vouched for yet says more of what they bring; False when that is nothing
        new. Raises `UnknownPersonError`."""

    async def replace_posters(self, committee_id: int) -> None:
        """Posters printed so far lead nowhere from now on."""
