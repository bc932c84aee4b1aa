"""The keys of encrypted rooms, incoming: what a sync says about them is taken in, and messages are opened.

The keys themselves are the library's and the account's. Without encryption there is nothing here to do.
Nothing that was opened ever reaches a log.
"""

import logging
from enum import Enum
from typing import cast

from mautrix.client import Client
from mautrix.errors import DuplicateMessageIndex, SessionNotFound
from mautrix.types import (
    JSON,
    DeviceID,
    DeviceLists,
    DeviceOTKCount,
    EncryptedEvent,
    EncryptedMegolmEventContent,
    EncryptionAlgorithm,
    EventType,
    SerializerError,
    ToDeviceEvent,
    UserID,
)

from bot.matrix import events, states
from bot.matrix.contents import ENCRYPTED
from bot.matrix.events import Event, Json, rows, table
from bot.matrix.patience import passing

_log = logging.getLogger(__name__)

_ANY_DEVICE = DeviceID("*")

_NEEDED = frozenset({"algorithm", "ciphertext", "session_id"})
_FIELDS = (*sorted(_NEEDED), "sender_key", "device_id")
"""What opens a message; all of them words."""


class Closed(Enum):
    """Why a message could not be opened."""

    NO_KEY = "no key yet"
    NEVER = "cannot be opened"
    AGAIN = "was opened before, as another event"


class Keyring:
    """Opens what is encrypted to us."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def absorb(self, news: Json) -> None:
        """Take in what a sync says of keys and devices, before anything in it is opened.

        May raise what a request raises: then the same sync is to be asked for again."""
        crypto = self._client.crypto
        if crypto is None:
            return
        listed = map(events.word, rows(table(news.get("device_lists")).get("changed")))
        await self._devices_changed([UserID(each) for each in listed if each])
        for raw in rows(table(news.get("to_device")).get("events")):
            await self._to_device(raw)
        signed = table(news.get("device_one_time_keys_count")).get("signed_curve25519", 0)
        if type(signed) is int and "device_one_time_keys_count" in news:
            await crypto.handle_otk_count(DeviceOTKCount(curve25519=0, signed_curve25519=signed))

    async def state(self, room_id: str, raw: object) -> None:
        """Keep up with who is in a room, and whether it is encrypted: who left must not read what follows."""
        crypto, kept = self._client.crypto, self._client.state_store
        event = states.read(room_id, raw)
        if crypto is None or kept is None or event is None:
            return
        await kept.update_state(event)
        if event.type == EventType.ROOM_MEMBER:
            await crypto.handle_member_event(event)

    async def open(self, raw: Json, event: Event) -> Event | Closed:
        """The event that was encrypted, by the same sender and with the same name.

        May raise what a request raises: whose device wrote it is asked of the server."""
        crypto = self._client.crypto
        sealed = _sealed(raw, event)
        if crypto is None or sealed is None:
            return Closed.NEVER
        try:
            found = await crypto.decrypt_megolm_event(sealed)
            opened = _opened(table(found.serialize()), event)
        except SessionNotFound:
            return Closed.NO_KEY
        except DuplicateMessageIndex:
            return Closed.AGAIN
        except Exception as error:
            # What somebody sealed may be anything, and the library stumbles over it in as many ways.
            if passing(error):
                raise
            return Closed.NEVER
        return events.read(event.room_id, opened) or Closed.NEVER

    async def ask_for_key(self, raw: Json, event: Event) -> None:
        """Ask the sender's device for the key. It answers when it likes, if it does."""
        crypto, sealed = self._client.crypto, _sealed(raw, event)
        if crypto is None or sealed is None or not isinstance(sealed.content, EncryptedMegolmEventContent):
            return
        content = sealed.content
        await crypto.request_room_key(
            sealed.room_id,
            content.sender_key,
            content.session_id,
            {sealed.sender: [content.device_id or _ANY_DEVICE]},
            timeout=0,
        )

    async def _devices_changed(self, users: list[UserID]) -> None:
        """Learn their devices. One whose keys are nonsense keeps nobody else's from being learnt."""
        crypto = self._client.crypto
        if crypto is None:
            return
        try:
            await crypto.handle_device_lists(DeviceLists(changed=users, left=[]))
        except Exception as error:
            if passing(error):
                raise
            if len(users) == 1:
                _log.warning("the devices of %s cannot be learnt (%s)", users[0], type(error).__name__)
                return
            for user in users:
                await self._devices_changed([user])

    async def _to_device(self, raw: object) -> None:
        crypto = self._client.crypto
        if crypto is None:
            return
        kind, whose = table(raw).get("type"), table(raw).get("sender")
        try:
            event = ToDeviceEvent.deserialize(cast("JSON", table(raw)))
            if kind == ENCRYPTED:
                await crypto.handle_to_device_event(event)
            elif kind == "m.room_key_request":
                await crypto.handle_room_key_request(event)
        except Exception as error:  # noqa: BLE001 - told without its text; one device's fault is nobody else's
            _log.warning("keys from %s could not be used (%s)", events.word(whose), type(error).__name__)


def session_of(event: Event) -> str:
    """What tells the key of an encrypted event from others."""
    return events.word(event.content.get("session_id"))


def _sealed(raw: Json, event: Event) -> EncryptedEvent | None:
    """The event as the library may be given it; None for what is no message of a room.

    What it belongs to is put back by `_opened`: the library would keep half of it."""
    content = {name: event.content[name] for name in _FIELDS if name in event.content}
    whole = all(isinstance(value, str) for value in content.values()) and content.keys() >= _NEEDED
    if not whole or content["algorithm"] != EncryptionAlgorithm.MEGOLM_V1.value or not session_of(event):
        return None
    found = {**raw, "room_id": event.room_id, "type": ENCRYPTED, "content": content, "unsigned": {}}
    try:
        return EncryptedEvent.deserialize(cast("JSON", found))
    except (SerializerError, KeyError, TypeError, ValueError):
        return None


def _opened(found: Json, event: Event) -> Json:
    relation = event.content.get("m.relates_to")
    content = table(found.get("content"))
    if relation is not None:
        content = {"m.relates_to": relation, **content}
    return {**found, "content": content, "event_id": event.event_id, "sender": event.sender}
