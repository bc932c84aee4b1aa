"""The shapes of what goes over the wire: what checks a request and what is published are the same thing.

Knows no HTTP and no job.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from dispatch.jobs import JobStatus, Outcome, Priority
from handlers.parse import MOST_PLACES

TEXT = 8_000
"""Characters of the words: what a message may have (10,000), less the note and a building that is unknown."""

NOTE = 1_000
"""Characters of the note."""

FIELD = 200
"""Characters of one field: as on the form."""

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


def _published(schema: dict[str, Any]) -> None:
    """What the checks below say in code; and a field that was not given has no value that could be sent."""
    for field in schema["properties"].values():
        field.pop("default", None)
    schema["anyOf"] = [{"required": ["text"]}, {"required": ["kind"]}]


class NewJob(BaseModel):
    """A job to be posted. Either `text` or `kind` must be there; whatever else is known helps."""

    model_config = _STRICT | ConfigDict(json_schema_extra=_published)

    text: str = Field(
        default="",
        min_length=1,
        max_length=TEXT,
        description="The message as somebody would type it; building, door, phone and kind are read from it. "
        "Staff and whoever takes the job read it, nobody else.",
        examples=["3号楼502 敲门无应答"],
    )
    kind: str = Field(default="", description="What kind of job it is, where the words do not say so.")
    building: str = Field(default="", max_length=FIELD, description="The building's key or name.")
    unit: str = Field(default="", max_length=FIELD, description="The door. Private.")
    phone: str = Field(default="", max_length=FIELD, description="Whom to ring there. Private.")
    note: str = Field(default="", max_length=NOTE, description="More words for staff and helper. Private.")
    priority: Literal["life", "urgent", "normal"] | None = Field(
        default=None, description="How urgent it is at least; the words may say more."
    )
    places: int | None = Field(default=None, ge=1, le=MOST_PLACES, description="How many people are needed.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not {"text", "kind"} & self.model_fields_set:
            raise PydanticCustomError("empty", "either text or kind is needed")
        return self


def new_job(kinds: Iterable[str]) -> type[NewJob]:
    """The shape of a job to be posted where there are these kinds."""
    known = cast("Any", Literal)[tuple(sorted(kinds))]
    field = NewJob.model_fields["kind"]
    return create_model("NewJob", __base__=NewJob, __doc__=NewJob.__doc__, kind=(known, field))


class JobState(BaseModel):
    """A job as everybody may know it."""

    model_config = _STRICT

    id: int
    url: str = Field(description="Where to ask again.", json_schema_extra={"format": "uri"})
    version: int = Field(description="Grows with everything that happens to the job.")
    status: JobStatus = Field(strict=False, description="`open`: a place is free.")
    outcome: Outcome | None = Field(strict=False, description="How it ended, once it is closed.")
    kind: str
    priority: Priority = Field(strict=False)
    building: str | None = Field(description="The building's key.")
    places: int = Field(description="How many people are needed.")
    claimed: int = Field(description="How many places somebody has taken.")
    underway: int = Field(description="How many of them are on their way, or there.")
    done: int = Field(description="How many of them are done.")
    at_work: bool = Field(description="Somebody has it in hand.")
    missing: tuple[str, ...] = Field(
        strict=False, description="What nobody has said yet and somebody will ask for."
    )
    posted_at: Moment
    claimed_at: Moment | None = Field(description="When a place was taken last.")
    closed_at: Moment | None


class Told(BaseModel):
    """What happened, and the job as it was when this was sent: later news may be in it already."""

    model_config = _STRICT

    event: str
    version: int = Field(
        description="The job's version that the event made. Each comes at least once, in order."
    )
    job: JobState


class Event(BaseModel):
    """What a webhook is sent (Standard Webhooks: https://www.standardwebhooks.com)."""

    model_config = _STRICT

    type: str = Field(examples=["job.claimed"])
    timestamp: Moment = Field(description="When it happened.")
    data: Told


class Flaw(BaseModel):
    """One thing that is wrong with a request."""

    model_config = _STRICT

    pointer: str = Field(description="Where, as a JSON pointer; empty: all of it.")
    detail: str


class Problem(BaseModel):
    """What went wrong and what to do about it (RFC 9457), in the language of Accept-Language."""

    model_config = _STRICT

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Flaw, ...] = Field(default=(), strict=False)
