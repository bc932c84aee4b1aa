"""Sending photos to the bot on Matrix, plain and encrypted as clients do, and looking at what arrives."""

from mautrix.crypto.attachments import decrypt_attachment, encrypt_attachment

from tests.platforms.matrix_hearing import Hearing
from tests.platforms.matrix_server.phone import Phone
from tests.platforms.matrix_server.timeline import Message
from tests.platforms.matrix_server.wire import Json

JOB = "3号楼502 敲门无应答"


async def image(
    phone: Phone,
    data: bytes,
    *,
    caption: str = "",
    reply_to: str = "",
    sealed: bool = False,
    kind: str = "m.image",
    mime: str = "image/jpeg",
    size: int | None = None,
) -> Json:
    """The content of a message with a picture, its file on the server already."""
    content: Json = {
        "msgtype": kind,
        "body": caption or "IMG_1.jpg",
        "info": {"mimetype": mime, "size": len(data) if size is None else size},
    }
    if caption:
        content["filename"] = "IMG_1.jpg"
    if reply_to:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    if sealed:
        secret, file = encrypt_attachment(data)
        return content | {
            "file": {**file.serialize(), "url": await phone.wire.upload(secret, "application/octet-stream")}
        }
    return content | {"url": await phone.wire.upload(data, mime)}


async def sends(town: Hearing, key: str, room_id: str, data: bytes, **more: object) -> str:
    """Somebody sends a picture, and all that follows from it happens; the event."""
    phone = town.phone(key)
    content = await image(phone, data, **more)  # type: ignore[arg-type]  # as `image` takes them
    event = await phone.send(room_id, "m.room.message", content)
    await town.settles()
    return event


async def contents(phone: Phone, message: Message) -> bytes:
    """What a picture shows whoever has its message."""
    file = message.content["file"]
    secret = await phone.wire.download(file["url"])
    return decrypt_attachment(secret, file["key"]["k"], file["hashes"]["sha256"], file["iv"])


async def kept(town: Hearing, job: int) -> int:
    """How many pictures the job has."""
    return (await town.state(job)).job.pictures


async def photos(town: Hearing, key: str) -> list[Message]:
    """The pictures that stand in somebody's private room with the bot."""
    await town.phone(key).sync()
    try:
        return _photos(town, key)
    except StopIteration:
        return []


async def shown(town: Hearing, key: str) -> list[Message]:
    """The same, once there are any: whoever was just asked into their room enters it first."""
    return await town.phone(key).wait_for(lambda: _photos(town, key), "a picture in a room of their own")


def _photos(town: Hearing, key: str) -> list[Message]:
    room = town.phone(key).room_with(town.bot.user_id)
    return [each for each in room.standing if each.kind == "m.image" and each.sender == town.bot.user_id]


async def said(town: Hearing, key: str, room_id: str) -> list[str]:
    """What the bot has answered somebody there, cards left out."""
    phone = town.phone(key)
    await phone.sync()
    own = [each for each in phone.room(room_id).standing if each.sender == town.bot.user_id]
    return [each.body for each in own if each.kind == "m.notice"]


async def posts(town: Hearing, room_id: str, data: bytes, **more: object) -> int:
    """The staff member posts a job with a photo; its number."""
    await sends(town, "zhao", room_id, data, caption=JOB, **more)
    return max(job.id for job in await town.jobs())


async def claims(town: Hearing, job: int, key: str = "wang") -> None:
    """They tap ✅ below their own card, and all that follows happens."""
    room, card = await town.own_card(key, "✅")
    await town.phone(key).react(room.room_id, card.event_id, "✅")
    await town.held_by(job, [key])
    await town.settles()


async def gives_back(town: Hearing, job: int, key: str = "wang") -> None:
    """The claimer takes the tap back."""
    room, card = await town.own_card(key)
    await town.phone(key).react(room.room_id, card.event_id, "↩️")
    await town.held_by(job, [])
    await town.settles()
