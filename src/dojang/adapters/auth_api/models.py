"""The bodies of the API: what may come in, and what goes out."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from dojang.auth import User
from dojang.session.session import Session
from dojang.sessions import Entry

__all__ = [
    "DeviceAnswer",
    "DevicesAnswer",
    "EndedAnswer",
    "LogIn",
    "Nothing",
    "ProblemAnswer",
    "SessionAnswer",
    "SignUp",
    "TokenAnswer",
    "UserAnswer",
    "instant",
]

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Password = Annotated[str, Field(repr=False, json_schema_extra={"format": "password"})]


class Form(BaseModel):
    """A body that comes in: nothing is converted, and what is not asked for is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SignUp(Form):
    """A new account: an e-mail address, a user name, or both."""

    email: str | None = None
    username: str | None = None
    password: Password
    name: str | None = None


class LogIn(Form):
    """Who, and the proof. With an `@` the login is an e-mail address."""

    login: str
    password: Password
    remember: bool = True


class Nothing(Form):
    """No body, or an empty object."""


class UserAnswer(BaseModel):
    """An account."""

    id: str
    email: str | None
    username: str | None
    name: str | None
    created: Instant

    @classmethod
    def of(cls, user: User) -> Self:
        """Return what is said of `user`."""
        return cls(
            id=user.id,
            email=user.email,
            username=user.username,
            name=user.name,
            created=instant(datetime.fromtimestamp(user.created / 1000, UTC)),
        )


class TokenAnswer(BaseModel):
    """What a client without cookies sends from now on, as `Authorization: Bearer`."""

    token: Password
    user: UserAnswer


class SessionAnswer(BaseModel):
    """The session of the request; all but `rejected` is null where there is none."""

    user_id: str | None
    handle: str | None
    created: Instant | None
    expires: Instant | None
    authenticated: Instant | None
    rejected: str | None

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return what is said of `session`: its name, never its id."""
        return cls(
            user_id=None if session.user is None else str(session.user),
            handle=session.handle,
            created=_instant(session.created),
            expires=_instant(session.expires),
            authenticated=_instant(session.authenticated),
            rejected=session.rejected,
        )


class DeviceAnswer(BaseModel):
    """One line of the device list."""

    handle: str
    this: bool
    created: Instant
    seen: Instant | None
    renewed: Instant | None
    expires: Instant | None
    address: str
    agent: str

    @classmethod
    def of(cls, entry: Entry, *, this: bool) -> Self:
        """Return the line of `entry`."""
        return cls(
            handle=entry.handle,
            this=this,
            created=instant(entry.created),
            seen=_instant(entry.seen),
            renewed=_instant(entry.renewed),
            expires=_instant(entry.expires),
            address=entry.device.address,
            agent=entry.device.agent,
        )


class DevicesAnswer(BaseModel):
    """Where an account is signed in, newest login first."""

    sessions: list[DeviceAnswer]


class EndedAnswer(BaseModel):
    """How many sessions were ended."""

    ended: int


class ProblemAnswer(BaseModel):
    """Why not. Source: RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None


def instant(at: datetime) -> str:
    """Return an instant in UTC as ISO 8601 with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
