"""jose and jsonwebtoken: a signed token that a Node program made, as a session in a cookie."""

from collections.abc import Sequence

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.cookies import Cookie
from dojang.wire.jose import jose_jwt, jsonwebtoken
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import SignedJwt

__all__ = ["Jose", "JsonWebToken"]

Keys = KeySet | Key | Sequence[Key]

#: Seconds; neither library has a life of its own.
_SEVEN_DAYS = 7 * 24 * 3600


def Jose(  # noqa: N802, PLR0913 - named as what it stands for, with its options
    secret: str | bytes | Keys,
    cookie_name: str,
    *,
    algorithm: str = "HS256",
    max_age: int = _SEVEN_DAYS,
    https: bool = True,
    issuer: str | None = None,
    audience: str | None = None,
    type: str | None = None,
    revocations: Revocations | RevocationLog | None = None,
) -> Peer:
    """Return the sessions of a program that signs them with jose and keeps them in a cookie.

    The user is the `sub` of the token, and its name in device lists is the `jti`; a token without
    one gets it from us.

    Args:
        secret: What it signs with: the text of a shared secret, or keys of which the first signs.
        cookie_name: The name of its cookie.
        algorithm: What a shared secret signs with, HS256, HS384 or HS512; keys say it themselves.
        max_age: Its `setExpirationTime` in seconds from the time of issue. We extend a session at
            half of it.
        https: Whether its cookie is Secure.
        issuer: Its `setIssuer`, asked for; None asks for nothing.
        audience: Its `setAudience`, asked for; None asks for nothing.
        type: The `typ` of its protected header, asked for; None as jose leaves it.
        revocations: A store that makes these sessions listed and revocable by us. It needs an end
            that no renewal passes: `Sessions(peer, lifetime=Lifetime(absolute=...))`.

    Raises:
        WeakSecret: `secret` is empty, or the text of a key.
        Misuse: There is no key that signs.
        InvalidCookie: The name is not one that a cookie can have.

    Source: jose 6.2.17.
    """
    if isinstance(secret, str | bytes):
        secret = jose_jwt.secret_key(secret, algorithms=_first(algorithm))
    return Peer(
        strategy=ClientSide(
            SignedJwt(secret, issuer=issuer, audience=audience, type=type), revocations=revocations
        ),
        cookie=Cookie(name=cookie_name, secure=https),
        lifetime=Lifetime(idle=max_age, absolute=None),
    )


def JsonWebToken(  # noqa: N802 - named as what it stands for
    secret: str | bytes | Keys,
    cookie_name: str,
    *,
    algorithm: str = "HS256",
    max_age: int = _SEVEN_DAYS,
    https: bool = True,
    issuer: str | None = None,
    audience: str | None = None,
    revocations: Revocations | RevocationLog | None = None,
) -> Peer:
    """Return the sessions of a program that signs them with jsonwebtoken, kept in a cookie.

    Args:
        secret: What it signs with, as raw text or a PEM; or keys of which the first signs.
        cookie_name: The name of its cookie.
        algorithm: As for `Jose`.
        max_age: Its `expiresIn` in seconds. We extend a session at half of it.
        https: As for `Jose`.
        issuer: Its `issuer`, asked for; None asks for nothing.
        audience: Its `audience`, asked for; None asks for nothing.
        revocations: As for `Jose`.

    Raises:
        WeakSecret: `secret` is empty, or a key too short.
        Misuse: There is no key that signs.
        InvalidCookie: The name is not one that a cookie can have.

    Source: jsonwebtoken 9.0.3.
    """
    if isinstance(secret, str | bytes):
        is_pem = b"-----BEGIN " in (secret.encode() if isinstance(secret, str) else secret)
        secret = jsonwebtoken.key(secret, algorithms=None if is_pem else _first(algorithm))
    return Jose(
        secret,
        cookie_name,
        max_age=max_age,
        https=https,
        issuer=issuer,
        audience=audience,
        type="JWT",
        revocations=revocations,
    )


def _first(algorithm: str) -> Sequence[str]:
    # A shared secret verifies with all three, and signs with the one that is asked for.
    return (algorithm, *(name for name in HMAC_HASHES if name != algorithm))
