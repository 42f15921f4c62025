"""What a client-side format is: two inverse verbs between claims and text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Format", "Opened", "Own"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a format found in a text, once everything about it was found good.

    Attributes:
        claims: The JSON object, fresh for each call.
        expires: Unix milliseconds, or None for never.
        newest: Whether the newest key made it; if not, it is due to be made again.
        issued: Unix milliseconds when it was made, or None where the format does not say.
        remember: Whether its cookie outlives the browser, where its claims say so in a peer's way.
        proven: As much of the text as its maker signed, where anything may stand beside it; None
            for all of it.
    """

    claims: dict[str, Any]
    expires: int | None
    newest: bool
    issued: int | None = None
    remember: bool = True
    proven: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The members that a format itself has for what dojang remembers; None where it has none.

    Attributes:
        handle: Names the session: `jti`.
        user: Names the user, as text: `sub`.
    """

    handle: str | None = None
    user: str | None = None


class Format(Protocol):
    """Claims <-> text, without a clock and without a store."""

    @property
    def limit(self) -> int:
        """Characters of the longest text that is looked at, inclusive."""
        ...

    @property
    def own(self) -> Own:
        """Its own members for what else is to be remembered."""
        ...

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as text that is good until `expires` (unix milliseconds, or None)."""
        ...

    def decode(self, text: str, *, now: int) -> Opened:
        """Return what `encode` was given, or raise a `Rejected` that says what is wrong."""
        ...
