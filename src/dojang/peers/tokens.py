"""jose, jsonwebtoken, fastapi-users: a token that a program signed, as a session in a cookie."""

from collections.abc import Callable, Sequence

from dojang.peers.peer import Peer
from dojang.session.lifetime import Lifetime
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.wire.cookies import Cookie
from dojang.wire.jose import jose_jwt, jsonwebtoken
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.fastapi_users import AUDIENCE, FastApiUsersToken
from dojang.wire.jose.jsonwebtoken_session import JsonWebTokenSession
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import SignedJwt

__all__ = ["FastApiUsers", "Jose", "JsonWebToken"]

_Secret = str | bytes | Key
Secrets = KeySet | _Secret | Sequence[_Secret]
_Names = str | Sequence[str] | None

#: Seconds; neither library has a life of its own.
_SEVEN_DAYS = 7 * 24 * 3600


def Jose(  # noqa: N802, PLR0913 - named as what it stands for, with its options
    secret: Secrets,
    cookie_name: str,
    *,
    algorithm: str = "HS256",
    max_age: int = _SEVEN_DAYS,
    https: bool = True,
    domain: str | None = None,
    path: str = "/",
    issuer: _Names = None,
    audience: _Names = None,
    type: str | None = None,
    tolerance: int = 0,
    revocations: Revocations | RevocationLog | None = None,
    mirror_expiry: str | None = None,
) -> Peer:
    """Return the sessions of a program that signs them with jose and keeps them in a cookie.

    The user is the `sub` of the token, and its name in device lists is the `jti`; a token without
    one gets it from us.

    Args:
        secret: What it signs with: the text of a shared secret, or a key; or several, of which the
            first signs. A key is tried whatever key a token names; of a `KeySet`, the one that it
            names.
        cookie_name: The name of its cookie.
        algorithm: What a shared secret signs with, HS256, HS384 or HS512; keys say it themselves.
        max_age: Its `setExpirationTime` in seconds from the time of issue. We extend a session at
            half of it.
        https: Whether its cookie is Secure.
        domain: Of its cookie.
        path: Of its cookie.
        issuer: Its `setIssuer`, asked for; of several the first is written, None asks for nothing.
        audience: Its `setAudience`, in the same way.
        type: The `typ` of its protected header, asked for; None as jose leaves it.
        tolerance: Its `clockTolerance` in seconds, for tokens from a clock that is ahead; a session
            is over at its `exp` all the same.
        revocations: A store that makes these sessions listed and revocable by us. It needs an end
            that no renewal passes: `Sessions(peer, lifetime=Lifetime(absolute=...))`.
        mirror_expiry: A member of the data that says when a session ends, for a front that reads
            it there; see `ClientSide`.

    Raises:
        WeakSecret: `secret` is empty, or the text of a key.
        Misuse: There is no key that signs; or `mirror_expiry` names a member that is not the
            application's.
        InvalidCookie: No browser would accept such a cookie.

    Source: jose 6.2.17.
    """
    keys = _keys(secret, lambda text: jose_jwt.secret_key(text, algorithms=_first(algorithm)))
    format = SignedJwt(
        keys,
        issuer=issuer,
        audience=audience,
        type=type,
        tolerance=tolerance,
        by_name=isinstance(secret, KeySet),
    )
    home = ClientSide(format, revocations=revocations, mirror_expiry=mirror_expiry)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(home, cookie, max_age)


