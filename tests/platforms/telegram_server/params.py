"""The checked parameters of one call, asked for by name and kind."""

from tests.platforms.telegram_server.wire import Json


class Params:
    """Reads what the schema has already typed; what is absent is None, zero, false or empty."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        """Whether it was given at all."""
        return name in self.values

    def text(self, name: str) -> str:
        """A string; empty where it was left out."""
        return str(self.values.get(name, ""))

    def number(self, name: str) -> int:
        """An integer; 0 where it was left out."""
        return int(self.values.get(name, 0))

    def maybe(self, name: str) -> int | None:
        """An integer, or None where it was left out."""
        return int(self.values[name]) if name in self.values else None

    def decimal(self, name: str) -> float:
        """A number with a fraction; 0 where it was left out."""
        return float(self.values.get(name, 0.0))

    def flag(self, name: str) -> bool:
        """True only where it was said."""
        return bool(self.values.get(name, False))

    def table(self, name: str) -> Json | None:
        """A nested object."""
        value = self.values.get(name)
        return dict(value) if isinstance(value, dict) else None

    def rows(self, name: str) -> list[Json]:
        """An array of objects."""
        return list(self.values.get(name, []))

    def names(self, name: str) -> list[str] | None:
        """An array of strings, or None where it was left out."""
        return [str(each) for each in self.values[name]] if name in self.values else None
