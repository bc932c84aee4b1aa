"""A real Matrix homeserver for the tests, and phones of people who use it. Begin at `server`."""

from tests.platforms.matrix_server.accounts import Member
from tests.platforms.matrix_server.server import Synapse
from tests.platforms.matrix_server.wire import MatrixError

__all__ = ["MatrixError", "Member", "Synapse"]
