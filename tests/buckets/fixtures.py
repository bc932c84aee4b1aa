"""The bucket's server: one a test process, started when a test first asks, ended with the run."""

from collections.abc import Iterator

import pytest

from tests.buckets.server import Moto, Shelf
from tests.platforms.matrix_server.server import PYTHON
from tests.required import missing

REQUIRED = "SUIDAO_TEST_REQUIRE_BUCKET"


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """The server. Where it is not installed the test is skipped, or fails where that is asked for."""
    if not (PYTHON.parent / "moto_server").exists():
        missing("no server for a bucket: make install", REQUIRED)
    server = Moto()
    try:
        server.launch()
        yield server
    finally:
        server.close()


@pytest.fixture
def shelf(moto: Moto) -> Shelf:
    """A bucket of the test's own."""
    return moto.bucket()
