"""What an error of PostgreSQL, or of the way to it, means to a caller."""

from typing import NoReturn

import asyncpg

from dispatch.errors import ConflictError, StoreUnavailableError
from store.sessions import Session, has_ended

_AGAIN = (
    asyncpg.UniqueViolationError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    # Another process migrated the database a moment ago: the statement is prepared anew.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""The work is to be made anew."""

_ENDED = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.TooManyConnectionsError,
    # What the library says of a session in which the server has taken its leave between two statements.
    asyncpg.InternalClientError,
    OSError,  # refused, reset, no such socket; a wait that was too long is one too
)
"""The session is over, or never began."""

_REASONS = (
    (asyncpg.DiskFullError, "disk_full"),
    (asyncpg.ReadOnlySQLTransactionError, "read_only"),
    (asyncpg.LockNotAvailableError, "locked"),
    (asyncpg.InsufficientResourcesError, "other"),
    (asyncpg.OperatorInterventionError, "other"),
    (asyncpg.PostgresSystemError, "other"),
    (asyncpg.InternalServerError, "other"),
    (asyncpg.InvalidAuthorizationSpecificationError, "other"),
)


def is_end(error: Exception, session: Session | None = None) -> bool:
    """Whether the session ended with that, so that whatever had not been committed was not kept."""
    if isinstance(error, _AGAIN):
        return False
    if isinstance(error, _ENDED):
        return True
    # The library calls it a mistake of ours when a session that it knows to have ended is used.
    return isinstance(error, asyncpg.InterfaceError) and session is not None and has_ended(session)


def fail(error: Exception) -> NoReturn:
    """Raise what a caller is told; an error that means a mistake of ours stays as it is."""
    if isinstance(error, _AGAIN):
        raise ConflictError from error
    if is_end(error):
        raise StoreUnavailableError(reason="away") from error
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            raise StoreUnavailableError(reason=reason) from error
    raise error
