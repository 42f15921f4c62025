"""What a client without cookies is given."""

from dataclasses import dataclass, field

__all__ = ["Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and what gets the next one.

    Attributes:
        access: For `Authorization: Bearer`, until `expires`.
        refresh: Good once; kept like a password.
        expires: Of the access token, in unix milliseconds.
        refresh_expires: Of the whole family, in unix milliseconds, however often it rotates.
        handle: The public name of the device in a list.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: int
    refresh_expires: int
    handle: str
