"""Opens what a bot says, however it says it: a query string, a form, JSON, or parts with files.

The same holds for a request and for the body of a webhook's reply, which may carry one method call.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientResponse, MultipartReader, web
from aiohttp.multipart import MultipartResponseWrapper

from tests.platforms.telegram_server.refusals import mistake


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters as they were given, not yet checked, and the files by the name of their part."""

    given: Mapping[str, object]
    files: Mapping[str, Upload]


async def read_request(request: web.Request) -> Form:
    """Raises `RefusedError` for a body that cannot be opened."""
    in_query = dict(request.query)
    if request.content_type.startswith("multipart/"):
        form = await _parts(await request.multipart())
    else:
        form = _flat(request.content_type, await request.text())
    return Form(given=in_query | dict(form.given), files=form.files)


async def read_reply(reply: ClientResponse) -> Form:
    """The body of a webhook's reply; an empty form where it asks for nothing."""
    if reply.content_type.startswith("multipart/"):
        return await _parts(MultipartReader.from_response(reply))
    text = await reply.text()
    return _flat(reply.content_type, text) if text.strip() else Form(given={}, files={})


def _flat(content_type: str, text: str) -> Form:
    if content_type == "application/json":
        try:
            given = json.loads(text)
        except ValueError as error:
            raise mistake("can't parse JSON object") from error
        if not isinstance(given, dict):
            raise mistake("the body must be a JSON object")
        return Form(given=given, files={})
    return Form(given=dict(parse_qsl(text, keep_blank_values=True)), files={})


async def _parts(reader: MultipartReader | MultipartResponseWrapper) -> Form:
    given: dict[str, object] = {}
    files: dict[str, Upload] = {}
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise mistake("a part of the body has no name")
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            given[part.name] = data.decode()
        else:
            files[part.name] = Upload(name=part.filename, data=data)
    return Form(given=given, files=files)
