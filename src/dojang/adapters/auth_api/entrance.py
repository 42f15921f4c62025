"""From the first factor to a session: at once, or by way of a code."""

from dataclasses import dataclass, replace

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.journal import Journal
from dojang.auth import Accounts, TooManyAttempts, User
from dojang.auth.errors import FirstFactorNeeded, InvalidCode, SecondFactorNeeded, VerifyFirst
from dojang.auth.half_way import HalfWay, HalfWays
from dojang.auth.second_factor import SecondFactor
from dojang.session.methods import together
from dojang.session.session import Session
from dojang.sessions import Sessions

__all__ = ["Entrance", "Factors"]


@dataclass(frozen=True, slots=True)
class Factors:
    """Second factors, and who is between the two.

    Attributes:
        second: What accounts have.
        half_ways: What browsers have shown.
        issuer: The name of the site, which apps show beside the codes.
        verified_only: Whether whoever has an e-mail address shows that it is theirs, before they
            add one.
    """

    second: SecondFactor
    half_ways: HalfWays
    issuer: str
    verified_only: bool = False

    @classmethod
    def of(
        cls,
        second: SecondFactor,
        sessions: Sessions,
        *,
        issuer: str,
        verified_only: bool = False,
    ) -> "Factors":
        """Return the second factors of those who sign in with `sessions`.

        Args:
            second: What accounts have; its secret seals what browsers have shown too.
            sessions: The middleware's.
            issuer: The name of the site, which apps show beside the codes.
            verified_only: Whether whoever has an e-mail address shows that it is theirs, before
                they add one; where mail is sent. A mail opens no account that has a second factor,
                so that whoever made one with the address of somebody else would keep them out.
        """
        half_ways = HalfWays(second.secret, cookie=sessions.cookie, clock=sessions.clock)
        return cls(second, half_ways, issuer, verified_only)

    def admit(self, user: User) -> None:
        """Let somebody add a second factor.

        Raises:
            VerifyFirst: They show first that the address of their account is theirs.
        """
        if self.verified_only and user.email is not None and not user.email_verified:
            raise VerifyFirst


class Entrance:
    """What everybody passes who signs in, however they began; nobody gets by a second factor."""

    def __init__(self, accounts: Accounts, journal: Journal, factors: Factors | None) -> None:
        """Take the parts.

        Args:
            accounts: Who may sign in.
            journal: Where it is noted.
            factors: None where one factor is all there is.
        """
        self._accounts = accounts
        self._journal = journal
        self._factors = factors

    async def enter(self, request: Request, first: HalfWay, *, code: str | None = None) -> Session:
        """Sign in somebody who has shown the first factor, and the second where there is one.

        The session goes on under a new id.

        Args:
            request: Theirs.
            first: What they have shown; an account without another factor needs no more.
            code: Of the second factor, where it came along.

        Raises:
            SecondFactorNeeded: The code is missing; the error has the cookie to go on with.
            InvalidCode: It is not good.
            TooManyAttempts: Too many were not; nothing was looked at.
            TooManySessions: The account is signed in as often as it may be.
            Unavailable: The database or the store did not answer.
        """
        methods = await self.methods(request, first, code=code)
        return await self._begin(request, replace(first, methods=methods))

    async def go_on(self, request: Request, code: str) -> User:
        """Sign in whoever this browser has shown the first factor of, with the code.

        Raises:
            FirstFactorNeeded: It has not, or too long ago, or the account is closed.
            InvalidCode: As for `enter`, and so are the others.
            TooManyAttempts: As for `enter`.
            TooManySessions: As for `enter`.
            Unavailable: As for `enter`.
        """
        factors = self._factors
        header = request.headers.get("cookie", "")
        first = factors.half_ways.find(header) if factors else None
        user = await self._accounts.find(first.user) if first else None
        if factors is None or first is None or user is None:
            raise FirstFactorNeeded
        methods = together(first.methods, await self._checked(request, factors, user.id, code))
        await self._begin(request, replace(first, methods=methods))
        return user

    async def methods(
        self, request: Request, first: HalfWay, *, code: str | None, by_cookie: bool = True
    ) -> tuple[str, ...]:
        """Return what somebody has shown, once it is enough.

        Args:
            request: As for `enter`, and so are the next two.
            first: See there.
            code: See there.
            by_cookie: Whether the code may come later, from the same browser.

        Raises:
            SecondFactorNeeded: As for `enter`, and so are the others.
            InvalidCode: As for `enter`.
            TooManyAttempts: As for `enter`.
            Unavailable: As for `enter`.
        """
        factors = self._factors
        if factors is None or not await factors.second.needed(first.user):
            return first.methods
        if code is None:
            cookie = factors.half_ways.begin(first) if by_cookie else ""
            raise SecondFactorNeeded(cookie=cookie)
        return together(first.methods, await self._checked(request, factors, first.user, code))

    async def _checked(self, request: Request, factors: Factors, user: str, code: str) -> str:
        try:
            method = await factors.second.check(user, code, address=callers.address(request))
        except (InvalidCode, TooManyAttempts) as error:
            await self._journal.refused(request, "second-factor-refused", error)
            raise
        if method == "recovery":
            await self._journal.note(request, "recovery-code-used", user=user)
        return method

    async def _begin(self, request: Request, shown: HalfWay) -> Session:
        session = session_of(request)
        session.login(shown.user, remember=shown.remember, methods=shown.methods, at=shown.at)
        # Now and not when the answer leaves, so that the log says only what came to be.
        await session.save()
        await self._journal.note(request, shown.event, user=shown.user, **shown.facts)
        return session
