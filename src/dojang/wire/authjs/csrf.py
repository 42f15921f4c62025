"""The cookie by which both libraries know their own forms: `<token>|<hash>`, percent-encoded."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from dojang.errors import BadSignature, Malformed, Oversized, WeakSecret
from dojang.wire import entropy
from dojang.wire.js import percent
from dojang.wire.js.text import utf8

__all__ = ["CsrfToken", "check", "make", "read"]

#: Characters of the cookie, inclusive; what the libraries write has 131.
MAX_LENGTH = 1024

#: Bytes of randomness in a token.
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class CsrfToken:
    """One token.

    Attributes:
        token: What a form sends as `csrfToken`.
        cookie: The value of the cookie that vouches for it.
    """

    token: str = field(repr=False)
    cookie: str = field(repr=False)


def make(secret: str | Sequence[str]) -> CsrfToken:
    """Return a new token, as the libraries make one for a visitor who has none.

    Args:
        secret: That of next-auth 4, or all those of Auth.js in their order: a list that changes
            ends every token, in the library too.

    Raises:
        WeakSecret: There is no secret, or one is empty.

    Source: next-auth 4.24.15 and @auth/core 0.41.3 (`createCSRFToken`).
    """
    token = entropy.random_bytes(_TOKEN_BYTES).hex()
    return CsrfToken(token, percent.encode(f"{token}|{_hash(token, secret)}"))


def read(cookie: str, secret: str | Sequence[str]) -> str:
    """Return the token that a cookie vouches for.

    Args:
        cookie: Its value as it came; any text is safe to pass.
        secret: As for `make`.

    Raises:
        Oversized: Longer than `MAX_LENGTH`.
        Malformed: Not a token and a hash, or wrongly percent-encoded.
        BadSignature: The hash was made with another secret, or for another token.
        WeakSecret: There is no secret, or one is empty.

    Source: next-auth 4.24.15 and @auth/core 0.41.3 (`createCSRFToken`).
    """
    if len(cookie) > MAX_LENGTH:
        raise Oversized(f"{len(cookie)} characters, at most {MAX_LENGTH} are looked at")
    parts = percent.decode(cookie).split("|")
    if len(parts) != 2:  # noqa: PLR2004 - token and hash
        raise Malformed(f"expected a token and its hash, found {len(parts)} parts")
    token, hash = parts
    if not hmac.compare_digest(utf8(hash), utf8(_hash(token, secret))):
        raise BadSignature("the cookie does not vouch for its token")
    return token


def check(cookie: str, submitted: str, secret: str | Sequence[str]) -> None:
    """Return if the form that was sent is one of those that the cookie vouches for.

    Args:
        cookie: Its value as it came.
        submitted: The member `csrfToken` of the form.
        secret: As for `make`.

    Raises:
        Oversized: As `read`.
        Malformed: As `read`.
        BadSignature: As `read`, or the form has another token.
        WeakSecret: There is no secret, or one is empty.
    """
    if not hmac.compare_digest(utf8(read(cookie, secret)), utf8(submitted)):
        raise BadSignature("the form has another token than the cookie")


def _hash(token: str, secret: str | Sequence[str]) -> str:
    secrets = [secret] if isinstance(secret, str) else secret
    if not secrets or not all(secrets):
        raise WeakSecret("a secret is missing or empty; `dojang keys new` prints a good one")
    # A list in a JavaScript template is its members with commas between them.
    return hashlib.sha256(utf8(f"{token}{','.join(secrets)}")).hexdigest()
