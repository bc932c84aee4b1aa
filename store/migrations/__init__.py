"""How the database came to its present shape, revision by revision (Alembic).

Imported only when a migration must run: SQLAlchemy and Alembic together cost almost two seconds.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

_HERE = Path(__file__).parent


def upgrade(path: Path) -> None:
    """Bring the SQLite database at `path` to the newest revision, in one transaction; make it when there
    is none. Repeating is safe."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", _leave_transactions_to_us)
    try:
        with engine.connect() as connection:
            # Begun by hand: Python's driver would otherwise commit before each change of a table, and a
            # migration that failed half-way would stay half-way.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


def head() -> str:
    """The newest revision that Alembic finds in `versions`."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise LookupError("no migration in store/migrations/versions")
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _leave_transactions_to_us(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
