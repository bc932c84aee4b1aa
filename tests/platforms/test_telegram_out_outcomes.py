"""What Telegram's answers mean: which are for ever, which for now, and when nobody knows."""

from collections.abc import Callable

import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from aiohttp import client_exceptions as wire
from aiohttp.client_reqrep import ConnectionKey

from bot.telegram.outcomes import Outcome, Verdict, judge, said, sent
from bot.telegram.refs import Ref, read
from dispatch.errors import MalformedError
from dispatch.reach import Reason
from handlers.gateways import Delivery, Sent
from handlers.messages import MessageRef

METHOD = GetMe()
KEY = ConnectionKey(
    "127.0.0.1", 9, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


def network(cause: BaseException) -> AiogramError:
    error = TelegramNetworkError(METHOD, "HTTP Client says")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("Forbidden: bot was blocked by the user", Verdict.UNREACHABLE),
        ("Forbidden: user is deactivated", Verdict.UNREACHABLE),
        ("Forbidden: bot can't initiate conversation with a user", Verdict.UNREACHABLE),
        ("Forbidden: bot was kicked from the supergroup chat", Verdict.UNREACHABLE),
        ("Forbidden: bot was kicked from the group chat", Verdict.UNREACHABLE),
        ("Forbidden: bot is not a member of the supergroup chat", Verdict.UNREACHABLE),
        ("Forbidden: the group chat was deleted", Verdict.UNREACHABLE),
        ("Bad Request: chat not found", Verdict.UNREACHABLE),
        ("Bad Request: PEER_ID_INVALID", Verdict.UNREACHABLE),
        ("Bad Request: message is not modified: specified new message content", Verdict.SAME),
        ("Bad Request: message to edit not found", Verdict.GONE),
        ("Bad Request: message can't be edited", Verdict.GONE),
        ("Bad Request: message can't be deleted for everyone", Verdict.GONE),
        ("Bad Request: MESSAGE_ID_INVALID", Verdict.GONE),
        ("Bad Request: message thread not found", Verdict.NO_TOPIC),
        ("Bad Request: TOPIC_CLOSED", Verdict.NO_TOPIC),
        ("Bad Request: not enough rights to send text messages to the chat", Verdict.AGAIN),
        ("Bad Request: can't parse entities", Verdict.AGAIN),
        ("Forbidden: something nobody has seen yet", Verdict.AGAIN),
        ("", Verdict.AGAIN),
    ],
)
@pytest.mark.parametrize("kind", [TelegramBadRequest, TelegramForbiddenError])
def test_refusals_are_told_apart_by_their_words(
    kind: Callable[..., AiogramError], words: str, verdict: Verdict
) -> None:
    assert judge(kind(METHOD, words), edit=False).verdict is verdict


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Forbidden: bot was blocked by the user", Reason.BLOCKED),
        ("Forbidden: user is deactivated", Reason.ACCOUNT_GONE),
        ("Bad Request: INPUT_USER_DEACTIVATED", Reason.ACCOUNT_GONE),
        ("Forbidden: bot can't initiate conversation with a user", Reason.NOT_STARTED),
        ("Forbidden: bot was kicked from the supergroup chat", Reason.PUT_OUT),
        ("Forbidden: bot is not a member of the channel chat", Reason.PUT_OUT),
        ("Forbidden: the group chat was deleted", Reason.ROOM_GONE),
        ("Bad Request: group chat was deactivated", Reason.ROOM_GONE),
        ("Bad Request: chat not found", Reason.NO_CHAT),
        ("Bad Request: PEER_ID_INVALID", Reason.NO_CHAT),
    ],
)
def test_why_nobody_is_reached_there_any_more_is_told_on(words: str, reason: Reason) -> None:
    outcome = judge(TelegramForbiddenError(METHOD, words), edit=False)
    assert sent(outcome) == Sent(delivery=Delivery.UNREACHABLE, reason=reason)


