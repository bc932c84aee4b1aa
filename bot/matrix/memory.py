"""What was handled lately, by name: an event that comes again within the same run is passed over."""

from collections import OrderedDict
from collections.abc import Iterable

AT_MOST = 50_000
"""Names: a week of taps in a busy committee, some 8 MB."""


class Memory:
    """The latest names, the oldest forgotten. After a restart receipts know what was done."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, names: Iterable[str]) -> None:
        """These were handled."""
        for name in names:
            self._names[name] = None
            self._names.move_to_end(name)
        while len(self._names) > AT_MOST:
            self._names.popitem(last=False)
