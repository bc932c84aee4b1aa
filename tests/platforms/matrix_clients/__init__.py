"""Matrix clients by others: Hydrogen in a browser, and matrix-js-sdk with its own cryptography."""

from tests.platforms.matrix_clients.hydrogen import HydrogenPhone
from tests.platforms.matrix_clients.jssdk import SdkPhone, Shown

__all__ = ["HydrogenPhone", "SdkPhone", "Shown"]