def JsonWebToken(  # noqa: N802, PLR0913 - named as what it stands for, with its options
    secret: Secrets,
    cookie_name: str,
    *,
    algorithm: str | None = None,
    key_id: str | None = None,
    max_age: int = _SEVEN_DAYS,
    https: bool = True,
    domain: str | None = None,
    path: str = "/",
    issuer: _Names = None,
    audience: _Names = None,
    tolerance: int = 0,
    revocations: Revocations | RevocationLog | None = None,
    mirror_expiry: str | None = None,
) -> Peer:
    """Return the sessions of a program that signs them with jsonwebtoken, kept in a cookie.

    Args:
        secret: What it signs with, as raw text or a PEM, or a key; or several, of which the first
            signs. A key is tried whatever key a token names; of a `KeySet`, the one that it names.
        cookie_name: The name of its cookie.
        algorithm: Its `algorithm`; HS256 for a secret unless given, and for a key its first choice.
        key_id: Its `keyid`, if it writes one.
        max_age: Its `expiresIn` in seconds. We extend a session at half of it.
        https: As for `Jose`.
        domain: As for `Jose`.
        path: As for `Jose`.
        issuer: Its `issuer`, asked for; of several the first is written, None asks for nothing.
        audience: Its `audience`, in the same way.
        tolerance: Its `clockTolerance` in seconds, for tokens from a clock that is ahead; a session
            is over at its `exp` all the same.
        revocations: As for `Jose`.
        mirror_expiry: As for `Jose`.

    Raises:
        WeakSecret: `secret` is empty, or a key too short.
        Malformed: `secret` begins like a PEM and is none.
        Misuse: There is no key that signs, or it does not sign with `algorithm`; or `mirror_expiry`
            names a member that is not the application's.
        InvalidCookie: No browser would accept such a cookie.

    Source: jsonwebtoken 9.0.3.
    """
    format = JsonWebTokenSession(
        _keys(secret, jsonwebtoken.key),
        algorithm=algorithm,
        key_id=key_id,
        issuer=issuer,
        audience=audience,
        tolerance=tolerance,
    )
    home = ClientSide(format, revocations=revocations, mirror_expiry=mirror_expiry)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    return _peer(home, cookie, max_age)


def FastApiUsers(  # noqa: N802 - named as what it stands for
    secret: _Secret | Sequence[_Secret],
    cookie_name: str = "fastapiusersauth",
    *,
    algorithm: str = "HS256",
    audience: Sequence[str] = AUDIENCE,
    https: bool = True,
    domain: str | None = None,
    path: str = "/",
) -> Peer:
    """Return the sessions of fastapi-users with CookieTransport and JWTStrategy; only read.

    For DatabaseStrategy and RedisStrategy it is `OpaqueToken`.

    Args:
        secret: Its `secret`, or its `public_key`; several, newest first.
        cookie_name: Its `cookie_name`.
        algorithm: Its `algorithm`, of a secret.
        audience: Its `token_audience`.
        https: Its `cookie_secure`.
        domain: Its `cookie_domain`.
        path: Its `cookie_path`.

    Raises:
        WeakSecret: `secret` is empty, or a key too short.
        Malformed: `secret` begins like a PEM and is none.
        InvalidCookie: No browser would accept such a cookie.

    Source: fastapi-users 15.0.5.
    """
    keys = _keys(secret, lambda text: jsonwebtoken.key(text, algorithms=(algorithm,)))
    format = FastApiUsersToken(list(keys), audience=audience)
    cookie = Cookie(name=cookie_name, secure=https, domain=domain, path=path)
    lifetime = Lifetime(idle=None, absolute=None, unremembered=None)
    return Peer(strategy=ClientSide(format), cookie=cookie, lifetime=lifetime)


def _peer(home: ClientSide, cookie: Cookie, max_age: int) -> Peer:
    return Peer(strategy=home, cookie=cookie, lifetime=Lifetime(idle=max_age, absolute=None))


def _keys(secret: Secrets, made: Callable[[str | bytes], Key]) -> KeySet | Sequence[Key]:
    if isinstance(secret, KeySet):
        return secret
    several = (secret,) if isinstance(secret, str | bytes | Key) else secret
    return [each if isinstance(each, Key) else made(each) for each in several]


def _first(algorithm: str) -> Sequence[str]:
    # A shared secret verifies with all three, and signs with the one that is asked for.
    return (algorithm, *(name for name in HMAC_HASHES if name != algorithm))
