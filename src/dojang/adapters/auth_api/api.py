"""The JSON API: sign-up, login, logout, and who is signed in where."""

from collections.abc import Sequence

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.answers import Answer, empty
from dojang.adapters.auth_api.bodies import read
from dojang.adapters.auth_api.confirming import Confirming
from dojang.adapters.auth_api.entrance import Entrance, Factors
from dojang.adapters.auth_api.errors import InvalidBody, NoSuchSession
from dojang.adapters.auth_api.journal import Journal
from dojang.adapters.auth_api.mailing import Mailing
from dojang.adapters.auth_api.models import (
    ChangePassword,
    Confirm,
    DeviceAnswer,
    DevicesAnswer,
    EndedAnswer,
    LogIn,
    Nothing,
    SessionAnswer,
    SignUp,
    TokenAnswer,
    TokenDeviceAnswer,
    UserAnswer,
)
from dojang.adapters.nobody import nobody
from dojang.auth import (
    AccountChanges,
    Accounts,
    InvalidCredentials,
    InvalidInput,
    SignIn,
    Throttle,
    TooManyAttempts,
    Unverified,
    User,
)
from dojang.auth.half_way import HalfWay
from dojang.errors import Revoked
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.tokens import TokenDevice, Tokens

__all__ = ["FRESH", "AuthApi"]

#: Seconds, inclusive, for which a login is fresh enough to change what opens an account.
FRESH = 600


