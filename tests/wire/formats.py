"""Every text that a browser keeps for us and that must come back as it was: the registry.

A format of a new family is one entry here, and everything in `test_every_format.py` holds for it.
"""

import hmac
from collections.abc import Callable

from dojang.wire import base64padded, base64url, json, lucia, signed_id
from dojang.wire.authjs import csrf
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.better_auth import signed_cookie as better_auth_cookie
from dojang.wire.better_auth import tokens
from dojang.wire.better_auth.cache import BetterAuthCache
from dojang.wire.django import signed_cookie
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.django.signer import TimestampSigner
from dojang.wire.django.signing import Signing
from dojang.wire.express import cookie_parser, express_session
from dojang.wire.express.connect_redis import Layout
from dojang.wire.iron import fe26
from dojang.wire.iron.fe26 import DEFAULTS, Parameters
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.passwords import Password, PasswordBook, Passwords
from dojang.wire.iron.seal_data import seal_data, unseal_data
from dojang.wire.itsdangerous import timed as itsdangerous
from dojang.wire.itsdangerous.flask import FlaskCookie
from dojang.wire.itsdangerous.serializer import TimedSerializer, UrlSafeSerializer
from dojang.wire.itsdangerous.signer import Signer
from dojang.wire.itsdangerous.starlette import StarletteCookie
from dojang.wire.jose import jwe, jws
from dojang.wire.jose.jsonwebtoken_session import JsonWebTokenSession
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import SignedJwt
from dojang.wire.js import cookie_header, percent
from dojang.wire.keygrip import body, koa_session
from dojang.wire.keygrip.cookie_session import CookieSession
from dojang.wire.keygrip.koa_session import KoaSession
from dojang.wire.keygrip.pair import SignedPair
from dojang.wire.python import packed
from tests.wire.entry import NOW, SECRET, Entry, entry
from tests.wire.jose_entries import JOSE

KEY = b"keyboard cat"
FLASK = itsdangerous.TimestampSigner(SECRET, salt="cookie-session", derivation="hmac")
HMAC = Key.from_secret(SECRET, algorithms=["HS256"])


def sealed_data(name: str, password: Passwords, parameters: Parameters = DEFAULTS) -> Entry:
    """Return the entry of sealed data under a password of any form."""
    return Entry(
        name,
        "iron",
        lambda value: seal_data([value], password, now=NOW, parameters=parameters),
        lambda text: unseal_data(text, password, now=NOW, parameters=parameters),
        between="*",
        proven=before_the_suffix,
    )


def before_the_suffix(text: str) -> str:
    """Declared: what iron-session writes from the first `~` on is outside its MAC."""
    return text.partition("~")[0]


def sealed(content: bytes) -> str:
    """Return a good seal over any content."""
    return fe26.seal(content, Password.of(SECRET, id="1"), expires=None)


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


#: Readers behind a good signature, where only whoever has the secret can put something odd; and
#: readers of what lies in stores and headers.
CONTENTS: dict[str, Callable[[bytes], object]] = {
    "iron-session": lambda content: IronSeal(SECRET).decode(sealed(content), now=NOW),
    "sealed data": lambda content: unseal_data(sealed(content), SECRET, legacy=True, now=NOW),
    "signed session": lambda content: SignedJwt(HMAC).decode(
        jws.sign(content, {"alg": "HS256", "typ": "session+jwt"}, key=HMAC), now=NOW
    ),
    "session of jsonwebtoken": lambda content: JsonWebTokenSession(HMAC).decode(
        jws.sign(content, {"alg": "HS256"}, key=HMAC), now=NOW
    ),
    "cookie-parser": lambda content: cookie_parser.decode(
        signed_id.to_cookie(content.decode("latin-1"), key=KEY), keys=[KEY]
    ),
    "a Cookie header": lambda content: cookie_parser.read(content.decode("latin-1"), keys=[KEY]),
    "express-session": lambda content: express_session.decode(content.decode("latin-1")),
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
    "connect-redis": lambda content: Layout().read(content.decode("latin-1")),
    "a set of keys": KeySet.parse,
}

ENTRIES = [
    entry("iron-session", "iron", IronSeal(SECRET), "*", before_the_suffix),
    sealed_data("sealed data", SECRET),
    sealed_data("sealed data, by aes-128-ctr", SECRET, Parameters("aes-128-ctr")),
    sealed_data("sealed data, under a key", bytes(range(32))),
    sealed_data("sealed data, under two keys", {"encryption": SECRET, "integrity": bytes(40)}),
    Entry(
        "a seal of @hapi/iron",
        "iron",
        lambda value: fe26.seal(repr(value).encode(), Password.of(SECRET), expires=NOW + 1),
        lambda text: fe26.unseal(text, PasswordBook(SECRET), now=NOW),
        between="*",
    ),
    entry("next-auth", "authjs", NextAuthToken(SECRET), "."),
    entry("Auth.js", "authjs", AuthJsToken(SECRET, salt="authjs.session-token"), "."),
    entry("signed session", "jose", SignedJwt(HMAC), "."),
    entry("session of jsonwebtoken", "jose", JsonWebTokenSession(HMAC), "."),
    Entry(
        "signed token",
        "jose",
        lambda value: jws.sign(repr(value).encode(), {"alg": "HS256"}, key=HMAC),
        lambda text: jws.verify(text, HMAC),
        between=".",
    ),
    *JOSE,
    Entry(
        "signed value",
        "express",
        lambda value: signed_id.sign(repr(value), key=KEY),
        lambda text: signed_id.unsign(text, keys=[KEY]),
        between=".",
    ),
    Entry(
        "express-session",
        "express",
        lambda value: signed_id.to_cookie(repr(value), key=KEY),
        lambda text: signed_id.from_cookie(text, keys=[KEY]),
        between=".",
    ),
    Entry(
        "cookie-parser",
        "express",
        lambda value: cookie_parser.encode(value, key=KEY),
        lambda text: cookie_parser.decode(text, keys=[KEY]),
        between=".",
    ),
    Entry(
        "cookie-parser, in any spelling",
        "express",
        lambda value: cookie_parser.encode(value, key=KEY),
        lambda text: cookie_parser.decode(text, keys=[KEY], canonical=False),
        between=".",
        proven=cookie_header.unescape,
    ),
    Entry(
        "CSRF cookie of Auth.js",
        "authjs",
        lambda _: csrf.make(SECRET).cookie,
        lambda text: csrf.read(text, SECRET),
        between="%7C",
        proven=percent.decode,
    ),
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
