"""The store's part about Matrix: how far was read, what is known again, and whose private room is which."""

from collections.abc import Sequence

from dispatch.ports import Clock, Trace
from store import matrix
from store.attempts import insist
from store.part import Part


class MatrixRows(Part):
    """What `dispatch.ports.Store` promises for Matrix."""

    _clock: Clock

    async def matrix_token(self, user_id: str) -> str | None:
        """See `Store.matrix_token`."""
        rows = await self._engine.read(matrix.token_of(user_id))
        return rows[0]["token"] if rows else None

    async def keep_matrix_token(self, user_id: str, token: str, traces: Sequence[Trace] = ()) -> None:
        """See `Store.keep_matrix_token`."""
        work = matrix.reached(user_id, token, traces, self._clock.now())
        await insist(self._engine.run, lambda: work)

    async def matrix_trace(self, event_id: str) -> Trace | None:
        """See `Store.matrix_trace`."""
        rows = await self._engine.read(matrix.trace_of(event_id))
        return matrix.read_trace(rows[0]) if rows else None

    async def matrix_room(self, user_id: str) -> str | None:
        """See `Store.matrix_room`."""
        rows = await self._engine.read(matrix.room_of(user_id))
        return rows[0]["room_id"] if rows else None

    async def matrix_person(self, room_id: str) -> str | None:
        """See `Store.matrix_person`."""
        rows = await self._engine.read(matrix.person_of(room_id))
        return rows[0]["user_id"] if rows else None

    async def keep_matrix_room(self, user_id: str, room_id: str) -> None:
        """See `Store.keep_matrix_room`."""
        await self._write(*matrix.keep_room(user_id, room_id))

    async def drop_matrix_room(self, room_id: str) -> None:
        """See `Store.drop_matrix_room`."""
        await self._write(matrix.drop_room(room_id))
