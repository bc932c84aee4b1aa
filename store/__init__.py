"""What is kept, and what rings: the database, the keys, the queue. It knows no sentence and no platform."""

from store.opening import open_store, revision
from store.sqlstore import SqlStore

__all__ = ["SqlStore", "open_store", "revision"]
