"""Problem documents: an error as JSON that programs match on and people understand."""

from dojang.errors import DojangError, Misuse, StaleLogin, Unavailable
from dojang.wire import json

__all__ = ["MEDIA_TYPE", "body", "headers"]

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def body(error: DojangError) -> bytes:
    """Return the document of an error: `type`, `title`, `status`, `code` and `detail`.

    Source: RFC 9457.
    """
    members = {
        "type": "about:blank",
        "title": _TITLES.get(error.status, "Error"),
        "status": error.status,
        # How our own code went wrong is nobody else's business, not even which way.
        "code": "internal" if isinstance(error, Misuse) else error.code,
        "detail": _detail(error),
    }
    members |= dict(error.extra)
    field = getattr(error, "field", None)
    if isinstance(field, str):
        members["field"] = field
    return json.dumps(members).encode("utf-8")


def headers(error: DojangError) -> list[tuple[str, str]]:
    """Return the headers that go with the document.

    Source: RFC 9470 section 3, for a login that is too old.
    """
    named = [("content-type", MEDIA_TYPE), ("cache-control", "no-store")]
    retry_after = getattr(error, "retry_after", None)
    if isinstance(retry_after, int):
        named.append(("retry-after", str(retry_after)))
    if isinstance(error, StaleLogin):
        named.append(("www-authenticate", _step_up(error)))
    if cookie := getattr(error, "cookie", ""):
        named.append(("set-cookie", cookie))
    return named


def _step_up(error: StaleLogin) -> str:
    return f'Bearer error="insufficient_user_authentication", max_age={error.within}'


def _detail(error: DojangError) -> str:
    if error.shown:
        return str(error)
    if isinstance(error, Unavailable):
        return f"this does not work right now; try again in {error.retry_after} s"
    return "something went wrong here; it has been logged"
