"""What a message may hold, read from the parameters of a call: text, caption, picture, place, contact."""

from tests.platforms.telegram_server.calls import Call
from tests.platforms.telegram_server.entities import Formatted, parse_html
from tests.platforms.telegram_server.refusals import bad, mistake
from tests.platforms.telegram_server.storage import Stored
from tests.platforms.telegram_server.wire import Json, length, present

TEXT, CAPTION = 4096, 1024
"""Most characters after entities were parsed; counted in UTF-16 units, the strictest reading."""
FOREVER = 0x7FFFFFFF
"""A live location without an end."""


def text_body(call: Call) -> Json:
    """For `sendMessage` and `editMessageText`."""
    if call.params.has("rich_message"):
        raise mistake("rich messages are not modelled by this server")
    formatted = _formatted(call, "text", "entities")
    if not formatted.text:
        raise mistake("message text is empty")
    if length(formatted.text) > TEXT:
        raise mistake("message is too long")
    body: Json = {"text": formatted.text}
    if formatted.entities:
        body["entities"] = list(formatted.entities)
    if (preview := call.params.table("link_preview_options")) is not None:
        body["link_preview_options"] = preview
    return body


def caption_fields(call: Call) -> Json:
    """The caption of a picture or document, where there is one."""
    formatted = _formatted(call, "caption", "caption_entities")
    if length(formatted.text) > CAPTION:
        raise mistake("message caption is too long")
    return present(
        caption=formatted.text or None,
        caption_entities=list(formatted.entities) or None,
        has_media_spoiler=True if call.params.flag("has_spoiler") else None,
    )


def _formatted(call: Call, name: str, entities: str) -> Formatted:
    source, mode = call.params.text(name), call.params.text("parse_mode")
    if mode.lower() == "html":
        return parse_html(source).stripped()
    if mode:
        raise mistake(f"parse_mode {mode!r} is not modelled by this server")
    return Formatted(source, tuple(call.params.rows(entities))).stripped()


def photo_body(call: Call) -> Json:
    """For `sendPhoto`: uploaded, or by a file id of this bot's."""
    return {"photo": _stored(call, "photo").photo()} | caption_fields(call)


def media_body(call: Call) -> Json:
    """For `editMessageMedia`: another photo, uploaded."""
    media = call.params.table("media") or {}
    upload = call.files.get(str(media.get("media", "")).removeprefix("attach://"))
    if media.get("type") != "photo" or upload is None:
        raise mistake("only an uploaded photo is modelled as new media by this server")
    if media.get("caption"):
        raise mistake("captions of new media are not modelled by this server")
    return {"photo": call.town.storage.keep_photo(call.bot.id, upload.name, upload.data).photo()}


def document_body(call: Call) -> Json:
    """For `sendDocument`."""
    return {"document": _stored(call, "document").document()} | caption_fields(call)


def _stored(call: Call, name: str) -> Stored:
    reference = call.params.text(name)
    if reference.startswith("attach://"):
        upload = call.files[reference.removeprefix("attach://")]
        if name == "photo":
            return call.town.storage.keep_photo(call.bot.id, upload.name, upload.data)
        return call.town.storage.keep(call.bot.id, upload.name, upload.data, "documents")
    if "://" in reference:
        raise mistake("files by URL are not modelled by this server")
    return call.town.storage.find(call.bot.id, reference)


def location_body(call: Call) -> Json:
    """For `sendLocation` and the edits of live locations."""
    place = _place(call)
    for name in ("horizontal_accuracy", "heading", "proximity_alert_radius", "live_period"):
        if call.params.has(name):
            place[name] = call.params.values[name]
    period = call.params.number("live_period")
    if period and period != FOREVER and not 60 <= period <= 86400:
        raise mistake("live_period must be between 60 and 86400")
    return {"location": place}


def venue_body(call: Call) -> Json:
    """For `sendVenue`; Telegram repeats the place as a location."""
    place = _place(call)
    venue = {"location": place, "title": call.params.text("title"), "address": call.params.text("address")}
    if not venue["title"]:
        raise mistake("VENUE_TITLE_EMPTY")
    return {"venue": venue, "location": dict(place)}


def _place(call: Call) -> Json:
    latitude, longitude = call.params.decimal("latitude"), call.params.decimal("longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad("latitude or longitude is out of range")
    return {"latitude": latitude, "longitude": longitude}


def contact_body(call: Call) -> Json:
    """For `sendContact`."""
    params = call.params
    return {
        "contact": present(
            phone_number=params.text("phone_number"),
            first_name=params.text("first_name"),
            last_name=params.text("last_name") or None,
            vcard=params.text("vcard") or None,
        )
    }
