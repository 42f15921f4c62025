"""Which format a text is in, and what it says without a key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from dojang.errors import Malformed
from dojang.wire import base64url, json

__all__ = ["Guess", "Kind", "identify"]

Kind = Literal[
    "iron-session",
    "signed-id",
    "better-auth",
    "next-auth",
    "auth-js",
    "jwe",
    "jwt",
    "itsdangerous",
    "django",
    "cookie-session",
    "opaque",
]
Confidence = Literal["certain", "likely", "possible"]

#: Password id, salt, IV, what is sealed, its end, salt and MAC; then what iron-session adds.
_IRON = re.compile(r"Fe26\.2" + r"\*([^*]*)" * 4 + r"\*([0-9]*)\*([^*]*)\*([^*~]*)(~.*)?")
_SIGNED = re.compile(r"s:(.+)\.([A-Za-z0-9+/]{43})", re.DOTALL)
_BETTER_AUTH = re.compile(r"([A-Za-z0-9_-]{16,})\.[A-Za-z0-9+/]{43}=")
_OPAQUE = re.compile(r"[A-Za-z0-9_+/-]{24,}={0,2}")
_URL_SAFE = str.maketrans("+/", "-_")
_DJANGO_ID = re.compile(r"[a-z0-9]{32}")
_ITSDANGEROUS = re.compile(r"\.?[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}")
_DJANGO = re.compile(r"\.?[A-Za-z0-9_-]+:[A-Za-z0-9]+:[A-Za-z0-9_-]{27,43}")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text may be.

    Attributes:
        kind: For programs.
        title: For people.
        confidence: `certain` where nothing else looks like it.
        facts: What can be read without a key, by its name.
        payload: The claims that anybody can read, or None where there are none.
        expires: Unix milliseconds, where anybody can read it.
    """

    kind: Kind
    title: str
    confidence: Confidence
    facts: dict[str, str] = field(default_factory=dict[str, str])
    payload: object = None
    expires: int | None = None


def identify(text: str) -> Guess | None:
    """Return what `text` is, or None.

    Args:
        text: Any text is safe to pass.
    """
    return next(_guesses(text), None)


def _guesses(text: str) -> Iterator[Guess]:
    if found := _IRON.fullmatch(text):
        yield _iron(found)
    if found := _SIGNED.fullmatch(text):
        yield Guess(
            "signed-id",
            "a signed session id, as express-session and dojang write it",
            "certain",
            {"id": f"{len(found[1])} characters", "signature": "HMAC-SHA256"},
        )
    parts = text.split(".")
    if len(parts) == 5 and (header := _object(parts[0])):  # noqa: PLR2004 - RFC 7516 section 3.1
        yield _encrypted(header)
    if len(parts) == 3 and (header := _object(parts[0])) and "alg" in header:  # noqa: PLR2004 - RFC 7515
        yield _signed(header, parts[1])
    if _ITSDANGEROUS.fullmatch(text):
        yield Guess("itsdangerous", "a signed cookie of Flask or Starlette", "likely")
    if _DJANGO.fullmatch(text):
        yield Guess("django", "a signed cookie of Django", "likely")
    if found := _BETTER_AUTH.fullmatch(text):
        facts = {"token": f"{len(found[1])} characters", "signature": "HMAC-SHA256"}
        yield Guess("better-auth", "a signed session token of better-auth", "likely", facts)
    yield from _unsigned(text)


def _unsigned(text: str) -> Iterator[Guess]:
    if (
        text.startswith("eyJ")
        and (data := _object(text.rstrip("=").translate(_URL_SAFE))) is not None
    ):
        title = "a session of cookie-session, whose signature is in the cookie with .sig"
        yield Guess("cookie-session", title, "likely", payload=data)
    if _OPAQUE.fullmatch(text):
        maker = ", as Django's sessionid" if _DJANGO_ID.fullmatch(text) else ""
        title = f"a random value{maker}: only its maker knows what it stands for"
        yield Guess("opaque", title, "possible", {"length": f"{len(text)} characters"})


def _iron(found: "re.Match[str]") -> Guess:
    suffix = found[8] or ""
    facts = {"password id": found[1] or "none", "sealed": f"{len(found[4])} characters"}
    maker = "iron-session" if suffix.startswith("~2") else "@hapi/iron or next-iron-session"
    expires = int(found[5][:20]) if found[5] else None
    return Guess("iron-session", f"a seal of {maker} (Fe26.2)", "certain", facts, None, expires)


def _encrypted(header: dict[str, Any]) -> Guess:
    alg, enc = header.get("alg"), header.get("enc")
    facts = _named(header, "alg", "enc", "kid")
    if alg == "dir" and enc == "A256CBC-HS512":
        return Guess("auth-js", "a session token of Auth.js (JWE)", "likely", facts)
    if alg == "dir" and enc == "A256GCM":
        return Guess("next-auth", "a session token of next-auth 4 (JWE)", "likely", facts)
    return Guess("jwe", "an encrypted token (JWE)", "certain", facts)


def _signed(header: dict[str, Any], body: str) -> Guess:
    facts = _named(header, "alg", "typ", "kid")
    claims = _object(body)
    ends = claims.get("exp") if claims else None
    readable = isinstance(ends, int | float) and abs(ends) < _FAR
    expires = round(float(ends or 0) * 1000) if readable else None
    title = "a signed token (JWT)" if claims else "a signed token (JWS)"
    return Guess("jwt", title, "certain", facts, claims, expires)


def _named(header: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(header[name])[:_SHOWN] for name in names if name in header}


#: Characters of a member of a header that are shown, inclusive.
_SHOWN = 80

#: Unix seconds that nobody means.
_FAR = 1e12


def _object(text: str) -> dict[str, Any] | None:
    try:
        return json.loads_object(base64url.decode(text))
    except Malformed:
        return None
