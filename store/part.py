"""What every part of the store stands on: a database, and what seals private fields."""

from store.bucket import Bucket
from store.crypto import Vault
from store.engine import Engine


class Part:
    """Some of what `dispatch.ports.Store` promises; `SqlStore` is all parts together."""

    def __init__(self, engine: Engine, vault: Vault, bucket: Bucket | None = None) -> None:
        self._engine = engine
        self._vault = vault
        self._bucket = bucket
