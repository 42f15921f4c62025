"""What the rest of an application may know of an account."""

from dataclasses import dataclass

__all__ = ["User"]


@dataclass(frozen=True, slots=True)
class User:
    """One account, without its password.

    Attributes:
        id: 22 characters of base64url; never changes and never tells anything.
        email: As typed; None where there is none.
        username: As typed; None where there is none.
        name: For showing; None where none was given.
        created: Unix milliseconds.
        disabled: True: may not sign in, and should not stay signed in.
        roles: What they may do, in the order of the alphabet.
        email_verified: Whether `email` is shown to be theirs, by a link that was mailed there or
            by a provider.
        email_vouched: Whether whoever looks after the accounts gave `email`, and no stranger.
    """

    id: str
    email: str | None
    username: str | None
    name: str | None
    created: int
    disabled: bool = False
    roles: tuple[str, ...] = ()
    email_verified: bool = False
    email_vouched: bool = False

    @property
    def claims(self) -> bool:
        """Whether anybody may have typed `email`, to lie in wait for its owner."""
        return self.email is not None and not (self.email_verified or self.email_vouched)
