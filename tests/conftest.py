"""What tests of several folders share: servers, one a test process, whoever asks first; and that nothing is
asserted about how long an example takes (`bench` measures)."""

from hypothesis import settings

from tests.buckets.fixtures import moto, shelf
from tests.platforms.matrix_server.fixtures import limited_synapse, synapse
from tests.postgres.fixtures import own_postgres, postgres, postgres_url

__all__ = ["limited_synapse", "moto", "own_postgres", "postgres", "postgres_url", "shelf", "synapse"]

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
