"""Signing in to the homeserver: with the token that is kept, else with the password, else not at all.

Says what is wrong in one line for a console. Rooms and keys are not known here.
"""

from dataclasses import replace

from mautrix.client import Client
from mautrix.errors import (
    MatrixConnectionError,
    MatrixError,
    MatrixInvalidToken,
    MatrixRequestError,
    MForbidden,
    MUserDeactivated,
)
from mautrix.types import DeviceID, UserID

from bot.matrix.papers import Papers
from bot.matrix.wire import LimitedError
from config.sections import Matrix
from store.errors import StartError

DEVICE_NAME = "Suidao"
"""What the account's list of devices shows."""

AWAY = (MatrixConnectionError, LimitedError, OSError, TimeoutError)
"""The server does not answer, or not now: it may later."""


class HomeserverAwayError(StartError):
    """The server does not answer, and the bot has never signed in."""

    key = "matrix_away"
    sentence = (
        "The Matrix server at {url} does not answer ({reason}): start it, or mend SUIDAO_MATRIX__HOMESERVER."
    )


class HomeserverStrangeError(StartError):
    """Something answers that is no Matrix server, or refuses for a reason of its own."""

    key = "matrix_strange"
    sentence = (
        "What answers at {url} refuses ({reason}): SUIDAO_MATRIX__HOMESERVER must be the address of the "
        "Matrix server's client API."
    )


class PasswordWrongError(StartError):
    """The server does not let this account in with this password."""

    key = "matrix_password"
    sentence = (
        "The Matrix server refuses {user_id} with this password: mend SUIDAO_MATRIX__USER_ID or "
        "SUIDAO_MATRIX__PASSWORD."
    )


class TokenWrongError(StartError):
    """The access token is not valid (any more), and there is no password to get another one with."""

    key = "matrix_token"
    sentence = (
        "The Matrix server does not know this access token (any more): set a new "
        "SUIDAO_MATRIX__ACCESS_TOKEN, or SUIDAO_MATRIX__PASSWORD instead of it."
    )


class OtherAccountError(StartError):
    """The access token is another account's."""

    key = "matrix_other_account"
    sentence = (
        "The access token is one of {found}, not of {user_id}: mend SUIDAO_MATRIX__USER_ID or the token."
    )


async def sign_in(client: Client, settings: Matrix, papers: Papers) -> Papers:
    """Make the client somebody, and give the papers of whom. Raises what is in `AWAY`, or a `StartError`."""
    token = settings.access_token
    try:
        if token is not None and settings.password is None:
            return await show(client, papers, token.get_secret_value())
        if papers.token:
            return await show(client, papers, papers.token)
    except TokenWrongError:
        if settings.password is None:
            raise
    except AWAY:
        raise
    except MatrixError as error:
        raise _strange(error, settings) from error
    return await log_in(client, settings, papers)


async def log_in(client: Client, settings: Matrix, papers: Papers) -> Papers:
    """Sign in with the password, as the device of the papers, else as a new one. Raises as `sign_in` does."""
    if settings.password is None:
        raise TokenWrongError
    client.device_id = DeviceID("")
    try:
        answer = await client.login(
            identifier=UserID(papers.user_id),
            password=settings.password.get_secret_value(),
            device_name=DEVICE_NAME,
            device_id=papers.device or None,
        )
    except AWAY:
        raise
    except (MForbidden, MUserDeactivated) as error:
        raise PasswordWrongError(user_id=papers.user_id) from error
    except MatrixError as error:
        raise _strange(error, settings) from error
    if answer.user_id != papers.user_id:
        raise OtherAccountError(found=answer.user_id, user_id=papers.user_id)
    return replace(papers, device=str(answer.device_id), token=answer.access_token)


async def show(client: Client, papers: Papers, token: str) -> Papers:
    """Show the token, and learn whose it is. Raises `TokenWrongError`, `OtherAccountError`, and what a
    request raises."""
    client.api.token = token
    try:
        found = await client.whoami()
    except MatrixInvalidToken as error:
        client.api.token = ""
        raise TokenWrongError from error
    if found.user_id != papers.user_id:
        raise OtherAccountError(found=str(found.user_id), user_id=papers.user_id)
    client.device_id = found.device_id or DeviceID("")
    return replace(papers, device=str(found.device_id or ""), token=token)


def _strange(error: MatrixError, settings: Matrix) -> HomeserverStrangeError:
    known = error.errcode or error.http_status if isinstance(error, MatrixRequestError) else None
    return HomeserverStrangeError(url=str(settings.homeserver), reason=str(known or type(error).__name__))
