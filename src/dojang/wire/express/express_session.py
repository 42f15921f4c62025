"""What express-session stores: the data as JSON, behind a `cookie` member of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from dojang.errors import Malformed, Oversized
from dojang.wire import json
from dojang.wire.js.date import MAX_TIME, from_iso, to_iso

__all__ = [
    "MAX_STORED",
    "StoredCookie",
    "check_size",
    "decode",
    "encode",
    "instant",
    "join",
    "split",
]

#: Characters of a stored session that are looked at, inclusive.
MAX_STORED = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCookie:
    """The `cookie` member; what is None is left out, but for the two times, which are `null`.

    Attributes:
        original_max_age: Milliseconds, or None for a cookie that ends with the browser.
        expires: Unix milliseconds, or None for the same.
    """

    original_max_age: int | None = None
    partitioned: bool | None = None
    priority: str | None = None
    expires: int | None = None
    secure: bool | Literal["auto"] | None = None
    http_only: bool | None = True
    domain: str | None = None
    path: str | None = "/"
    same_site: bool | str | None = None


def encode(data: Mapping[str, object], cookie: StoredCookie) -> str:
    """Return a session as the text that express-session stores for it.

    Args:
        data: A JSON object without a member `cookie`, which is express-session's own.
        cookie: What its cookie is like.

    Raises:
        NotJson: Something in `data` is not JSON.
        Malformed: `data` has the member `cookie`, or an expiry is beyond what JavaScript's dates
            hold.

    Source: express-session 1.19.0 (`MemoryStore.prototype.set`).
    """
    return json.dumps(join(data, cookie))


def decode(text: str) -> tuple[dict[str, Any], StoredCookie]:
    """Return the data and the cookie that `encode` was given.

    Raises:
        Oversized: Longer than `MAX_STORED`; nothing in it was looked at.
        Malformed: Not a JSON object with a `cookie` member of that form.

    Source: express-session 1.19.0 (`MemoryStore.prototype.get`).
    """
    check_size(text)
    return split(json.loads_object(text))


def check_size(text: str) -> None:
    """Refuse a stored session before it is decoded, if it is longer than any should be.

    Raises:
        Oversized: Longer than `MAX_STORED`.
    """
    if len(text) > MAX_STORED:
        raise Oversized(f"{len(text)} characters, at most {MAX_STORED} are looked at")


def join(data: Mapping[str, object], cookie: StoredCookie) -> dict[str, object]:
    """Return the JSON object that express-session stores: the cookie first, then the data.

    Args:
        data: A JSON object without a member `cookie`.
        cookie: What its cookie is like.

    Raises:
        Malformed: `data` has the member `cookie`, or an expiry is beyond what JavaScript's dates
            hold.

    Source: express-session 1.19.0 (`Cookie.prototype.toJSON`).
    """
    if "cookie" in data:
        raise Malformed("the member cookie belongs to express-session")
    members: dict[str, object] = {
        "originalMaxAge": cookie.original_max_age,
        "partitioned": cookie.partitioned,
        "priority": cookie.priority,
        "expires": None if cookie.expires is None else to_iso(cookie.expires),
        "secure": cookie.secure,
        "httpOnly": cookie.http_only,
        "domain": cookie.domain,
        "path": cookie.path,
        "sameSite": cookie.same_site,
    }
    always = ("originalMaxAge", "expires")
    kept = {name: value for name, value in members.items() if value is not None or name in always}
    return {"cookie": kept, **data}


def split(session: Mapping[str, Any]) -> tuple[dict[str, Any], StoredCookie]:
    """Return the data and the cookie that `join` was given.

    Args:
        session: The stored JSON object. Its `cookie.expires` is a date, unix milliseconds or null;
            of `secure`, `httpOnly` and `partitioned` it counts whether JavaScript takes it for
            true.

    Raises:
        Malformed: It has no `cookie` member of that form: a time is neither a number that a date
            holds nor what JavaScript takes for false, or a text is none.

    Source: express-session 1.19.0 (`Store.prototype.createSession`).
    """
    data = dict(session)
    members = data.pop("cookie", None)
    if not isinstance(members, Mapping):
        raise Malformed("expected a stored session with a cookie member")
    cookie = cast("Mapping[str, Any]", members)
    return data, StoredCookie(
        original_max_age=_span(cookie),
        partitioned=_flag(cookie, "partitioned"),
        priority=_text(cookie, "priority"),
        expires=instant(cookie),
        secure="auto" if cookie.get("secure") == "auto" else _flag(cookie, "secure"),
        http_only=_flag(cookie, "httpOnly"),
        domain=_text(cookie, "domain"),
        path=_text(cookie, "path"),
        same_site=_same_site(cookie),
    )


def instant(cookie: Mapping[str, object]) -> int | None:
    """Return the unix milliseconds at which a stored cookie ends, or None with the browser.

    Args:
        cookie: The `cookie` member of a session. What JavaScript takes for false is no end.

    Raises:
        Malformed: Its `expires` is neither a date nor unix milliseconds that a date holds.

    Source: connect-redis 10.0.0 (`getTTL`): `new Date(expires)` of an ISO date or a number.
    """
    expires = cookie.get("expires")
    match expires:
        case None | False | 0 | "":
            return None
        case str():
            return from_iso(expires)
        case _:
            return _whole(expires, "expires")


def _span(cookie: Mapping[str, object]) -> int | None:
    match cookie.get("originalMaxAge"):
        case None | False | "":
            return None
        case value:
            return _whole(value, "originalMaxAge")


def _whole(value: object, name: str) -> int:
    # A date of JavaScript cuts what is left of a millisecond.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_TIME:
        return int(value)
    raise Malformed(f"expected cookie.{name} to be a date or milliseconds that a date holds")


def _flag(cookie: Mapping[str, object], name: str) -> bool | None:
    value = cookie.get(name)
    # An empty list or object is true in JavaScript.
    return None if value is None else bool(value) or isinstance(value, list | dict)


def _same_site(cookie: Mapping[str, object]) -> bool | str | None:
    value = cookie.get("sameSite")
    return value if isinstance(value, bool) else _text(cookie, "sameSite")


def _text(cookie: Mapping[str, object], name: str) -> str | None:
    value = cookie.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Malformed(f"expected cookie.{name} to be text")
