"""Why a request is refused, in the words of the real server.

`blame` tells a mistake of the bot's own (a violation, which no test should ever see) from a state of the
world that a bot must live with (somebody blocked it, a message is gone, a chat is full).
"""

from tests.platforms.telegram_server.wire import Json, present


class RefusedError(Exception):
    """The request changed nothing. `retry_after` is in whole seconds of the server's clock."""

    def __init__(
        self,
        code: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to: int | None = None,
        blame: bool = False,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to
        self.blame = blame

    def wire(self) -> Json:
        """The body of the answer."""
        parameters = present(retry_after=self.retry_after, migrate_to_chat_id=self.migrate_to)
        return present(
            ok=False,
            error_code=self.code,
            description=self.description,
            parameters=parameters or None,
        )


def bad(description: str) -> RefusedError:
    """400 for a state of the world."""
    return RefusedError(400, f"Bad Request: {description}")


def mistake(description: str) -> RefusedError:
    """400 for something that the bot should have known without asking."""
    return RefusedError(400, f"Bad Request: {description}", blame=True)


def forbidden(description: str) -> RefusedError:
    """403: somebody does not want the bot, or cannot be reached by it."""
    return RefusedError(403, f"Forbidden: {description}")


def too_many(retry_after: int) -> RefusedError:
    """429 with the pause that is asked for."""
    return RefusedError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
