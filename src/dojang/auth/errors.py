"""What goes wrong with accounts, under the roots of `dojang.errors`."""

from typing import Literal

from dojang.errors import Refused, Rejected, Unavailable

__all__ = [
    "AlreadyEnrolled",
    "AlreadyTaken",
    "FirstFactorNeeded",
    "InvalidCode",
    "InvalidCredentials",
    "InvalidInput",
    "NoSecondFactor",
    "SecondFactorNeeded",
    "Spent",
    "TooBusy",
    "TooManyAttempts",
    "Unverified",
    "VerifyFirst",
]
__all__ += ["duration"]


class InvalidCredentials(Rejected):
    """Sign-in failed.

    One message for an unknown user, a wrong password, a disabled account and an account
    without a password: whoever asks must not learn which accounts exist.

    Attributes:
        account: Whose password was tried, where that is known: for the record of events, and never
            for whoever asked.

    Source: OWASP Authentication Cheat Sheet, "Authentication and Error Messages".
    """

    code = "invalid-credentials"

    def __init__(self, *, account: str | None = None) -> None:
        super().__init__("the login or the password is not right")
        self.account = account


class InvalidCode(Rejected):
    """A code of an authenticator, or a recovery code, is not good.

    One message for what is wrong, too old, was used, or is of an account that has no such thing.

    Attributes:
        account: Whose code was tried, where that is known: for the record of events.
    """

    code = "invalid-code"

    def __init__(self, *, account: str | None = None) -> None:
        super().__init__("this code is wrong, or was used already; wait for the next one")
        self.account = account


class SecondFactorNeeded(Rejected):
    """The account has a second factor, and less does not do: a code has to come.

    Attributes:
        cookie: The Set-Cookie line that the code has to come with; empty where there is none.
    """

    code = "second-factor-needed"

    def __init__(self, *, cookie: str = "", alone: bool = False) -> None:
        """Say how the code comes.

        Args:
            cookie: As above.
            alone: Whether it takes the place of what was sent, and does not come beside it.
        """
        how = 'send it as "code", and nothing else' if alone else 'send the same again with "code"'
        later = ', or post {"code": ...} to login/second-factor in this browser' if cookie else ""
        super().__init__(f"now the code of the authenticator, or a recovery code: {how}{later}")
        self.cookie = cookie


class FirstFactorNeeded(Rejected):
    """A code came, and in this browser nobody has shown the first factor, or too long ago."""

    code = "first-factor-needed"

    def __init__(self) -> None:
        super().__init__(
            "nobody is signing in with this browser, or it took too long; begin again with the "
            "password"
        )


class Spent(Rejected):
    """A link or a code that was mailed is good for nothing, or not for this.

    One message for what was used, has expired, was replaced by a newer one, is of another browser,
    or was never sent.

    Attributes:
        account: Whose it would have been, where that is known: for the record of events, and never
            for whoever asked.
    """

    code = "spent"

    def __init__(self, *, account: str | None = None) -> None:
        super().__init__("this link or code is used up, too old or not for this; ask for a new one")
        self.account = account


class Unverified(Refused):
    """Whoever signs in has to show first that their e-mail address is theirs.

    Only they learn it: the password was right.

    Attributes:
        account: Whose it is, for who mails them the link.
    """

    code = "unverified"

    def __init__(self, account: str) -> None:
        super().__init__(
            "the e-mail address of this account is not verified yet; open the link that was mailed "
            "to it, then sign in"
        )
        self.account = account


class VerifyFirst(Refused):
    """The e-mail address of an account has to be shown to be its owner's before this."""

    code = "verify-first"

    def __init__(self) -> None:
        super().__init__(
            "verify the e-mail address of this account first: post to email/verification, and open "
            "the link that is mailed"
        )


class SignInFirst(Refused):
    """A link is good for whoever is signed in to the account that asked for it.

    Read by anybody else it would give the account of a stranger their address, or give an account
    with a second factor away.
    """

    code = "sign-in-first"

    def __init__(self) -> None:
        super().__init__(
            "sign in here to the account that asked for this, then open the link again; if you did "
            "not ask for it, do nothing"
        )


class AlreadyTaken(Refused):
    """Another account has the e-mail address or user name.

    Attributes:
        field: "email" or "username".
    """

    code = "already-taken"
    status = 409

    def __init__(self, field: Literal["email", "username"]) -> None:
        what = "e-mail address" if field == "email" else "user name"
        super().__init__(f"this {what} has an account already: sign in, or take another one")
        self.field = field


class AlreadyEnrolled(Refused):
    """The account has an authenticator, which is removed before another one is added."""

    code = "already-enrolled"
    status = 409

    def __init__(self) -> None:
        super().__init__("this account has an authenticator; remove it before you add another one")


class NoSecondFactor(Refused):
    """The account has no second factor."""

    code = "no-second-factor"
    status = 409

    def __init__(self) -> None:
        super().__init__("this account has no second factor; add an authenticator first")


class InvalidInput(Refused):
    """A sign-up value breaks a rule; the message names the limit and the remedy.

    Attributes:
        field: "email", "username", "password", "new_password", "name" or "roles". The value
            itself is not kept.
    """

    code = "invalid-input"
    status = 422

    def __init__(
        self,
        field: Literal["email", "username", "password", "new_password", "name", "roles"],
        problem: str,
    ) -> None:
        super().__init__(problem)
        self.field = field


class TooBusy(Unavailable):
    """More passwords wait to be hashed than may wait; nothing was looked at.

    Attributes:
        limit: How many callers may be hashing and waiting at once.
    """

    code = "too-busy"
    shown = True

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} passwords are being checked already; ask again in a second", retry_after=1
        )
        self.limit = limit


class TooManyAttempts(Refused):
    """Passwords were tried too often, from there or at that account; this one was not looked at.

    Attributes:
        retry_after: Seconds after which the next one is looked at; at least 1.
        crowded: Whether others guess at the account, so many that it may take longer than that; it
            is looked at from elsewhere.
    """

    code = "too-many-attempts"
    status = 429

    def __init__(self, *, retry_after: int, crowded: bool = False) -> None:
        told = f"too many attempts; try again in {duration(retry_after)}"
        if crowded:
            told += " at the earliest, or from another network: very many guess at this login"
        super().__init__(told)
        self.retry_after = retry_after
        self.crowded = crowded


def duration(seconds: int) -> str:
    """Return `seconds` in its largest unit, rounded up: "40 seconds", "3 minutes", "2 hours"."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds > size:
            return f"{-(-seconds // size)} {unit}s"
    return f"{seconds} second{'s' if seconds > 1 else ''}"