class AuthApi:
    """The handlers of the routes, over the session that `SessionMiddleware` opened."""

    def __init__(
        self,
        sessions: Sessions,
        accounts: Accounts,
        *,
        tokens: Tokens | None = None,
        throttle: Throttle | None = None,
        journal: Journal | None = None,
        mailing: Mailing | None = None,
        factors: Factors | None = None,
        fresh: int = FRESH,
    ) -> None:
        """Take the parts.

        Args:
            sessions: The middleware's.
            accounts: Who may sign in.
            tokens: Access tokens that are taken where a cookie is, and what is listed beside the
                sessions; made of the same sessions.
            throttle: How often passwords may be tried; counted in the store of the sessions, and
                in memory where they have none, unless given.
            journal: Where what happens is noted; the log `dojang` unless given.
            mailing: Who is told of what is to be mailed. A sign-up then says nothing of accounts
                that there are; without it, it does.
            factors: The second factors of accounts; none unless given.
            fresh: Seconds after which a login is too old for changes of what opens an account.
        """
        self.factors, self.fresh, self.clock = factors, fresh, sessions.clock
        self._sessions = sessions
        self._accounts = accounts
        self._tokens = tokens
        throttle = throttle or Throttle.beside(sessions)
        self._sign_in = SignIn(
            accounts, throttle, verified_only=mailing is not None and mailing.verified_only
        )
        self._changes = AccountChanges(
            accounts, sign_out=(tokens or sessions).end_all, throttle=throttle
        )
        self._journal = journal or Journal()
        self._mailing = mailing
        self.entrance = Entrance(accounts, self._journal, factors)
        self.confirming = Confirming(
            self._changes,
            self._journal,
            factors.second if factors else None,
            clock=sessions.clock,
        )

    async def sign_up(self, request: Request) -> Answer:
        """Make an account, and sign in with it; by mail, once the address is shown."""
        form = await read(request, SignUp)
        if self._mailing and (form.email or self._mailing.verified_only):
            return await self._claim(request, form, self._mailing)
        user = await self._sign_in.sign_up(
            address=callers.address(request),
            email=form.email,
            username=form.username,
            password=form.password,
            name=form.name,
        )
        first = HalfWay(user=user.id, event="signed-up")
        await self.entrance.enter(request, first)
        return Answer(UserAnswer.of(user), 201)

    async def _claim(self, request: Request, form: SignUp, mailing: Mailing) -> Answer:
        claim = await self._sign_in.claim(
            address=callers.address(request),
            email=form.email or "",
            username=form.username,
            password=form.password,
            name=form.name,
        )
        await mailing.claimed(request, claim)
        return Answer(None, 202)

    async def log_in(self, request: Request) -> Answer:
        """Sign in."""
        user, _ = await self._log_in(request)
        return Answer(UserAnswer.of(user))

    async def log_in_for_token(self, request: Request) -> Answer:
        """Sign in, for a client that sends a token instead of cookies."""
        user, session = await self._log_in(request)
        return Answer(TokenAnswer(token=session.token or "", user=UserAnswer.of(user)))

    async def log_out(self, request: Request) -> Answer:
        """Sign out here. Fine when nobody is signed in."""
        await read(request, Nothing)
        session = session_of(request)
        user = session.user
        session.logout()
        await session.save()
        if user is not None:
            await self._journal.note(request, "logged-out", user=str(user))
        return empty()

    async def check(self, request: Request) -> Answer:
        """Say who is signed in."""
        return Answer(UserAnswer.of(await self.signed_in(request)))

    async def show_session(self, request: Request) -> Answer:
        """Say what is known of the session of this request."""
        session = session_of(request)
        if session.user is not None:
            await self.signed_in(request)
        return Answer(SessionAnswer.of(session))

    async def change_password(self, request: Request) -> Answer:
        """Change the password of this account, and sign out everywhere else.

        The session that asks goes on under a new id, with its tokens.
        """
        form = await read(request, ChangePassword)
        user = await self.signed_in(request)
        try:
            await self._changes.change_password(
                user.id,
                old=form.old_password,
                new=form.new_password,
                but=callers.here(request),
                address=callers.address(request),
            )
        except (InvalidCredentials, TooManyAttempts) as error:
            await self._journal.refused(request, "password-refused", error)
            raise
        except InvalidInput as refused:
            raise InvalidInput("new_password", str(refused)) from None
        await callers.go_on(request)
        await self._journal.note(request, "password-changed", user=user.id)
        return empty()

    async def confirm(self, request: Request) -> Answer:
        """Prove once more who is signed in; the session goes on under a new id, as fresh as new."""
        form = await read(request, Confirm)
        await self.signed_in(request)
        session = callers.session(request)
        if (form.password is None) == (form.code is None):
            raise InvalidBody("password", "write the password, or the code; one of them")
        if form.password is not None:
            await self.confirming.by_password(request, form.password)
        else:
            await self.confirming.by_code(request, form.code or "")
        return Answer(SessionAnswer.of(session))

    async def list_sessions(self, request: Request) -> Answer:
        """List where this account is signed in."""
        user = await self.signed_in(request)
        here = session_of(request).handle
        entries = await self._sessions.list(user.id)
        lines = [DeviceAnswer.of(entry, this=entry.handle == here) for entry in entries]
        clients = [TokenDeviceAnswer.of(device) for device in await self._clients(user)]
        return Answer(DevicesAnswer(sessions=lines, clients=clients))

    async def end_session(self, request: Request) -> Answer:
        """End one session or client of this account; ending this one signs out here."""
        user = await self.signed_in(request)
        sessions, session = self._sessions, session_of(request)
        handle: str = request.path_params["handle"]
        if self._tokens and handle in {client.handle for client in await self._clients(user)}:
            await self._tokens.end(handle)
        elif handle not in {entry.handle for entry in await sessions.list(user.id)}:
            raise NoSuchSession
        elif handle == session.handle:
            session.logout()
        else:
            await sessions.end(handle)
        await self._journal.note(request, "session-ended", user=user.id, ended=handle)
        return empty()

    async def end_others(self, request: Request) -> Answer:
        """End all sessions and clients of this account but the one that asks."""
        await read(request, Nothing)
        user = await self.signed_in(request)
        ended = await (self._tokens or self._sessions).end_all(user.id, but=callers.here(request))
        await self._journal.note(request, "other-sessions-ended", user=user.id, ended=ended)
        return Answer(EndedAnswer(ended=ended))

    @property
    def journal(self) -> Journal:
        """Where what happens is noted."""
        return self._journal

    async def signed_in(self, request: Request) -> User:
        """Return the account behind the session, or the access token, of a request.

        Raises:
            Rejected: Nobody is signed in; the code says why.
            Disagreeing: Cookie and access token are not of one user.
            Revoked: The account was disabled or deleted; the session is ended with that.
        """
        session = session_of(request)
        token = callers.bearer(request) if self._tokens else None
        if self._tokens and token is not None:
            id = await callers.by_token(request, self._tokens, token)
        elif session.user is None:
            raise nobody(session)
        else:
            id = str(session.user)
        user = await self._accounts.find(id)
        if user is None:
            session.logout()
            raise Revoked("the account was closed, and its sessions with it")
        return user

    async def _clients(self, user: User) -> Sequence[TokenDevice]:
        return await self._tokens.list(user.id) if self._tokens else ()

    async def fresh_user(self, request: Request) -> User:
        """Return the account behind a session that signed in lately, as `Confirming` has it.

        Raises:
            SessionNeeded: An access token came in its place.
            StaleLogin: It did not.
            Rejected: As for `signed_in`, and so are the others.
            Disagreeing: As for `signed_in`.
            Revoked: As for `signed_in`.
        """
        user = await self.signed_in(request)
        await self.confirming.require_fresh(request, within=self.fresh)
        return user

    async def end_others_of(self, request: Request, user: User) -> None:
        """End all that an account is signed in with but the session of a request, where we can."""
        if self._sessions.revocable:
            await (self._tokens or self._sessions).end_all(user.id, but=session_of(request))

    async def _log_in(self, request: Request) -> tuple[User, Session]:
        form = await read(request, LogIn)
        address = callers.address(request)
        try:
            proven = await self._sign_in.by_password(form.login, form.password, address=address)
        except (InvalidCredentials, TooManyAttempts) as error:
            await self._journal.refused(request, "login-refused", error)
            raise
        except Unverified as error:
            if self._mailing:
                await self._mailing.remind(request, error)
            raise
        first = HalfWay(user=proven.user.id, at=proven.at, methods=("pwd",), remember=form.remember)
        return proven.user, await self.entrance.enter(request, first, code=form.code)
