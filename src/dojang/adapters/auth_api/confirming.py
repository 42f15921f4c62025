"""Proving once more who is signed in, before something that must not happen behind their back.

One rule: what a second factor protects, it protects also from being taken away. Of an account that
has one, nothing less than a code of it is a proof; a login that showed none is never fresh.
"""

from collections.abc import Callable

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.journal import Journal
from dojang.auth import AccountChanges, InvalidCredentials, TooManyAttempts
from dojang.auth.errors import InvalidCode, NoSecondFactor, SecondFactorNeeded
from dojang.auth.second_factor import SecondFactor
from dojang.errors import StaleLogin
from dojang.session.methods import shows_second

__all__ = ["Confirming"]


class Confirming:
    """Renews the login of a session: it goes on under a new id, with its data and its tokens."""

    def __init__(
        self,
        changes: AccountChanges,
        journal: Journal,
        second_factor: SecondFactor | None,
        *,
        clock: Callable[[], int],
    ) -> None:
        """Take the parts.

        Args:
            changes: What looks at passwords.
            journal: Where it is noted.
            second_factor: None where one factor is all there is.
            clock: Of the sessions; returns unix milliseconds.
        """
        self._changes = changes
        self._journal = journal
        self._second_factor = second_factor
        self._clock = clock

    async def code_needed(self, user_id: str) -> bool:
        """Return whether nothing less than a code proves who somebody is.

        Raises:
            Unavailable: The database did not answer: nothing proves it then.
        """
        second = self._second_factor
        return second is not None and await second.needed(user_id)

    async def fresh(self, request: Request, *, within: int) -> bool:
        """Return whether who is signed in has proved it lately, and by no less than they have.

        Args:
            request: Theirs.
            within: Seconds, inclusive.

        Raises:
            Unavailable: As for `code_needed`.
        """
        session = session_of(request)
        if not session.fresh(within=within):
            return False
        return shows_second(session.methods) or not await self.code_needed(str(session.user))

    async def require_fresh(self, request: Request, *, within: int) -> None:
        """Refuse a login that is not fresh.

        Args:
            request: As for `fresh`.
            within: As for `fresh`.

        Raises:
            SessionNeeded: An access token came, whose login can never be fresh again.
            StaleLogin: It is not.
            Unavailable: As for `code_needed`.
        """
        callers.session(request)
        if not await self.fresh(request, within=within):
            raise StaleLogin(within)

    async def by_password(self, request: Request, password: str) -> None:
        """Confirm with the password of the account.

        Raises:
            SecondFactorNeeded: The account has a second factor; the password was not looked at.
            InvalidCredentials: It is another one, or there is none.
            TooManyAttempts: It was tried too often; nothing was looked at.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store did not answer.
        """
        session, address = session_of(request), callers.address(request)
        if await self.code_needed(str(session.user)):
            raise SecondFactorNeeded(alone=True)
        at = self._clock()
        try:
            await self._changes.confirm(str(session.user), password, address=address)
        except (InvalidCredentials, TooManyAttempts) as error:
            await self._journal.refused(request, "confirmation-refused", error)
            raise
        await self.renew(request, "pwd", at=at)

    async def by_code(self, request: Request, code: str) -> None:
        """Confirm with the second factor, which is used up for this.

        Raises:
            NoSecondFactor: There is none.
            InvalidCode: The code is not good.
            TooManyAttempts: Too many were not; nothing was looked at.
            Unavailable: The database or the store did not answer.
        """
        if self._second_factor is None:
            raise NoSecondFactor
        session, address = session_of(request), callers.address(request)
        at = self._clock()
        try:
            method = await self._second_factor.check(str(session.user), code, address=address)
        except (InvalidCode, TooManyAttempts) as error:
            await self._journal.refused(request, "confirmation-refused", error)
            raise
        if method == "recovery":
            await self._journal.note(request, "recovery-code-used", user=str(session.user))
        await self.renew(request, method, at=at)

    async def renew(self, request: Request, method: str, *, at: int) -> None:
        """Let the session go on as if they had signed in just now.

        Args:
            request: Whose.
            method: What they have shown, as in `Login.methods`.
            at: When they began to, in unix milliseconds.

        Raises:
            SecondFactorNeeded: The account has a second factor, and this is none.
            Unavailable: The store did not answer.
        """
        session = session_of(request)
        if not shows_second((method,)) and await self.code_needed(str(session.user)):
            raise SecondFactorNeeded(alone=True)
        session.confirm(methods=(method,), at=at)
        await session.save()
        await self._journal.note(request, "confirmed", user=str(session.user), method=method)
