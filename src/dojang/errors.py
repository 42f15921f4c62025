"""Everything dojang raises on purpose: whose fault it is, which code, which HTTP status.

DojangError
├── Rejected                 theirs: the credential that came in is not good      401
│   ├── Missing              no cookie or token
│   ├── Malformed            not of the format
│   ├── Oversized            longer than we look at
│   ├── BadSignature         no key of ours made it
│   ├── UnknownKey           names a key we do not have
│   ├── WrongAlgorithm       made in a way that we do not accept
│   ├── WrongType  WrongAudience  WrongIssuer  WrongSubject  WrongId  NotYetValid
│   │                        authentic, not for this
│   ├── MissingClaim         authentic, without what was asked for
│   ├── Expired              past its idle or absolute limit
│   ├── Revoked              ended from afar
│   ├── Unknown              well signed, but there is no such session
│   ├── Rotated              replaced by a newer id
│   ├── NoRoom               of another kind, and its user has as many as they may
│   ├── SignInAgain          tokens of somebody else that cannot be refreshed any more
│   ├── Reused               a refresh token that was used up long ago
│   ├── Anonymous            there is a session, and nobody is signed in
│   ├── StaleLogin           signed in too long ago for this
│   └── Disagreeing          cookie and bearer token are not the same session
├── Refused                  theirs: understood, and the answer is no             4xx
│   ├── MissingRole          the user may not do this                             403
│   ├── Conflict             somebody else changed the session first              409
│   ├── Gone                 the session was ended in the meantime                409
│   ├── ReadOnly             the session cannot be changed here and now           409
│   └── TooManySessions      the account has as many sessions as it may           409
├── Unavailable              nobody's: a store did not answer                     503
└── Misuse                   ours: the calling code broke a contract              500
    ├── NotJson              session data that is not JSON
    ├── TooLarge             a cookie beyond what browsers keep
    ├── InvalidCookie        a cookie that no browser would accept
    ├── WeakSecret           a secret that is missing, short or public
    ├── ResponseStarted      the headers have already left
    └── MissingExtra         an optional dependency is not installed
"""

from typing import ClassVar

__all__ = [
    "Anonymous",
    "BadSignature",
    "Conflict",
    "Disagreeing",
    "DojangError",
    "Expired",
    "Gone",
    "InvalidCookie",
    "Malformed",
    "Missing",
    "MissingClaim",
    "MissingExtra",
    "MissingRole",
    "Misuse",
    "NoRoom",
    "NotJson",
    "NotYetValid",
    "Oversized",
    "ReadOnly",
    "Refused",
    "Rejected",
    "ResponseStarted",
    "Reused",
    "Revoked",
    "Rotated",
    "SignInAgain",
    "StaleLogin",
    "TooLarge",
    "TooManySessions",
    "Unavailable",
    "Unknown",
    "UnknownKey",
    "WeakSecret",
    "WrongAlgorithm",
    "WrongAudience",
    "WrongId",
    "WrongIssuer",
    "WrongSubject",
    "WrongType",
]


