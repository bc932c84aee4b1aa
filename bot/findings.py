"""What `suidao doctor` finds: a line about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`mend` says what to do; empty means that all is well."""

    subject: str
    said: str
    mend: str = ""
