"""Tokens as jsonwebtoken writes and reads them: its order, its secrets, its latin-1 headers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast

from dojang.errors import Expired, Malformed, MissingClaim, Misuse, Oversized, WrongId
from dojang.wire import json
from dojang.wire.jose import claims as judge
from dojang.wire.jose import jws
from dojang.wire.jose.algorithms import HMAC_HASHES
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jws import Keys
from dojang.wire.jose.jwt import MAX_LENGTH
from dojang.wire.jose.spans import ms
from dojang.wire.js.text import utf8
from dojang.wire.seconds import whole

__all__ = ["SignOptions", "VerifyOptions", "check", "key", "sign", "verify"]

_ABSENT = object()

#: By option: the claim that it fills, in the order in which jsonwebtoken adds them.
_CLAIMS = {"audience": "aud", "issuer": "iss", "subject": "sub", "jwt_id": "jti"}
_FOR_OBJECTS = {"expires_in", "not_before", "no_timestamp", *_CLAIMS}


class SignOptions(TypedDict, total=False):
    """The options of `sign`, each as jsonwebtoken has it.

    Attributes:
        algorithm: HS256 unless said otherwise.
        expires_in: Whole seconds, or a span such as `2h`; a text of digits is in milliseconds.
        not_before: The same.
        header: Members behind `alg`, `typ` and `kid`, or in place of them.
    """

    algorithm: str
    expires_in: float | str
    not_before: float | str
    audience: str | Sequence[str]
    issuer: str
    subject: str
    jwt_id: str
    key_id: str
    no_timestamp: bool
    header: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """The options of `verify`; what is None is not looked at.

    Attributes:
        clock_tolerance: Seconds.
        max_age: Seconds, or a span; exclusive here, unlike everywhere else.
    """

    audience: str | Sequence[str] | None = None
    issuer: str | Sequence[str] | None = None
    subject: str | None = None
    jwt_id: str | None = None
    nonce: str | None = None
    ignore_expiration: bool = False
    ignore_not_before: bool = False
    clock_tolerance: float = 0
    max_age: float | str | None = None


_NO_OPTIONS = VerifyOptions()


def key(secret_or_pem: str | bytes, *, algorithms: Sequence[str] | None = None) -> Key:
    """Return what jsonwebtoken takes for a secret or a key.

    Args:
        secret_or_pem: A PEM is a key; any other text is a secret of any length but none. Text that
            begins like a PEM and is none is refused, where jsonwebtoken signs with the text.
        algorithms: Those accepted; by default all of jsonwebtoken's that fit.

    Raises:
        WeakSecret: It is empty, or RSA below 2,048 bits.
        Malformed: It begins like a PEM and is none.
        Misuse: `algorithms` do not fit it.
        MissingExtra: A PEM, and joserfc is not installed.

    Source: jsonwebtoken 9.0.3 (`verify`, lines 113 to 140).
    """
    data = utf8(secret_or_pem) if isinstance(secret_or_pem, str) else secret_or_pem
    if b"-----BEGIN " in data:
        return Key.from_pem(data, algorithms=algorithms)
    return Key.from_secret(data, algorithms=algorithms or (*HMAC_HASHES,), allow_short=True)


def sign(
    payload: Mapping[str, object] | str, key: Key, *, now: int, **options: Unpack[SignOptions]
) -> str:
    """Return a token as `jwt.sign` writes it.

    Args:
        payload: Claims; or text, which takes no option about claims.
        key: Made by `key`, or any other that signs with the algorithm.
        now: Unix milliseconds; `iat` has whole seconds of it, unless the payload has its own.
        options: See `SignOptions`.

    Raises:
        Misuse: The options do not fit the payload, each other or the key.
        NotJson: Something in the payload or the header is not JSON.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: jsonwebtoken 9.0.3 (`sign`).
    """
    text = isinstance(payload, str)
    header: dict[str, object] = {
        "alg": options.get("algorithm", "HS256"),
        "typ": _ABSENT if text else "JWT",
        "kid": options.get("key_id", _ABSENT),
        **options.get("header", {}),
    }
    header = {name: value for name, value in header.items() if value is not _ABSENT}
    if isinstance(payload, str):
        if unfit := _FOR_OBJECTS & options.keys():
            raise Misuse(f"a payload of text has no claims: leave out {', '.join(sorted(unfit))}")
        body = payload
    else:
        body = json.dumps(_claims(dict(payload), now // 1000, options), root="payload")
    return jws.sign(utf8(body), header, key=key, header_encoding="latin-1")


def verify(
    token: str, keys: Key | Keys, *, now: int, options: VerifyOptions = _NO_OPTIONS
) -> object:
    """Return the payload of a token as `jwt.verify` gives it: claims, or whatever else was signed.

    Args:
        token: Any text is safe to pass.
        keys: Made by `key`; or what gives the keys to try for a header.
        now: Unix milliseconds; judged in whole seconds.
        options: What it must say.

    Raises:
        Oversized: Longer than 16,384 characters; nothing in it was looked at.
        Malformed: Not a token, or a time that is not a number.
        UnknownKey: There is no key for its header.
        WrongAlgorithm: Its key is not used with its `alg`.
        BadSignature: No key made it.
        Rejected: It does not say what the options ask for.
        MissingExtra: Not an HMAC, and joserfc is not installed.

    Source: jsonwebtoken 9.0.3 (`verify`); base64url only in its one canonical spelling.
    """
    if len(token) > MAX_LENGTH:
        raise Oversized(f"{len(token)} characters, at most {MAX_LENGTH} are looked at")
    found = jws.verify(token, keys, header_encoding="latin-1")
    payload = _payload(found)
    check(_members(payload), options, now=now)
    return payload


def check(claims: Mapping[str, Any], options: VerifyOptions, *, now: int) -> None:
    """Return if the claims of an authentic token say what the options ask for.

    Args:
        claims: Of the token.
        options: What it must say.
        now: Unix milliseconds; judged in whole seconds.

    Raises:
        Malformed: A time that is not a number.
        Rejected: It does not say what the options ask for.

    Source: jsonwebtoken 9.0.3 (`verify`).
    """
    tolerance = options.clock_tolerance
    if not options.ignore_not_before:
        judge.check_active(claims, now=now, tolerance=tolerance)
    if not options.ignore_expiration:
        judge.check_expiry(claims, now=now, tolerance=tolerance)
    if options.audience is not None:
        judge.check_audience(claims, options.audience)
    if options.issuer is not None:
        judge.check_issuer(claims, options.issuer)
    if options.subject is not None:
        judge.check_subject(claims, options.subject)
    if options.jwt_id is not None:
        judge.check_id(claims, options.jwt_id)
    if options.nonce is not None and claims.get("nonce") != options.nonce:
        raise WrongId("the token answers another request: its nonce is not the one expected")
    if options.max_age is not None:
        _check_age(claims, options.max_age, seconds=now // 1000 - tolerance)


def _claims(claims: dict[str, object], seconds: int, options: SignOptions) -> dict[str, object]:
    for name in ("iat", "exp", "nbf"):
        value = claims.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Misuse(f"the claim {name} is a number of seconds, not a {type(value).__name__}")
    issued = cast("float", claims.get("iat") or seconds)
    if options.get("no_timestamp"):
        claims.pop("iat", None)
    else:
        claims["iat"] = issued
    for option, claim in (("not_before", "nbf"), ("expires_in", "exp")):
        if option in options:
            span = cast("dict[str, object]", options)[option]
            written = span if isinstance(span, str) else whole(span, option)
            _add(claims, claim, _after(issued, written))
    for option, claim in _CLAIMS.items():
        if option in options:
            _add(claims, claim, cast("dict[str, object]", options)[option])
    return claims


def _add(claims: dict[str, object], name: str, value: object) -> None:
    if name in claims:
        raise Misuse(f"the payload has a claim {name} already: leave out the option for it")
    claims[name] = value


def _after(issued: float, span: float | str) -> float:
    return math.floor(issued + ms(span) / 1000) if isinstance(span, str) else issued + span


def _payload(found: jws.Verified) -> object:
    if found.header.get("typ") == "JWT":
        return json.loads(found.payload)
    # Another token may hold any text, and gives objects and lists where it happens to be JSON.
    try:
        payload: object = json.loads(found.payload)
    except Malformed:
        payload = None
    text = found.payload.decode("utf-8", "replace")
    return cast("object", payload) if isinstance(payload, dict | list) else text


def _members(payload: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", payload) if isinstance(payload, dict) else {}


def _check_age(claims: Mapping[str, Any], max_age: float | str, *, seconds: float) -> None:
    issued = judge.numeric_date(claims, "iat")
    if issued is None:
        raise MissingClaim("the token has no iat, and its age is asked for")
    if seconds >= _after(issued, max_age):
        raise Expired("the token is older than it may be")
