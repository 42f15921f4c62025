"""The bodies of the API: what may come in, and what goes out."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from dojang.auth import User
from dojang.auth.second_factor import State
from dojang.session.session import Session
from dojang.sessions import Entry
from dojang.tokens import Pair, TokenDevice

__all__ = [
    "ActiveAnswer",
    "AddSecondFactor",
    "AuthenticatorAnswer",
    "ChangePassword",
    "Confirm",
    "CookieHeader",
    "DeviceAnswer",
    "DevicesAnswer",
    "EndedAnswer",
    "KeysAnswer",
    "KnownSessionAnswer",
    "LogIn",
    "Nothing",
    "PairAnswer",
    "ProblemAnswer",
    "RecoveryCodesAnswer",
    "Refresh",
    "SecondFactorAnswer",
    "SessionAnswer",
    "SignUp",
    "Token",
    "TokenAnswer",
    "TokenDeviceAnswer",
    "TokenRequest",
    "UserAnswer",
    "WithCode",
    "instant",
]

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Password = Annotated[str, Field(repr=False, json_schema_extra={"format": "password"})]
Code = Annotated[str, Field(repr=False)]
OptionalCode = Annotated[str | None, Field(repr=False)]


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
    """Who, and the proof. With an `@` the login is an e-mail address.

    The code is that of the second factor, where the account has one; it may come afterwards.
    """

    login: str
    password: Password
    code: OptionalCode = None
    remember: bool = True


class ChangePassword(Form):
    """The password until now, as the proof, and the one from now on."""

    old_password: Password
    new_password: Password


class WithCode(Form):
    """The code of an authenticator, or a recovery code."""

    code: Code


class Confirm(Form):
    """The password; or the code of the second factor, where there is one."""

    password: Annotated[str | None, Field(repr=False, json_schema_extra={"format": "password"})] = (
        None
    )
    code: OptionalCode = None


class AddSecondFactor(Form):
    """What was begun, and the code that the app shows."""

    ticket: Password
    code: Code


class TokenRequest(Form):
    """Who, and the proof; neither where a session of the request says who.

    The code is that of the second factor, where the account has one.
    """

    login: str | None = None
    password: Annotated[str | None, Field(repr=False, json_schema_extra={"format": "password"})] = (
        None
    )
    code: OptionalCode = None


class Refresh(Form):
    """A refresh token."""

    refresh_token: Password


class Nothing(Form):
    """No body, or an empty object."""


class UserAnswer(BaseModel):
    """An account."""

    id: str
    email: str | None
    email_verified: bool
    username: str | None
    name: str | None
    created: Instant

    @classmethod
    def of(cls, user: User) -> Self:
        """Return what is said of `user`."""
        return cls(
            id=user.id,
            email=user.email,
            email_verified=user.email_verified,
            username=user.username,
            name=user.name,
            created=instant(datetime.fromtimestamp(user.created / 1000, UTC)),
        )


class TokenAnswer(BaseModel):
    """What a client without cookies sends from now on, as `Authorization: Bearer`."""

    token: Password
    user: UserAnswer


class SecondFactorAnswer(BaseModel):
    """Whether there is a second factor, since when, and how many recovery codes are left."""

    enabled: bool
    created: Instant | None = None
    recovery_codes_left: int = 0

    @classmethod
    def of(cls, state: State | None) -> Self:
        """Return what is said of `state`."""
        if state is None:
            return cls(enabled=False)
        made = instant(datetime.fromtimestamp(state.made / 1000, UTC))
        return cls(enabled=True, created=made, recovery_codes_left=state.codes_left)


class AuthenticatorAnswer(BaseModel):
    """What an app is told, as base32 and as the address in a QR code, and what to send back."""

    secret: Password
    address: Password
    ticket: Password


class RecoveryCodesAnswer(BaseModel):
    """What opens the account without the authenticator, each once. They are not shown again."""

    recovery_codes: list[str]


class SessionAnswer(BaseModel):
    """The session of the request; where there is none, only `rejected` says something.

    `authenticated` and `methods` are when and how the user last proved who they are (RFC 8176).
    """

    user_id: str | None
    handle: str | None
    created: Instant | None
    expires: Instant | None
    authenticated: Instant | None
    methods: list[str]
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
            methods=list(session.methods),
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


class TokenDeviceAnswer(BaseModel):
    """One device with a refresh token; `reused` says when a used one came back and ended it."""

    handle: str
    session: str | None
    created: Instant
    seen: Instant
    expires: Instant
    reused: Instant | None
    address: str
    agent: str

    @classmethod
    def of(cls, device: TokenDevice) -> Self:
        """Return the line of `device`."""
        return cls(
            handle=device.handle,
            session=device.session,
            created=instant(device.created),
            seen=instant(device.seen),
            expires=instant(device.expires),
            reused=_instant(device.reused),
            address=device.device.address,
            agent=device.device.agent,
        )


class DevicesAnswer(BaseModel):
    """Where an account is signed in, newest first: sessions, and clients with tokens."""

    sessions: list[DeviceAnswer]
    clients: list[TokenDeviceAnswer] = []


class PairAnswer(BaseModel):
    """A pair. Source: RFC 6749 section 5.1."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int

    @classmethod
    def of(cls, pair: Pair, *, now: int) -> Self:
        """Return the answer that carries `pair`."""
        return cls(
            access_token=pair.access,
            token_type="Bearer",  # noqa: S106 - a kind of token
            expires_in=(pair.expires - now) // 1000,
            refresh_token=pair.refresh,
            refresh_expires_in=(pair.refresh_expires - now) // 1000,
        )


class EndedAnswer(BaseModel):
    """How many sessions were ended."""

    ended: int


class Token(Form):
    """A token, as a form has it."""

    token: Password
    token_type_hint: str | None = None


class ActiveAnswer(BaseModel):
    """What is known of a token; of one that is not good, only that. Source: RFC 7662."""

    model_config = ConfigDict(extra="allow")

    active: bool


class CookieHeader(Form):
    """What a browser sent to a service, as it came."""

    cookie: Annotated[str, Field(max_length=32_768)]


class KnownSessionAnswer(BaseModel):
    """Whose session a cookie is; of one that is not good, why not."""

    active: bool
    code: str | None = None
    user: UserAnswer | None = None
    roles: list[str] = []
    session: SessionAnswer | None = None

    @classmethod
    def of(cls, user: User, session: Session) -> Self:
        """Return what is said of a session that is good."""
        return cls(
            active=True,
            user=UserAnswer.of(user),
            roles=list(user.roles),
            session=SessionAnswer.of(session),
        )


class KeysAnswer(BaseModel):
    """The public keys of access tokens. Source: RFC 7517 section 5."""

    keys: list[dict[str, str]]


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