class DojangError(Exception):
    """The root of every error dojang raises on purpose; never raised itself.

    Attributes:
        code: Stable across releases: log it, match on it, show it.
        status: What an adapter answers over HTTP when nobody catches the error.
        shown: Whether the message is for whoever sent the request; if not, it is for the log of
            whoever keeps the service.
        extra: Members that the problem document has beside its own, for a protocol that asks for
            them.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    shown: ClassVar[bool] = True
    extra: ClassVar[tuple[tuple[str, str], ...]] = ()


class Rejected(DojangError):
    """The credential that came in is not good.

    Attributes:
        forget: Whether the browser should be told to drop the cookie: true when it can
            never become good again.
    """

    code = "rejected"
    status = 401
    forget: ClassVar[bool] = False


class Missing(Rejected):
    """There is no cookie and no token."""

    code = "missing"


class Malformed(Rejected):
    """The text is not of the format."""

    code = "malformed"
    forget = True


class Oversized(Rejected):
    """The text is longer than we look at."""

    code = "oversized"
    forget = True


class BadSignature(Rejected):
    """The shape is right, but no key of ours made it."""

    code = "bad-signature"
    forget = True


class UnknownKey(Rejected):
    """The text names a key that we do not have."""

    code = "unknown-key"
    forget = True


class WrongAlgorithm(Rejected):
    """The text says it was made in a way that is not accepted here."""

    code = "wrong-algorithm"
    forget = True


class WrongType(Rejected):
    """Authentic, but made for another purpose."""

    code = "wrong-type"


class WrongAudience(Rejected):
    """Authentic, but meant for somebody else."""

    code = "wrong-audience"


class WrongIssuer(Rejected):
    """Authentic, but made by somebody we do not listen to."""

    code = "wrong-issuer"


class WrongSubject(Rejected):
    """Authentic, but about somebody else."""

    code = "wrong-subject"


class WrongId(Rejected):
    """Authentic, but not the one token that was asked for."""

    code = "wrong-id"


class MissingClaim(Rejected):
    """Authentic, but it does not say what it has to say."""

    code = "missing-claim"


class NotYetValid(Rejected):
    """Authentic, but its time has not come."""

    code = "not-yet-valid"


class Expired(Rejected):
    """Authentic, but past its idle or absolute limit."""

    code = "expired"
    forget = True


class Revoked(Rejected):
    """Authentic and in time, but ended from afar."""

    code = "revoked"
    forget = True


class Unknown(Rejected):
    """Well signed, but there is no such session."""

    code = "unknown"


class Rotated(Rejected):
    """The session goes on under a newer id."""

    code = "rotated"


class NoRoom(Rejected):
    """Good and of another kind, but its user has as many sessions here as they may."""

    code = "no-room"


class Reused(Rejected):
    """A refresh token that was used up came back, which signs its device out.

    Attributes:
        user: Whose it was, where that is known: for the record of events, and never for whoever
            brought it.
        device: The handle of the device that was signed out, as far as `user` is known.
    """

    code = "reused"
    forget = True

    def __init__(self, message: str = "", *, user: str | None = None, device: str = "") -> None:
        super().__init__(message)
        self.user = user
        self.device = device


class SignInAgain(Rejected):
    """There are no tokens of somebody else, or their issuer refuses to refresh them."""

    code = "sign-in-again"


class Disagreeing(Rejected):
    """Cookie and bearer token are both there and are not the same session."""

    code = "disagreeing"


class Anonymous(Rejected):
    """There is a session, and nobody is signed in with it."""

    code = "anonymous"

    def __init__(self, message: str = "nobody is signed in with this session") -> None:
        super().__init__(message)


class StaleLogin(Rejected):
    """The user is signed in, and proved who they are too long ago for this.

    Attributes:
        within: Seconds a login may be old, inclusive.
    """

    code = "stale-login"

    def __init__(self, within: int) -> None:
        super().__init__(f"this needs a login of the last {within} s; sign in again")
        self.within = within


class Refused(DojangError):
    """The request was understood, and the answer is no."""

    code = "refused"
    status = 403


class MissingRole(Refused):
    """The user is signed in, and may not do this.

    Attributes:
        roles: Those that are needed and missing.
    """

    code = "missing-role"

    def __init__(self, *roles: str) -> None:
        super().__init__(f"this needs the role {' and '.join(roles)}")
        self.roles = roles


class Conflict(Refused):
    """Somebody else changed the session between our reading and our writing.

    Attributes:
        current: The record as it is now, where the store knows it, so that whoever lost is back
            before the one who won, who has to ask; else None.
    """

    code = "conflict"
    status = 409

    def __init__(self, message: str, *, current: object = None) -> None:
        super().__init__(message)
        self.current = current


class Gone(Refused):
    """The session was ended between our reading and our writing."""

    code = "gone"
    status = 409


class ReadOnly(Refused):
    """The session can be read here but not changed."""

    code = "read-only"
    status = 409


class TooManySessions(Refused):
    """The account already has as many sessions as it may.

    Attributes:
        limit: How many are allowed.
    """

    code = "too-many-sessions"
    status = 409

    def __init__(self, limit: int) -> None:
        places = "one place" if limit == 1 else f"{limit} places"
        super().__init__(
            f"this account may be signed in at {places} at once; sign out elsewhere first"
        )
        self.limit = limit


class Unavailable(DojangError):
    """A store or provider did not answer; nothing is known about the caller.

    Attributes:
        retry_after: Seconds after which asking again makes sense.
    """

    code = "unavailable"
    status = 503
    shown = False

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Misuse(DojangError):
    """The calling code broke a contract; the message says which, and what to write instead."""

    code = "misuse"
    shown = False


class NotJson(Misuse, TypeError):
    """Session data hold something that is not a JSON value.

    Attributes:
        path: Where it is, as `cart[2].when`.
    """

    code = "not-json"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path


class TooLarge(Misuse, ValueError):
    """A cookie is larger than browsers keep.

    Attributes:
        size: Bytes measured.
        limit: Bytes allowed, inclusive.
    """

    code = "too-large"

    def __init__(self, message: str, *, size: int, limit: int) -> None:
        super().__init__(message)
        self.size = size
        self.limit = limit


class InvalidCookie(Misuse, ValueError):
    """No browser would accept the cookie as described."""

    code = "invalid-cookie"


class WeakSecret(Misuse, ValueError):
    """A secret is missing, too short, or known to everybody."""

    code = "weak-secret"


class ResponseStarted(Misuse, RuntimeError):
    """The headers have left, so no cookie can be set any more."""

    code = "response-started"


class MissingExtra(Misuse, ImportError):
    """An optional dependency is not installed; the message names the extra."""

    code = "missing-extra"
