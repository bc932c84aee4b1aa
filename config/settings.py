"""The settings, read once from the environment; nothing else in the program reads it.

Names begin with `SUIDAO_`, parts of a name are joined by `__`. A name that is not known stops the start,
and `SUIDAO_X_FILE` gives X by the file that holds it. Errors are one line that says what to do; they never
hold a value, since any value may be a secret.
"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "SUIDAO_"
_JOINT = "__"
_FILE = "_FILE"

ANY_COMMITTEE = "<COMMITTEE>"
"""Stands in a setting's name for the key of a committee; a minus in the key is an underscore here."""

FOR_NUMBER = "{phone}"
"""Stands in the address of the SMS service for the number that one goes to."""

MOST_DAYS = 3650
"""The longest that anything private is kept that has an end: ten years."""

_DAYS = f"1 to {MOST_DAYS}: days"

FOR_TESTS = "SUIDAO_TEST_"
"""Names of the test suite's own switches; the program passes them by."""

LARGEST_SECRET = 64_000
"""Bytes read from a `_FILE`: more than any key; a wrong file must not fill the memory."""


class SettingsError(Exception):
    """A setting is wrong: one line that names it and says what to do."""


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


def _queue_address(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return value


def _database_address(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
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


class Settings(BaseSettings):
    """Everything that can be set; `read` makes it. Its repr holds no secret."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=_JOINT, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    data_dir: Path = Field(Path("data"), description="the folder in which everything is kept")
    database_url: Annotated[SecretStr, AfterValidator(_database_address)] | None = Field(
        None, description="a PostgreSQL database of its own, such as postgresql://suidao@localhost/suidao"
    )
    redis_url: Annotated[str, AfterValidator(_queue_address)] | None = Field(
        None, repr=False, description="a Valkey or Redis of your own, such as redis://localhost:6379/0"
    )
    secret_key: SecretStr | None = Field(
        None, description="one or more keys joined by commas; the first encrypts (suidao doctor checks them)"
    )
    playbooks_dir: Path | None = Field(None, description="a folder with playbooks of your own")
    web: Web = Field(default_factory=lambda: Web.model_validate({}))
    watch: Watch = Field(default_factory=lambda: Watch.model_validate({}))
    keep: Keep = Field(default_factory=lambda: Keep.model_validate({}))
    reveals: Reveals = Field(default_factory=lambda: Reveals.model_validate({}))
    storage: Storage = Field(
        default_factory=lambda: Storage.model_validate({}),
        description="whole: with S3__BUCKET also S3__ACCESS_KEY and S3__SECRET_KEY",
    )
    metrics_host: str = Field(
        "127.0.0.1", min_length=1, description="an address of this machine, such as 127.0.0.1"
    )
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="a port from 1 to 65535 on which /metrics is served"
    )
    telegram: Telegram = Field(default_factory=lambda: Telegram.model_validate({}))
    matrix: Matrix = Field(
        default_factory=lambda: Matrix.model_validate({}),
        description="whole: with HOMESERVER also USER_ID, and PASSWORD or ACCESS_TOKEN",
    )

    sms: Sms = Field(default_factory=lambda: Sms.model_validate({}))

    @property
    def database(self) -> str | None:
        """The address of the PostgreSQL database, its password included; None where SQLite is used."""
        return None if self.database_url is None else self.database_url.get_secret_value()

    def without_chats(self) -> Self:
        """The same with every chat platform, and SMS, switched off."""
        return self.model_copy(
            update={
                "telegram": Telegram.model_validate({}),
                "matrix": Matrix.model_validate({}),
                "sms": Sms.model_validate({}),
            }
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the same
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `read` hands in: never the process's own environment behind its back."""
        return (init_settings,)


class _Environ(EnvSettingsSource):
    """pydantic-settings' own reading of names, over a mapping that is given."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}


def known() -> Mapping[str, str]:
    """Every setting's name and what it expects, in the order in which they are documented."""
    return dict(_leaves(Settings, PREFIX))


def _leaves(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if inner == dict[str, BotToken]:
            yield from _leaves(BotToken, f"{prefix}{name.upper()}{_JOINT}{ANY_COMMITTEE}{_JOINT}")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, f"{prefix}{name.upper()}{_JOINT}")
        else:
            yield f"{prefix}{name.upper()}", field.description or ""


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. An empty value counts as not given. Raises `SettingsError`."""
    names = known()
    given: dict[str, str] = {}
    for name, value in _ours(environ):
        setting = name if _pattern(name) in names else name.removesuffix(_FILE)
        if _pattern(setting) not in names:
            raise SettingsError(f"{name} is not a setting{_nearest(name, names)}; remove it or mend its name")
        if setting in given:
            raise SettingsError(f"{setting} and {setting}{_FILE} are both set; keep one of them")
        given[setting] = value if name == setting else _from_file(name, Path(value))
    try:
        return Settings(**_Environ(given)())
    except ValidationError as error:
        where = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    name = PREFIX + _JOINT.join(str(part) for part in where).upper()
    name = next((known_name for known_name in names if name.startswith(known_name)), name)
    group = Settings.model_fields[str(where[0])]
    raise SettingsError(f"{name} is wrong: it must be {names.get(name) or group.description}")


def _pattern(name: str) -> str:
    """The name as it is documented: a committee's own bot is any committee's."""
    before, bots, rest = name.partition(f"TELEGRAM{_JOINT}BOTS{_JOINT}")
    committee, joint, last = rest.rpartition(_JOINT)
    return f"{before}{bots}{ANY_COMMITTEE}{joint}{last}" if bots and committee else name


def _ours(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Names that begin like ours, in whatever case, with a value."""
    for name, value in environ.items():
        if name.upper().startswith(PREFIX) and not name.startswith(FOR_TESTS) and value.strip():
            yield name, value.strip()


def _nearest(name: str, names: Mapping[str, str]) -> str:
    found = difflib.get_close_matches(name.upper().removesuffix(_FILE), names, n=1, cutoff=0)
    return f" (the nearest one is {found[0]})" if found else ""


def _from_file(name: str, path: Path) -> str:
    """What the file holds, without the blanks around it."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_SECRET + 1).decode().strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise SettingsError(
            f"{name}: cannot read {path} ({why}); check the path and its permissions"
        ) from None
    if not text or len(text) > LARGEST_SECRET:
        why = "empty" if not text else "too large"
        raise SettingsError(f"{name}: {path} is {why}; it must hold the value alone")
    return text
