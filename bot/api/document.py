"""The interface as OpenAPI 3.1, made of the shapes that requests are checked with. Knows no server."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.api.problems import MEDIA_TYPE, NAMES, TITLES
from bot.api.shapes import Event, JobState, NewJob, Problem

KEY_PATTERN = r"^[!-~]{1,200}$"
"""What an Idempotency-Key may be: visible ASCII."""

_REF = "#/components/schemas/{model}"

_ABOUT = (
    "Another system posts a job by one message and follows it, by asking or by webhook. It is told what "
    "everybody may know, and nothing else. docs/api.md tells how a source is let in."
)


def document(request: type[NewJob], release: str) -> Mapping[str, Any]:
    """The whole of it."""
    _, schemas = models_json_schema(
        [
            (request, "validation"),
            (JobState, "serialization"),
            (Event, "serialization"),
            (Problem, "serialization"),
        ],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Suidao", "version": release, "description": _ABOUT},
        "servers": [{"url": ".."}],
        "security": [{"source": []}],
        "paths": {
            "/api/jobs": {"post": _post(request.__name__)},
            "/api/jobs/{id}": {"get": _get()},
            "/api/openapi.json": {"get": _self()},
        },
        "webhooks": {"job": {"post": _webhook()}},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"source": {"type": "http", "scheme": "bearer"}},
        },
    }


def _post(request: str) -> Mapping[str, Any]:
    created = _answer("The job is posted; volunteers are being asked.", "JobState")
    location = {"Location": {"description": "Where to ask again.", "schema": {"type": "string"}}}
    return {
        "operationId": "postJob",
        "summary": "Post a job",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The same key again is the same job, however often it is sent.",
                "schema": {"type": "string", "pattern": KEY_PATTERN},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(request)}}},
        "responses": {
            "201": {**created, "headers": location},
            "200": {**_answer("It was posted before, with this key.", "JobState"), "headers": location},
            **_problems(400, 401, 409, 413, 415, 422, 429, 500, 503),
        },
    }


def _get() -> Mapping[str, Any]:
    return {
        "operationId": "getJob",
        "summary": "How a job stands that this source posted",
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": 2**53},
            }
        ],
        "responses": {
            "200": _answer("The job as everybody may know it.", "JobState"),
            **_problems(401, 404, 429, 500, 503),
        },
    }


def _self() -> Mapping[str, Any]:
    anything = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "getDocument",
        "summary": "This document",
        "security": [],
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": anything}},
    }


def _webhook() -> Mapping[str, Any]:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "operationId": "told",
        "summary": "Something has happened to a job of the source",
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in names
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Event")}}},
        "responses": {"2XX": {"description": "It has arrived. Anything else: it is sent again later."}},
    }


def _answer(about: str, shape: str) -> Mapping[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": _ref(shape)}}}


def _problems(*statuses: int) -> Mapping[str, Any]:
    sentences: dict[int, str] = {}
    for status, sentence in TITLES.values():
        sentences.setdefault(status, sentence.format_map(_Named(NAMES)))
    body = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {str(status): {"description": sentences[status], "content": body} for status in statuses}


class _Named(dict[str, str]):
    """What is only known when it is said stays a name."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _ref(shape: str) -> Mapping[str, str]:
    return {"$ref": _REF.format(model=shape)}
