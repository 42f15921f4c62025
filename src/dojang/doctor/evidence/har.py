"""HAR 1.2, as the network panels of browsers export it."""

from typing import cast

from dojang.doctor.evidence.answer import Answer, BadEvidence, Headers, answer_of
from dojang.errors import Malformed
from dojang.wire import json

__all__ = ["read_har"]


def read_har(text: str) -> list[Answer]:
    """Return every answer of a HAR file.

    Raises:
        BadEvidence: It is none.

    Source: HTTP Archive 1.2.
    """
    try:
        document = json.loads_any(text)
    except Malformed as error:
        raise BadEvidence(f"not a HAR file: {error}") from None
    entries = _member(_member(document, "log"), "entries")
    if not isinstance(entries, list):
        raise BadEvidence("not a HAR file: it has no log.entries")
    return [_answer(entry) for entry in cast("list[object]", entries)]


def _answer(entry: object) -> Answer:
    request, response = _member(entry, "request"), _member(entry, "response")
    status = _member(response, "status")
    return answer_of(
        _text(request, "url"),
        _text(request, "method"),
        status if isinstance(status, int) else 0,
        _headers(request),
        _headers(response),
    )


def _headers(message: object) -> Headers:
    found = _member(message, "headers")
    listed = cast("list[object]", found) if isinstance(found, list) else []
    return [(_text(header, "name"), _text(header, "value")) for header in listed]


def _text(value: object, name: str) -> str:
    found = _member(value, name)
    return found if isinstance(found, str) else ""


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
