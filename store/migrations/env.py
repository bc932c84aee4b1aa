"""Alembic's entry: runs the migrations on the connection that `store.migrations.upgrade` opened."""

from alembic import context
from sqlalchemy import Connection


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection)
    context.run_migrations()


_migrate(context.config.attributes["connection"])
