"""The routes of the API in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.errors import (
    BadJson,
    BodyTooLarge,
    InvalidBody,
    NoSuchSession,
    SessionNeeded,
    UnsupportedMediaType,
)
from dojang.adapters.auth_api.models import (
    ChangePassword,
    Confirm,
    DevicesAnswer,
    EndedAnswer,
    Form,
    LogIn,
    Nothing,
    SessionAnswer,
    SignUp,
    TokenAnswer,
    UserAnswer,
)
from dojang.auth import (
    AlreadyTaken,
    InvalidCredentials,
    InvalidInput,
    TooBusy,
    TooManyAttempts,
    Unverified,
)
from dojang.auth.errors import InvalidCode, SecondFactorNeeded
from dojang.errors import (
    Anonymous,
    BadSignature,
    DojangError,
    Expired,
    Malformed,
    Missing,
    NoRoom,
    Oversized,
    Revoked,
    Rotated,
    TooManySessions,
    Unavailable,
    Unknown,
    UnknownKey,
)
from dojang.sessions import Sessions

__all__ = ["BODY", "CREDENTIALS", "NOBODY", "PASSWORD", "TABLE", "Entry", "Errors"]

Errors = tuple[type[DojangError], ...]

#: What any body can meet.
BODY: Errors = (BadJson, BodyTooLarge, UnsupportedMediaType, InvalidBody)

#: Why a password is not looked at.
PASSWORD: Errors = (TooManyAttempts, TooBusy)

#: Why nobody comes in with a password.
CREDENTIALS: Errors = (InvalidCredentials, Unverified, SecondFactorNeeded, InvalidCode)

#: Why nobody is signed in.
NOBODY: Errors = (
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
    NoRoom,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation.

    Attributes:
        method: Of HTTP.
        path: Below the prefix.
        handler: What it does; the first line of its docstring is said of it.
        body: What comes in, if anything may.
        status: When it is done.
        answer: What goes out then, if anything does.
        errors: What it may refuse with.
        only: Which quality of the sessions it is for; None for all.
        at_root: Whether the path is the whole one, as a standard gives it.
        mailed: Whether it may be 202 instead, without an answer: the rest is mailed.
        form: Whether the body is urlencoded, as OAuth has it, instead of JSON.
    """

    method: str
    path: str
    handler: Callable[[AuthApi, Request], Awaitable[Response]]
    body: type[Form] | None = None
    status: int = 200
    answer: type[BaseModel] | None = None
    errors: Errors = ()
    only: Literal["bearer", "revocable"] | None = None
    at_root: bool = False
    mailed: bool = False
    form: bool = False

    @property
    def private(self) -> bool:
        """Whether somebody has to be signed in."""
        return Anonymous in self.errors

    def serves(self, sessions: Sessions) -> bool:
        """Return whether there is such an operation over these sessions."""
        return self.only is None or bool(getattr(sessions, self.only))


TABLE = (
    Entry(
        method="POST",
        path="/signup",
        handler=AuthApi.sign_up,
        body=SignUp,
        status=201,
        answer=UserAnswer,
        mailed=True,
        errors=(*BODY, InvalidInput, AlreadyTaken, *PASSWORD, Unavailable),
    ),
    Entry(
        method="POST",
        path="/login",
        handler=AuthApi.log_in,
        body=LogIn,
        answer=UserAnswer,
        errors=(*BODY, *CREDENTIALS, TooManySessions, *PASSWORD, Unavailable),
    ),
    Entry(
        method="POST",
        path="/token",
        handler=AuthApi.log_in_for_token,
        body=LogIn,
        answer=TokenAnswer,
        errors=(*BODY, *CREDENTIALS, TooManySessions, *PASSWORD, Unavailable),
        only="bearer",
    ),
    Entry(
        method="POST",
        path="/logout",
        handler=AuthApi.log_out,
        body=Nothing,
        status=204,
        errors=(*BODY, Unavailable),
    ),
    Entry(
        method="GET",
        path="/check",
        handler=AuthApi.check,
        answer=UserAnswer,
        errors=(*NOBODY, Unavailable),
    ),
    Entry(
        method="GET",
        path="/session",
        handler=AuthApi.show_session,
        answer=SessionAnswer,
        errors=(Revoked, Unavailable),
    ),
    Entry(
        method="POST",
        path="/password",
        handler=AuthApi.change_password,
        body=ChangePassword,
        status=204,
        errors=(*BODY, *NOBODY, InvalidCredentials, InvalidInput, *PASSWORD, Unavailable),
        only="revocable",
    ),
    Entry(
        method="POST",
        path="/confirm",
        handler=AuthApi.confirm,
        body=Confirm,
        answer=SessionAnswer,
        errors=(
            *BODY,
            *NOBODY,
            SessionNeeded,
            InvalidCredentials,
            SecondFactorNeeded,
            InvalidCode,
            *PASSWORD,
            Unavailable,
        ),
    ),
    Entry(
        method="GET",
        path="/sessions",
        handler=AuthApi.list_sessions,
        answer=DevicesAnswer,
        errors=(*NOBODY, Unavailable),
        only="revocable",
    ),
    Entry(
        method="POST",
        path="/sessions/end-others",
        handler=AuthApi.end_others,
        body=Nothing,
        answer=EndedAnswer,
        errors=(*BODY, *NOBODY, Unavailable),
        only="revocable",
    ),
    Entry(
        method="DELETE",
        path="/sessions/{handle}",
        handler=AuthApi.end_session,
        status=204,
        errors=(*NOBODY, NoSuchSession, Unavailable),
        only="revocable",
    ),
)
