"""Servers that tests of several folders share: one a test process, whoever asks first."""

from tests.platforms.matrix_server.fixtures import limited_synapse, synapse
from tests.postgres.fixtures import own_postgres, postgres, postgres_url

__all__ = ["limited_synapse", "own_postgres", "postgres", "postgres_url", "synapse"]
