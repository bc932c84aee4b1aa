"""A fault of ours as a log may tell it: what it was and where, never its words, which may be private."""

import logging
import traceback


def tell(log: logging.Logger, error: BaseException, what: str, number: int) -> None:
    """Log what follows from a fault (`what`, with a `%d` for the number of the job or row) and its place."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", what % number, type(error).__name__, places)
