"""What a test needs and this machine may not have."""

import os
from typing import NoReturn

import pytest


def missing(why: str, required: str) -> NoReturn:
    """Skip the test, and say why; fail it where the environment asks for what it needs (`required` is 1)."""
    if os.environ.get(required) == "1":
        pytest.fail(f"{why}, and {required}=1 asks for it")
    pytest.skip(why)
