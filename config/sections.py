"""What the parts of the settings are: a frozen model a part. `settings` reads them.

Their descriptions are what somebody is told whose setting is wrong; none ever holds a value.
"""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

FOR_NUMBER = "{phone}"
"""Stands in the address of the SMS service for the number that one goes to."""

MOST_DAYS = 3650
"""The longest that anything private is kept that has an end: ten years."""

_DAYS = f"1 to {MOST_DAYS}: days"


def _web_address(value: str) -> str:
    value = value.rstrip("/")
    scheme, _, rest = value.partition("://")
    if scheme not in {"http", "https"} or not rest or any(sign in rest for sign in " ?#@"):
        raise ValueError
    return value


def _fetched_address(value: SecretStr) -> SecretStr:
    """Any address that can be fetched, its question mark included."""
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return value


class Web(BaseModel):
    """Where the pages are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", min_length=1, description="an address of this machine, such as 127.0.0.1")
    port: int = Field(8080, ge=0, le=65535, description="a port from 1 to 65535 (0: any free one)")
    public_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="how people reach the pages, such as https://suidao.example.org"
    )

    metrics_token: SecretStr | None = Field(
        None, min_length=16, description="16 characters or more that whoever reads /metrics must send"
    )

    @property
    def base_url(self) -> str:
        """The beginning of every link, without a slash at its end."""
        return self.public_url or f"http://{_in_link(self.host)}:{self.port}"


def _in_link(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class BotToken(BaseModel):
    """One bot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(description="the token that BotFather gave")


class Telegram(BaseModel):
    """Which bots there are, and how they reach Telegram. Without a token nothing of it is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr | None = Field(None, description="the token of one bot for all committees")
    bots: dict[str, BotToken] = Field({}, description="the token of a committee's own bot")
    api_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://api.telegram.org", description="a Bot API server, such as https://api.telegram.org"
    )
    webhook_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="how Telegram reaches the pages, such as https://suidao.example.org"
    )

    @property
    def used(self) -> bool:
        """There is a bot."""
        return self.token is not None or bool(self.bots)


class Matrix(BaseModel):
    """The bot's account on a Matrix server. Without a server nothing of it is loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    homeserver: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="how the Matrix server is reached, such as https://matrix.example.org"
    )
    user_id: str | None = Field(
        None, pattern=r"^@[^\s:]+:\S+$", description="the bot's full name, such as @suidao:example.org"
    )
    password: SecretStr | None = Field(None, description="the bot's password; or give an access token")
    access_token: SecretStr | None = Field(None, description="an access token; or give the password")
    encrypted_rooms: bool = Field(
        default=False, description="true or false: whether private rooms that the bot opens are encrypted"
    )

    @property
    def used(self) -> bool:
        """There is a server to sign in to."""
        return self.homeserver is not None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = self.user_id is not None and (self.password or self.access_token) is not None
        if self.used and not given:
            raise ValueError
        return self


class Watch(BaseModel):
    """How the program watches itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heartbeat_url: Annotated[SecretStr, AfterValidator(_fetched_address)] | None = Field(
        None, description="an address to fetch while all is well, such as https://watch.example.org/1a2b"
    )
    heartbeat_seconds: int = Field(
        60, ge=1, le=3600, description="seconds from 1 to 3600 between two of them"
    )
    late_seconds: int = Field(15, ge=1, le=3600, description="seconds from 1 to 3600 until it counts as late")
    synthetic_minutes: int = Field(
        60, ge=0, le=1440, description="minutes from 1 to 1440 between two synthetic jobs (0: none)"
    )


class Keep(BaseModel):
    """For how many days what is kept, by kind; the night lets go of what is older (docs/privacy.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    private_days: int = Field(  # whoever asks or complains about a job does so within the month
        30,
        ge=1,
        le=MOST_DAYS,
        description=f"{_DAYS} that doors, phones and words of a job stay after its end",
    )
    notes_days: int = Field(  # half a year: how it was done is looked up once more before the next season
        180, ge=1, le=MOST_DAYS, description=f"{_DAYS} that what people wrote in a job stays after its end"
    )
    pictures_days: int = (
        Field(  # nobody may see them once their job is over, so nothing is gained by a day more
            0, ge=0, le=MOST_DAYS, description=f"0 to {MOST_DAYS}: days that pictures stay after their job"
        )
    )
    reveals_days: int = Field(  # twice the six months for which the Cybersecurity Law (art. 21) has logs kept
        365, ge=1, le=MOST_DAYS, description=f"{_DAYS} that it is kept who was shown what"
    )
    applications_days: int = (
        Field(  # a quarter: whoever was declined may ask why, and is known if they come again
            90,
            ge=30,
            le=MOST_DAYS,
            description=f"30 to {MOST_DAYS}: days that decided applications keep their name",
        )
    )
    register_days: int = Field(  # as long as who was shown what: both are asked about together
        365, ge=1, le=MOST_DAYS, description=f"{_DAYS} that it is kept who changed the register"
    )
    told_days: int = Field(  # a quarter: whoever asks how the last one went is answered
        90,
        ge=1,
        le=MOST_DAYS,
        description=f"{_DAYS} that it is kept what other systems were told, and who was asked",
    )
    receipts_days: int = (
        Field(  # Telegram delivers again for 24 hours (TECH_NOTES); a clock may be a day wrong
            3, ge=2, le=30, description="2 to 30: days in which a message that comes again is known"
        )
    )


KEEP = Keep.model_validate({})
"""Where nothing is set."""


class Reveals(BaseModel):
    """How much somebody may be shown, before staff look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a_day: int = (
        Field(  # half more than the eight offers a day after which nobody is asked (`barriers.DAILY`)
            12,
            ge=1,
            le=1000,
            description="jobs from 1 to 1000 whose doors one person may be shown within 24 hours",
        )
    )
    given_back: int = Field(  # one was a mistake and two a bad day; nobody harvests addresses with two
        3, ge=2, le=100, description="jobs from 2 to 100 given back within an hour that put somebody in doubt"
    )


class S3(BaseModel):
    """A bucket that new pictures lie in. Without one they lie in the database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: str | None = Field(None, min_length=1, description="the name of a bucket of one's own")
    endpoint: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="a server that speaks S3, such as https://s3.example.org (none: Amazon's)"
    )
    region: str = Field("us-east-1", min_length=1, description="the bucket's region, such as us-east-1")
    access_key: SecretStr | None = Field(None, min_length=1, description="the name of a key of the bucket")
    secret_key: SecretStr | None = Field(None, min_length=1, description="the secret of that key")
    prefix: str = Field(
        "", pattern=r"^[A-Za-z0-9/_-]*$", description="letters, digits and / before every object's name"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.bucket is not None and (self.access_key is None or self.secret_key is None):
            raise ValueError
        return self


class Storage(BaseModel):
    """Where bytes lie that are many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    s3: S3 = Field(default_factory=lambda: S3.model_validate({}))


def _sms_address(value: SecretStr) -> SecretStr:
    scheme, joint, rest = value.get_secret_value().partition("://")
    if not (scheme and joint) or FOR_NUMBER not in rest:
        raise ValueError
    return value


class Sms(BaseModel):
    """The service that sends SMS to family without a chat. Without an address nobody is sent any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[SecretStr, AfterValidator(_sms_address)] | None = Field(
        None, description="a service as Apprise writes it, such as twilio://SID:TOKEN@FROM/{phone}"
    )
