"""What the differential test asks of a browser."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class InJar:
    """A cookie as a browser shows it."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool
    http_only: bool
    expires: float | None
    same_site: str


class Browser(Protocol):
    """One jar and one tab."""

    def open(self, url: str) -> None:
        """Go to `url` as if it were typed, without waiting."""

    def reload(self) -> None:
        """Do as the user who presses F5, without waiting."""

    def jar(self) -> list[InJar]:
        """Return every cookie, also those kept apart for one top-level site."""

    def clear(self) -> None:
        """Empty the jar, those kept apart too."""
