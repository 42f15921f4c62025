"""Cases of flask.json and starlette.json: cookies and values that itsdangerous signed."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask.json.tag import TaggedJSONSerializer
from markupsafe import Markup

from dojang.errors import Missing
from dojang.wire import cookies
from dojang.wire.itsdangerous import flask, starlette
from dojang.wire.itsdangerous.flask import FlaskCookie
from dojang.wire.itsdangerous.serializer import TimedSerializer
from dojang.wire.itsdangerous.starlette import StarletteCookie
from tests.interop.spelling import lowered, plain_cookie, respelled

Case = dict[str, Any]

#: As the adapter for Flask has it.
TAGS = TaggedJSONSerializer()

_ORDER = ["path", "max-age", "httponly", "samesite", "secure", "domain"]


def cookie_value(case: Case, name: str) -> str:
    """Return the one cookie of that name in the request."""
    found = cookies.values(case["cookie_header"], name)
    if not found:
        raise Missing("no such cookie")
    return found[0]


def _flask_read(case: Case) -> Any:
    text = cookie_value(case, case["options"]["name"])
    claims = _flask(case).decode(text, now=case["now"] * 1000).claims
    return {name: _described(TAGS._untag_scan(value)) for name, value in claims.items()}


def _flask_write(case: Case) -> dict[str, Any]:
    options = case["options"]
    session = {name: TAGS.tag(_made(value)) for name, value in case["payload"].items()}
    if options.get("permanent"):
        session["_permanent"] = True
    text = _flask(case).encode(session, expires=None, now=case["written_at"] * 1000)
    written: dict[str, Any] = {"wire": text}
    if not options.get("permanent"):  # there, the end is that of the day it was recorded
        line = plain_cookie(options["name"], http_only=True).set(text)
        written["set_cookie"] = [respelled(line, ["httponly", "path"])]
    return written


def _flask(case: Case) -> FlaskCookie:
    life = case["options"].get("PERMANENT_SESSION_LIFETIME", flask.DEFAULT_MAX_AGE)
    return FlaskCookie(case["secrets"], max_age=life)


def _described(value: Any) -> Any:
    match value:
        case tuple():
            return {"$tuple": [_described(item) for item in value]}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case UUID():
            return {"$uuid": str(value)}
        case Markup():
            return {"$markup": str(value)}
        case datetime():
            return {"$datetime": int(value.timestamp())}
        case Mapping():
            return {name: _described(item) for name, item in value.items()}
        case list():
            return [_described(item) for item in value]
        case _:
            return value


def _made(value: Any) -> Any:
    match value:
        case {"$tuple": items}:
            return tuple(_made(item) for item in items)
        case {"$bytes": text}:
            return base64.b64decode(text)
        case {"$uuid": text}:
            return UUID(text)
        case {"$markup": text}:
            return Markup(text)
        case {"$datetime": seconds}:
            return datetime.fromtimestamp(seconds, UTC)
        case dict():
            return {name: _made(item) for name, item in value.items()}
        case list():
            return [_made(item) for item in value]
        case _:
            return value


def _loads(case: Case) -> Any:
    return _serializer(case).loads(case["wire"], now=case["now"] * 1000, max_age=3600)


def _dumps(case: Case) -> dict[str, Any]:
    text = _serializer(case).dumps(case["payload"], now=case["written_at"] * 1000)
    return {"wire": text}


def _serializer(case: Case) -> TimedSerializer:
    options = case["options"]
    assert options["timed"]
    return TimedSerializer(
        case["secrets"],
        salt=options["salt"],
        digest=options["digest"],
        derivation=options["derivation"],
    )


def _starlette_read(case: Case) -> Any:
    text = cookie_value(case, case["options"]["session_cookie"])
    return _starlette(case).decode(text, now=case["now"] * 1000).claims


def _starlette_write(case: Case) -> dict[str, Any]:
    options = case["options"]
    text = _starlette(case).encode(case["payload"], expires=None, now=case["written_at"] * 1000)
    cookie = plain_cookie(
        options["session_cookie"],
        http_only=True,
        path=options.get("path", "/"),
        domain=options.get("domain"),
        secure=options.get("https_only", False),
        same_site=options.get("same_site", "lax"),
    )
    if len(text) > cookies.MAX_COOKIE:  # Starlette sends what no browser keeps
        return {"wire": text}
    line = respelled(cookie.set(text, max_age=options["max_age"]), _ORDER, lowered)
    return {"wire": text, "set_cookie": [line.replace("max-age", "Max-Age")]}


def _starlette(case: Case) -> StarletteCookie:
    return StarletteCookie(
        case["secrets"], max_age=case["options"].get("max_age", starlette.DEFAULT_MAX_AGE)
    )


READERS = {
    "flask_read": _flask_read,
    "itsdangerous_loads": _loads,
    "starlette_read": _starlette_read,
}
WRITERS = {
    "flask_read": _flask_write,
    "itsdangerous_loads": _dumps,
    "starlette_read": _starlette_write,
}
