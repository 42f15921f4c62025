"""Opening a token with secrets: which of them made it, and whether it is good now."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dojang.errors import BadSignature, Expired, Malformed, Misuse, NotYetValid, Rejected
from dojang.inspection.kinds import Guess, Kind
from dojang.inspection.text import Token
from dojang.wire import signed_id
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.format import Format
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.itsdangerous.flask import FlaskCookie
from dojang.wire.itsdangerous.starlette import StarletteCookie
from dojang.wire.jose import jsonwebtoken
from dojang.wire.js.date import to_iso
from dojang.wire.js.text import utf8
from dojang.wire.keyring import Keyring

__all__ = ["Opening", "open_with"]

#: Names of the session cookies of Auth.js, which are part of its key.
_AUTH_JS_NAMES = ("authjs.session-token", "__Secure-authjs.session-token")


#: Names under which iron-session has its passwords.
_PLACES = tuple(str(number) for number in range(1, 10))


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of opening a token.

    Attributes:
        secret: Which of the secrets made it, 1 for the first and newest; None if none did.
        payload: What is inside, where one did.
        expires: Unix milliseconds, or None for never or not known.
        refused: Why it is not accepted now; None if it is.
        note: What else is to be said.
    """

    secret: int | None
    payload: object = None
    expires: int | None = None
    refused: Rejected | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    payload: object
    expires: int | None
    note: str = ""


_Opener = Callable[[str, int], _Found]


def open_with(token: Token, guess: Guess, secrets: Sequence[str], *, now: int) -> Opening:
    """Return what is inside `token`, if one of `secrets` made it.

    Args:
        token: Any text is safe to pass.
        guess: What it is.
        secrets: Newest first, as the maker has them.
        now: Unix milliseconds.
    """
    refused: Rejected = BadSignature("no secret given made it")
    for number, secret in enumerate(secrets, 1):
        for opener in _openers(guess.kind, token.name, secret):
            try:
                found = opener(token.text, now)
            except (Expired, NotYetValid) as error:
                late = _in_time(opener, token.text, guess.expires)
                if late is not None:
                    return Opening(number, late.payload, late.expires, error, late.note)
                refused = error
            except Misuse:
                continue  # no secret of this format
            except Rejected as error:
                refused = error
            else:
                return Opening(number, found.payload, found.expires, None, found.note)
    return Opening(None, refused=refused)


def _in_time(opener: _Opener, text: str, expires: int | None) -> _Found | None:
    """Return what was inside while it was good, if the secret fits."""
    for instant in (0, (expires or 1) - 1):
        try:
            return opener(text, instant)
        except Rejected:
            continue
    return None


def _openers(kind: Kind, name: str, secret: str) -> Iterator[_Opener]:
    try:
        yield from _MAKERS[kind](name, secret)
    except (Misuse, Malformed):
        return  # too short, or no key: said by the check of secrets


def _iron(name: str, secret: str) -> Iterator[_Opener]:
    del name
    # A seal names its password by the place that it has with its maker, which nobody knows here.
    yield _decoding(IronSeal(dict.fromkeys(_PLACES, secret)))
    yield _decoding(IronSeal(secret))
    ours = Keyring(secret).derive("sealed-session").newest
    yield _decoding(IronSeal(dict.fromkeys(_PLACES, ours)))


def _auth_js(name: str, secret: str) -> Iterator[_Opener]:
    for salt in dict.fromkeys([*([name] if name else []), *_AUTH_JS_NAMES]):
        yield _decoding(AuthJsToken(secret, salt=salt))


def _next_auth(name: str, secret: str) -> Iterator[_Opener]:
    del name
    yield _decoding(NextAuthToken(secret))


def _jwt(name: str, secret: str) -> Iterator[_Opener]:
    del name
    key = jsonwebtoken.key(secret)

    def opened(text: str, now: int) -> _Found:
        payload = jsonwebtoken.verify(text, key, now=now)
        return _Found(payload, None)

    yield opened


def _signed_id(name: str, secret: str) -> Iterator[_Opener]:
    del name

    def as_express(text: str, now: int) -> _Found:
        del now
        signed_id.unsign(text.removeprefix(signed_id.PREFIX), keys=[utf8(secret)])
        return _Found(None, None, "signed as express-session does")

    def as_dojang(text: str, now: int) -> _Found:
        del now
        keys = Keyring(secret).derive("session-id")
        signed_id.unsign(text.removeprefix(signed_id.PREFIX), keys=keys)
        return _Found(None, None, "signed as dojang does")

    yield as_express
    yield as_dojang


def _better_auth(name: str, secret: str) -> Iterator[_Opener]:
    del name

    def opened(text: str, now: int) -> _Found:
        del now
        signed_id.unsign(text.rstrip("="), keys=[utf8(secret)])
        return _Found(None, None, "signed as better-auth does")

    yield opened


def _itsdangerous(name: str, secret: str) -> Iterator[_Opener]:
    del name
    yield _decoding(FlaskCookie(secret, max_age=None), "signed as Flask does")
    yield _decoding(StarletteCookie(secret, max_age=None), "signed as Starlette does")


def _django(name: str, secret: str) -> Iterator[_Opener]:
    del name
    yield _decoding(DjangoCookie(secret, max_age=None), "signed as Django does")


def _nothing(name: str, secret: str) -> Iterator[_Opener]:
    del name, secret
    yield from ()


def _decoding(format: Format, note: str = "") -> _Opener:
    def opened(text: str, now: int) -> _Found:
        found = format.decode(text, now=now)
        if note and found.issued is not None:
            # How long that is good is up to whoever reads it.
            return _Found(found.claims, None, f"{note}, at {to_iso(found.issued)}")
        return _Found(found.claims, found.expires)

    return opened


_MAKERS: dict[Kind, Callable[[str, str], Iterator[_Opener]]] = {
    "iron-session": _iron,
    "signed-id": _signed_id,
    "better-auth": _better_auth,
    "next-auth": _next_auth,
    "auth-js": _auth_js,
    "jwe": _nothing,
    "jwt": _jwt,
    "itsdangerous": _itsdangerous,
    "django": _django,
    "cookie-session": _nothing,
    "opaque": _nothing,
}
