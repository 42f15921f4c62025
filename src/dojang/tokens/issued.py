"""Tokens that somebody else issued."""

from dataclasses import dataclass, field

__all__ = ["Issued"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What an OAuth provider, or a backend of the application's own, gave for a user.

    Attributes:
        access: Sent to whoever the tokens are for.
        refresh: What gets the next ones; None where there is none, or, in the answer to a refresh,
            where the old one goes on.
        expires: Of the access token, in unix milliseconds; None for never.
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires: int | None = None