@pytest.mark.parametrize(
    ("cause", "of_send"),
    [
        pytest.param(
            wire.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")),
            Verdict.AGAIN,
            id="refused",
        ),
        pytest.param(wire.ClientConnectorDNSError(KEY, OSError(-2, "no name")), Verdict.AGAIN, id="no name"),
        pytest.param(wire.ConnectionTimeoutError(), Verdict.AGAIN, id="never connected"),
        pytest.param(wire.ServerDisconnectedError(), Verdict.UNKNOWN, id="hung up"),
        pytest.param(wire.ClientOSError(104, "reset"), Verdict.UNKNOWN, id="reset"),
        pytest.param(wire.SocketTimeoutError(), Verdict.UNKNOWN, id="silent"),
        pytest.param(TimeoutError(), Verdict.UNKNOWN, id="too late"),
    ],
)
def test_a_send_without_an_answer_is_unknown_once_it_was_on_its_way(
    cause: BaseException, of_send: Verdict
) -> None:
    assert judge(network(cause), edit=False).verdict is of_send
    assert judge(network(cause), edit=True).verdict is Verdict.AGAIN


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            TelegramRetryAfter(METHOD, "?", 17),
            Outcome(verdict=Verdict.FLOOD, after=17.0, said="too many requests"),
        ),
        (
            TelegramMigrateToChat(METHOD, "?", -1007),
            Outcome(verdict=Verdict.MOVED, moved_to=-1007, said="moved"),
        ),
        (TelegramServerError(METHOD, "Bad Gateway"), Outcome(verdict=Verdict.AGAIN, said="Bad Gateway")),
        (
            TelegramUnauthorizedError(METHOD, "Unauthorized"),
            Outcome(verdict=Verdict.AGAIN, after=60.0, said="Unauthorized"),
        ),
    ],
    ids=["flood", "moved", "server", "token"],
)
def test_what_telegram_says_by_numbers(error: AiogramError, outcome: Outcome) -> None:
    assert judge(error, edit=False) == outcome


@pytest.mark.parametrize(("edit", "verdict"), [(False, Verdict.UNKNOWN), (True, Verdict.AGAIN)])
def test_an_answer_that_is_not_telegrams_proves_nothing(verdict: Verdict, *, edit: bool) -> None:
    error = ClientDecodeError("Failed to decode object", ValueError("<html>"), "<html>502</html>")
    assert judge(error, edit=edit).verdict is verdict


@pytest.mark.parametrize(
    ("verdict", "delivery"),
    [
        (Verdict.AGAIN, Delivery.RETRY),
        (Verdict.FLOOD, Delivery.RETRY),
        (Verdict.GONE, Delivery.RETRY),
        (Verdict.NO_TOPIC, Delivery.RETRY),
        (Verdict.MOVED, Delivery.RETRY),
        (Verdict.UNREACHABLE, Delivery.UNREACHABLE),
        (Verdict.UNKNOWN, Delivery.UNKNOWN),
        (Verdict.SAME, Delivery.DELIVERED),
    ],
)
def test_every_verdict_is_recorded_as_something(verdict: Verdict, delivery: Delivery) -> None:
    assert sent(Outcome(verdict=verdict)).delivery is delivery


@pytest.mark.parametrize(
    "words",
    [
        'Bad Request: can\'t parse entities: Unsupported start tag "陈阿姨" at byte offset 12',
        "Bad Request: wrong number 13800138000 in chat -100123",
        "Bad Request: text: 陈阿姨 80岁",
        "Bad Request: <陈阿姨>",
    ],
)
def test_a_log_gets_nothing_of_ours_that_telegram_quotes(words: str) -> None:
    told = said(TelegramBadRequest(METHOD, words))
    assert told.startswith("Bad Request")
    assert "陈阿姨" not in told
    assert "13800138000" not in told


# --- How messages are called ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ("1001:5", Ref(chat=1001, message=5)),
        ("-100500:5:v7", Ref(chat=-100500, message=5, pin=7)),
        ("1001:5:v0:x3:x4", Ref(chat=1001, message=5, pin=0, left=(3, 4))),
    ],
)
def test_a_ref_is_read_as_it_was_kept(value: str, ref: Ref) -> None:
    assert read(MessageRef(value=value)) == ref
    assert ref.known == MessageRef(value=value)


@pytest.mark.parametrize("value", ["", "1001", "job-42", "1001:5:", "1001:-5", "1001:5:y7", "1001:5 ", "a:b"])
def test_anything_else_is_no_message_of_ours(value: str) -> None:
    with pytest.raises(MalformedError):
        read(MessageRef(value=value))


def test_old_copies_are_not_collected_for_ever() -> None:
    assert Ref(chat=1, message=2, left=tuple(range(10, 30))).known.value == "1:2:x25:x26:x27:x28:x29"
