"""Every text that a browser keeps for us and that must come back as it was: the registry.

A format of a new family is one entry here, and everything in `test_every_format.py` holds for it.
"""

from collections.abc import Callable

from dojang.wire import signed_id
from dojang.wire.authjs import csrf
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.express import cookie_parser, express_session
from dojang.wire.express.connect_redis import Layout
from dojang.wire.iron import fe26
from dojang.wire.iron.fe26 import DEFAULTS, Parameters
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.passwords import Password, PasswordBook, Passwords
from dojang.wire.iron.seal_data import seal_data, unseal_data
from dojang.wire.jose import jws
from dojang.wire.jose.jsonwebtoken_session import JsonWebTokenSession
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.signed_session import SignedJwt
from dojang.wire.js import cookie_header, percent
from tests.wire.entry import NOW, SECRET, Entry, entry
from tests.wire.jose_entries import JOSE
from tests.wire.moving_in_entries import MOVING_IN, MOVING_IN_CONTENTS

KEY = b"keyboard cat"
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
    "connect-redis": lambda content: Layout().read(content.decode("latin-1")),
    "a set of keys": KeySet.parse,
    **MOVING_IN_CONTENTS,
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
    *MOVING_IN,
]
