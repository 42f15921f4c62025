"""Cases of js_engine.json: exact text as Node writes it."""

from typing import Any

from dojang.wire import json
from dojang.wire.js import cookie_header, percent
from dojang.wire.js.date import http_date
from tests.interop.express import attributes
from tests.interop.values import plain

Case = dict[str, Any]


def _stringify(case: Case) -> Any:
    return json.dumps(_with_buffers(plain(case["payload"])))


def _with_buffers(value: Any) -> Any:
    # Bytes have no JSON; Node's Buffer writes itself like this.
    if isinstance(value, bytes):
        return {"type": "Buffer", "data": list(value)}
    if isinstance(value, dict):
        return {key: _with_buffers(member) for key, member in value.items()}
    return value


def _encode(case: Case) -> Any:
    return percent.encode(case["payload"])


def _decode(case: Case) -> Any:
    return percent.decode(case["wire"])


def _http_date(case: Case) -> Any:
    return http_date(case["payload"])


def _cookie_serialize(case: Case) -> Any:
    options = case["options"]
    max_age, expires = options.get("maxAge"), options.get("expires")
    return attributes(options, path=None).set(
        percent.encode(case["payload"]),
        max_age=None if max_age is None else int(max_age),
        expires=None if expires is None else http_date(expires["$date"]),
    )


def _cookie_parse(case: Case) -> Any:
    return cookie_header.parse(case["wire"])


READERS = {
    "json_stringify": _stringify,
    "encode_uri_component": _encode,
    "decode_uri_component": _decode,
    "http_date": _http_date,
    "cookie_serialize": _cookie_serialize,
    "cookie_parse": _cookie_parse,
}
WRITERS: dict[str, Any] = {}
