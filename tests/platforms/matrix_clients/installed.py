"""Where the JavaScript clients are, with the Node that runs them; `make` brings both, locked by hashes."""

from pathlib import Path

from tests.platforms.matrix_server.fixtures import REQUIRED
from tests.platforms.matrix_server.server import ENVIRONMENT
from tests.required import missing

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
NODE = ENVIRONMENT / "bin" / "node"


def require_clients() -> None:
    """Skip the test where they are not installed; fail it where the tests of Matrix are required."""
    if not NODE.exists() or not (MODULES / "installed").exists():
        missing("the JavaScript clients of the Matrix tests are not installed: make install", REQUIRED)
