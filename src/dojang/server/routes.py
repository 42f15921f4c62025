"""The routes of the API in one table, which the server serves and OpenAPI describes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dojang.auth import AlreadyTaken, InvalidCredentials, InvalidInput, TooBusy
from dojang.errors import (
    Anonymous,
    BadSignature,
    DojangError,
    Expired,
    Malformed,
    Missing,
    Oversized,
    Revoked,
    Rotated,
    TooManySessions,
    Unavailable,
    Unknown,
    UnknownKey,
)
from dojang.server import api
from dojang.server.errors import (
    BadJson,
    BodyTooLarge,
    InvalidBody,
    NoSuchSession,
    UnsupportedMediaType,
)
from dojang.server.models import (
    DevicesAnswer,
    EndedAnswer,
    Form,
    LogIn,
    Nothing,
    SessionAnswer,
    SignUp,
    UserAnswer,
)
from dojang.wire.cross_site import CrossSite, UnprovenOrigin

__all__ = ["PREFIX", "TABLE", "Entry", "api_routes"]

PREFIX = "/api/auth"

Errors = tuple[type[DojangError], ...]

#: What any body can meet.
_BODY: Errors = (
    BadJson,
    CrossSite,
    UnprovenOrigin,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidBody,
)

#: Why nobody is signed in.
_NOBODY: Errors = (
    Anonymous,
    Missing,
    Malformed,
    Oversized,
    BadSignature,
    UnknownKey,
    Expired,
    Revoked,
    Unknown,
    Rotated,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation.

    Attributes:
        method: Of HTTP.
        path: Below `PREFIX`.
        handler: What it does; the first line of its docstring is said of it.
        body: What comes in, if anything may.
        status: When it is done.
        answer: What goes out then, if anything does.
        errors: What it may refuse with.
    """

    method: str
    path: str
    handler: Callable[[Request], Awaitable[Response]]
    body: type[Form] | None = None
    status: int = 200
    answer: type[BaseModel] | None = None
    errors: Errors = ()


TABLE = (
    Entry(
        method="POST",
        path="/signup",
        handler=api.sign_up,
        body=SignUp,
        status=201,
        answer=UserAnswer,
        errors=(*_BODY, InvalidInput, AlreadyTaken, TooBusy, Unavailable),
    ),
    Entry(
        method="POST",
        path="/login",
        handler=api.log_in,
        body=LogIn,
        answer=UserAnswer,
        errors=(*_BODY, InvalidCredentials, TooManySessions, TooBusy, Unavailable),
    ),
    Entry(
        method="POST",
        path="/logout",
        handler=api.log_out,
        body=Nothing,
        status=204,
        errors=(*_BODY, Unavailable),
    ),
    Entry(
        method="GET",
        path="/check",
        handler=api.check,
        answer=UserAnswer,
        errors=(*_NOBODY, Unavailable),
    ),
    Entry(
        method="GET",
        path="/session",
        handler=api.show_session,
        answer=SessionAnswer,
        errors=(Revoked, Unavailable),
    ),
    Entry(
        method="GET",
        path="/sessions",
        handler=api.list_sessions,
        answer=DevicesAnswer,
        errors=(*_NOBODY, Unavailable),
    ),
    Entry(
        method="POST",
        path="/sessions/end-others",
        handler=api.end_others,
        body=Nothing,
        answer=EndedAnswer,
        errors=(*_BODY, *_NOBODY, Unavailable),
    ),
    Entry(
        method="DELETE",
        path="/sessions/{handle}",
        handler=api.end_session,
        status=204,
        errors=(CrossSite, *_NOBODY, NoSuchSession, Unavailable),
    ),
)

#: For the router.
api_routes = [Route(entry.path, entry.handler, methods=[entry.method]) for entry in TABLE]
