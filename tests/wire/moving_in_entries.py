"""The formats that sessions are moved in from, in the registry."""

import hmac
from collections.abc import Callable
from typing import Any

from dojang.wire import base64padded, base64url, json, lucia
from dojang.wire.better_auth import signed_cookie as better_auth_cookie
from dojang.wire.better_auth import tokens
from dojang.wire.better_auth.cache import BetterAuthCache
from dojang.wire.django import signed_cookie
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.django.signer import TimestampSigner
from dojang.wire.django.signing import Signing
from dojang.wire.itsdangerous import timed as itsdangerous
from dojang.wire.itsdangerous.flask import FlaskCookie
from dojang.wire.itsdangerous.serializer import TimedSerializer, UrlSafeSerializer
from dojang.wire.itsdangerous.signed_user import SignedUser
from dojang.wire.itsdangerous.signer import Signer
from dojang.wire.itsdangerous.starlette import StarletteCookie
from dojang.wire.jose import jwe, jws
from dojang.wire.jose.fastapi_users import AUDIENCE, FastApiUsersToken
from dojang.wire.jose.jwk import Key
from dojang.wire.keygrip import body, koa_session
from dojang.wire.keygrip.cookie_session import CookieSession
from dojang.wire.keygrip.koa_session import KoaSession
from dojang.wire.keygrip.pair import SignedPair
from dojang.wire.python import packed
from tests.wire.entry import NOW, SECRET, Entry, entry

KEY = b"keyboard cat"
FLASK = itsdangerous.TimestampSigner(SECRET, salt="cookie-session", derivation="hmac")
HMAC = Key.from_secret(SECRET, algorithms=["HS256"])


def cached(value: dict[str, Any]) -> dict[str, Any]:
    """Return what better-auth keeps in its cache, with `value` as the user."""
    return {"session": {}, "user": value, "updatedAt": NOW, "version": "1"}


def compact_cache(value: dict[str, Any]) -> str:
    """Return the cache as better-auth signs it in its strategy `compact`."""
    session, end = cached(value), NOW + 60_000
    message = json.dumps({**session, "expiresAt": end}).encode()
    signature = base64url.encode(hmac.digest(SECRET.encode(), message, "sha256"))
    whole = {"session": session, "expiresAt": end, "signature": signature}
    return base64url.encode(json.dumps(whole).encode())


#: What stands behind a good signature, or in no signed text at all.
MOVING_IN_CONTENTS: dict[str, Callable[[bytes], object]] = {
    "Flask": lambda content: FlaskCookie(SECRET, plain=True).decode(
        FLASK.sign(packed.pack(content), now=NOW), now=NOW
    ),
    "Starlette": lambda content: StarletteCookie(SECRET).decode(
        itsdangerous.TimestampSigner(SECRET).sign(base64padded.encode(content), now=NOW), now=NOW
    ),
    "Django": lambda content: Signing(SECRET, salt="s").loads(
        TimestampSigner(SECRET, salt="s").sign(packed.pack(content), now=NOW), now=NOW
    ),
    "deflated": lambda content: packed.unpack("." + base64url.encode(content)),
    "Lucia": lambda content: lucia.decode(content.decode("latin-1")),
    "koa-session": lambda content: koa_session.split(
        body.decode(base64padded.encode(content)), now=NOW
    ),
}

MOVING_IN = [
    entry("Flask", "flask", FlaskCookie(SECRET), "."),
    entry("Starlette", "starlette", StarletteCookie(SECRET), "."),
    Entry(
        "itsdangerous",
        "itsdangerous",
        UrlSafeSerializer(SECRET).dumps,
        UrlSafeSerializer(SECRET).loads,
        between=".",
    ),
    Entry(
        "itsdangerous, with a time",
        "itsdangerous, with a time",
        lambda value: TimedSerializer(SECRET, salt="timed").dumps(value, now=NOW),
        lambda text: TimedSerializer(SECRET, salt="timed").loads(text, now=NOW, max_age=60),
        between=".",
    ),
    Entry(
        "user that itsdangerous signed",
        "itsdangerous user",
        lambda value: TimedSerializer(SECRET, salt="login").dumps(value, now=NOW),
        lambda text: SignedUser(SECRET, max_age=60, salt="login").decode(text, now=NOW),
        between=".",
        kind=SignedUser,
    ),
    Entry(
        "token of fastapi-users",
        "jose",
        lambda value: jws.sign(
            json.dumps(value | {"sub": "7", "aud": [*AUDIENCE], "exp": NOW // 1000 + 60}).encode(),
            {"alg": "HS256"},
            key=HMAC,
        ),
        lambda text: FastApiUsersToken([HMAC]).decode(text, now=NOW),
        between=".",
        kind=FastApiUsersToken,
    ),
    Entry(
        "Signer of itsdangerous",
        "signer",
        lambda value: Signer(SECRET, salt="text").sign(repr(value)),
        lambda text: Signer(SECRET, salt="text").unsign(text),
        between=".",
    ),
    entry("Django", "django", DjangoCookie(SECRET), ":"),
    Entry(
        "signing of Django",
        "django signing",
        lambda value: Signing(SECRET).dumps(value, now=NOW),
        lambda text: Signing(SECRET).loads(text, now=NOW, max_age=60),
        between=":",
    ),
    Entry(
        "signed cookie of Django",
        "django cookie",
        lambda value: signed_cookie.encode(repr(value), name="c", secrets=SECRET, now=NOW),
        lambda text: signed_cookie.decode(text, name="c", secrets=SECRET, now=NOW),
        between=":",
    ),
    entry("cookie-session", "cookie-session", CookieSession(SECRET), "."),
    entry("koa-session", "koa-session", KoaSession(SECRET), "."),
    Entry(
        "signed pair of cookies",
        "keygrip",
        lambda value: SignedPair(SECRET, name="c").sign(repr(value)),
        lambda text: SignedPair(SECRET, name="c").unsign(text),
        between=".",
    ),
    Entry(
        "signed cookie of better-auth",
        "better-auth",
        lambda value: better_auth_cookie.encode(repr(value), key=KEY),
        lambda text: better_auth_cookie.decode(text, keys=[KEY]),
        between=".",
    ),
    Entry(
        "cache of better-auth, compact",
        "better-auth cache",
        compact_cache,
        lambda text: BetterAuthCache(SECRET).decode(text, now=NOW),
        between=".",
        kind=BetterAuthCache,
    ),
    Entry(
        "cache of better-auth, signed",
        "jose",  # it is a token like any other under the secret, as its peer dictates
        lambda value: jws.sign(
            json.dumps(cached(value) | {"exp": NOW // 1000 + 60}).encode(),
            {"alg": "HS256"},
            key=HMAC,
        ),
        lambda text: BetterAuthCache(SECRET, strategy="jwt").decode(text, now=NOW),
        between=".",
    ),
    Entry(
        "cache of better-auth, encrypted",
        "better-auth cache",
        lambda value: jwe.encrypt(
            json.dumps(cached(value) | {"exp": NOW // 1000 + 60}).encode(),
            {"alg": "dir", "enc": "A256CBC-HS512"},
            key=tokens._derived(SECRET.encode()),
        ),
        lambda text: BetterAuthCache(SECRET, strategy="jwe").decode(text, now=NOW),
        between=".",
    ),
]
