"""The methods by which a bot takes what is for it: updates, answers to taps, files."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.platforms.telegram_server.calls import Call, Method
from tests.platforms.telegram_server.mailbox import Mailbox, Webhook
from tests.platforms.telegram_server.refusals import mistake
from tests.platforms.telegram_server.wire import Json

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LONGEST_POLL = 50.0
"""Seconds; what the real server makes of any longer wish."""


def _mailbox(call: Call) -> Mailbox:
    return call.town.mailboxes[call.bot.id]


def _allow(call: Call, mailbox: Mailbox) -> None:
    """The kinds of updates asked for stay as they are until somebody says otherwise."""
    kinds = call.params.names("allowed_updates")
    if kinds is not None:
        mailbox.allowed = frozenset(kinds)


async def get_updates(call: Call) -> list[Json]:
    """Waits for updates; the only method that takes time."""
    mailbox = _mailbox(call)
    _allow(call, mailbox)
    seconds = min(call.params.number("timeout"), LONGEST_POLL)
    return await mailbox.poll(call.params.maybe("offset"), call.params.number("limit") or 100, seconds)


def _set_webhook(call: Call) -> bool:
    mailbox, url = _mailbox(call), call.params.text("url")
    secret = call.params.text("secret_token")
    connections = call.params.number("max_connections") or 40
    if secret and SECRET.fullmatch(secret) is None:
        raise mistake("secret token contains unallowed characters")
    if not 1 <= connections <= 100:
        raise mistake("max_connections must be between 1 and 100")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise mistake("bad webhook: invalid URL protocol")
    _allow(call, mailbox)
    if call.params.flag("drop_pending_updates"):
        mailbox.waiting.clear()
    mailbox.webhook = Webhook(url=url, secret=secret, connections=connections) if url else None
    call.town.changes.notify()
    return True


def _delete_webhook(call: Call) -> bool:
    mailbox = _mailbox(call)
    if call.params.flag("drop_pending_updates"):
        mailbox.waiting.clear()
    mailbox.webhook = None
    call.town.changes.notify()
    return True


def _webhook_info(call: Call) -> Json:
    return _mailbox(call).info()


def _answer(call: Call) -> bool:
    params = call.params
    url = params.text("url") or None
    call.town.queries.reply(
        call.bot, params.text("callback_query_id"), params.text("text"), url, alert=params.flag("show_alert")
    )
    call.town.changes.notify()
    return True


def _file(call: Call) -> Json:
    return call.town.storage.offered(call.bot.id, call.params.text("file_id")).wire()


METHODS: Mapping[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "answerCallbackQuery": _answer,
    "getFile": _file,
}
