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

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.sections import BotToken, Keep, Matrix, Reveals, Sms, Storage, Telegram, Watch, Web

PREFIX = "SUIDAO_"
_JOINT = "__"
_FILE = "_FILE"

ANY_COMMITTEE = "<COMMITTEE>"
"""Stands in a setting's name for the key of a committee; a minus in the key is an underscore here."""

FOR_TESTS = "SUIDAO_TEST_"
"""Names of the test suite's own switches; the program passes them by."""

LARGEST_SECRET = 64_000
"""Bytes read from a `_FILE`: more than any key; a wrong file must not fill the memory."""


class SettingsError(Exception):
    """A setting is wrong: one line that names it and says what to do."""


def _queue_address(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return value


def _database_address(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ValueError
    return value


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
