"""What goes wrong between us and whoever vouches for a user, under the roots of `dojang.errors`."""

from dojang.errors import Refused, Rejected, Unavailable

__all__ = [
    "AccountClosed",
    "AlreadyLinked",
    "Declined",
    "LastWayIn",
    "LinkFirst",
    "NoAttempt",
    "NotAskedAgain",
    "NotYou",
    "ProviderRefused",
    "ProviderUnavailable",
    "UntrustedAnswer",
    "WrongNonce",
]


class NoAttempt(Rejected):
    """An answer of a provider belongs to no sign-in that began in this browser.

    It never began here, began at another provider, is older than ten minutes, or was answered
    before.

    Source: RFC 9700 section 4.7 (CSRF), RFC 6749 section 10.12.
    """

    code = "no-attempt"


class UntrustedAnswer(Rejected):
    """Parts of an answer do not belong together, so that none of it is believed."""

    code = "untrusted-answer"


class WrongNonce(Rejected):
    """An ID token was made for another sign-in."""

    code = "wrong-nonce"


class NotAskedAgain(Rejected):
    """A provider took an earlier sign-in for granted, and was asked not to.

    Source: OpenID Connect Core section 3.1.2.1 (`max_age`).
    """

    code = "not-asked-again"


class NotYou(Refused):
    """Whoever confirmed at a provider is not who is signed in here.

    Attributes:
        provider: Its label, as "Google".
    """

    code = "not-you"

    def __init__(self, provider: str) -> None:
        super().__init__(f"this identity at {provider} does not open the account you are in")
        self.provider = provider


class Declined(Refused):
    """The person, or the provider in their place, said no.

    Attributes:
        provider: Its label, as "Google".
    """

    code = "declined"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} was not allowed to say who you are, so nothing was done")
        self.provider = provider


class ProviderRefused(Refused):
    """A provider answered with an error.

    Attributes:
        provider: Its label, as "Google".
        error: The code that OAuth has for it, as `invalid_grant`.
        reason: The provider's own code, as `KOE320`; empty where it has none.
        detail: In the provider's words, for the log, without anything secret.
    """

    code = "provider-refused"

    def __init__(self, provider: str, error: str, *, reason: str = "", detail: str = "") -> None:
        shown = f"{error}, {reason}" if reason else error
        super().__init__(f"{provider} did not say who you are ({shown}); sign in once more")
        self.provider = provider
        self.error = error
        self.reason = reason
        self.detail = detail


class ProviderUnavailable(Unavailable):
    """A provider did not answer, or not in its own language; nothing is known about the caller."""

    code = "provider-unavailable"


class AccountClosed(Refused):
    """The account that an identity opens was disabled."""

    code = "account-closed"

    def __init__(self) -> None:
        super().__init__("this account is closed; ask whoever runs this site")


class AlreadyLinked(Refused):
    """The identity belongs to another account."""

    code = "already-linked"
    status = 409

    def __init__(self) -> None:
        super().__init__("this identity opens another account already; remove it there first")


class LinkFirst(Refused):
    """Another account has the e-mail address, and nobody has proven that both are one person."""

    code = "link-first"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "there is an account with this e-mail address: sign in to it as until now, and link "
            "the provider on its page"
        )


class LastWayIn(Refused):
    """An account that is opened by nothing else would be closed for good."""

    code = "last-way-in"
    status = 409

    def __init__(self) -> None:
        super().__init__("this is the last way into the account; set a password, or link another")
