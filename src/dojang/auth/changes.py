"""Changes of an account that sign out whoever signed in before."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from dojang.auth import rows
from dojang.auth.accounts import Accounts
from dojang.auth.errors import InvalidCredentials
from dojang.auth.identifiers import one_spelling
from dojang.auth.threads import off_loop
from dojang.auth.throttle import Throttle
from dojang.auth.user import User
from dojang.session.session import Session

__all__ = ["AccountChanges", "Farewell", "SignOut"]

T = TypeVar("T")

#: Finds what the owner of an account allowed elsewhere, and returns what ends it: that is called
#: once the account is gone, and whatever goes wrong in it stays there.
Farewell = Callable[[str], Awaitable[Callable[[], Awaitable[None]]]]


class SignOut(Protocol):
    """Ends all that a user is signed in with: `Tokens.end_all`, or `Sessions.end_all`."""

    async def __call__(self, user: str, *, but: Session | str | None = None) -> int:
        """End it, but what belongs to one session; say how many ended."""
        ...


class AccountChanges:
    """Changes accounts, and fences every session and refresh token from before, in every home.

    Everybody is signed out twice: before, so that nothing is changed where nobody can be signed
    out, and whoever is told so may try again; and afterwards, because of who came in meanwhile.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        sign_out: SignOut,
        throttle: Throttle | None = None,
        farewell: Farewell | None = None,
    ) -> None:
        """Take the accounts.

        Args:
            accounts: Who may sign in.
            sign_out: `tokens.end_all`; or `sessions.end_all` where there are no tokens.
            throttle: That of `SignIn`: whoever has somebody's session guesses no faster here.
            farewell: What is done elsewhere when an account is deleted.
        """
        self._accounts = accounts
        self._sign_out = sign_out
        self._throttle = throttle
        self._farewell = farewell

    async def change_password(
        self,
        user_id: str,
        *,
        old: str,
        new: str,
        but: Session | str | None = None,
        address: str = "",
    ) -> None:
        """Give an account another password, asked for by whoever knows the one it has.

        Of parallel changes from the same password, one succeeds.

        Args:
            user_id: As in `User.id`; any text is safe to pass.
            old: As typed; the password until now.
            new: As typed; `Accounts.policy` has the limits.
            but: The session that asks, which stays, with its tokens; or its handle.
            address: Of whoever asks, as a proxy that is believed has it.

        Raises:
            InvalidCredentials: `old` is not its password, or there is no such account that is open.
            TooManyAttempts: It was tried too often, here and at the sign-in; nothing was looked at.
            InvalidInput: `new` breaks a rule; nobody was signed out.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store of the sessions did not answer. Who was signed in
                may be signed out; the new password holds only if it opens the account.
        """
        user, kept = await self._throttled(user_id, old, address)
        if not await self._set_password(user, new, old=kept, but=but):
            raise InvalidCredentials

    async def confirm(self, user_id: str, password: str, *, address: str = "") -> User:
        """Return an account to whoever is signed in to it and proves it once more; nothing changes.

        Args:
            user_id: As in `User.id`; any text is safe to pass.
            password: As typed.
            address: Of whoever asks, as a proxy that is believed has it.

        Raises:
            InvalidCredentials: It is not its password, or there is no such account that is open.
            TooManyAttempts: It was tried too often, here and at the sign-in; nothing was looked at.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store did not answer; it is no attempt.
        """
        user, _ = await self._throttled(user_id, password, address)
        return user

    async def hash(self, user: User, password: str) -> str:
        """Return the hash of a new password for an account, once it breaks no rule.

        Args:
            user: Whose names are no passwords.
            password: As typed; `Accounts.policy` has the limits.

        Raises:
            InvalidInput: `password` breaks a rule.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: There is no memory for it.
        """
        own = [name for name in (user.email, user.username) if name]
        await off_loop(partial(self._accounts.policy.check, password, also=own))
        return await self._accounts.hasher.hash(password)

    async def set_password(self, user_id: str, password: str) -> bool:
        """Give an account another password, whatever it had: a reset, or by who looks after them.

        Args:
            user_id: As in `User.id`; any text is safe to pass.
            password: As typed; `Accounts.policy` has the limits.

        Returns:
            Whether there is such an account; one that is disabled stays so.

        Raises:
            InvalidInput: `password` breaks a rule; nobody was signed out.
            TooBusy: As for `change_password`.
            Unavailable: As for `change_password`.
        """
        user = await self._accounts.find(user_id, also_disabled=True)
        return user is not None and await self._set_password(user, password)

    async def claim(self, user: User, *, but: Session | str | None = None) -> bool:
        """Give an account to whoever has shown that its address is theirs, where nobody had before.

        Somebody else may have made it, to lie in wait for its owner. So nothing opens it that was
        set before, and nobody stays signed in; but where the address was vouched for, all stays.

        Args:
            user: The account, as it was before.
            but: The session that has shown it, which stays, with its tokens; or its handle.

        Returns:
            Whether that was so; an account whose address was shown before is left as it is, and so
            is one with a second factor, which no mail by itself opens.

        Raises:
            Unavailable: The database or the store of the sessions did not answer; try again.

        Source: Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022.
        """
        if user.email is None or user.email_verified:
            return False
        if not user.claims:
            await self._accounts.verify_email(user.id, user.email)
            return False
        claim = partial(rows.claim, self._accounts.engine, user.id, user.email)
        return await self.apart(user.id, partial(off_loop, claim), but=but)

    async def set_disabled(self, user_id: str, *, disabled: bool) -> bool:
        """Disable an account, or enable it; nobody is signed in to it afterwards.

        Returns:
            Whether there is such an account.

        Raises:
            Unavailable: The database or the store of the sessions did not answer; try again.
        """
        if await self._accounts.find(user_id, also_disabled=True) is None:
            return False
        change = partial(rows.set_disabled, self._accounts.engine, user_id, disabled=disabled)
        return await self.apart(user_id, partial(off_loop, change))

    async def delete(self, user_id: str) -> bool:
        """Delete an account; what the application keeps about its user is the application's.

        Returns:
            Whether there was such an account.

        Raises:
            Unavailable: The database or the store of the sessions did not answer; try again.
        """
        if await self._accounts.find(user_id, also_disabled=True) is None:
            return False
        goodbye = await self._farewell(user_id) if self._farewell else None
        gone = partial(rows.delete, self._accounts.engine, user_id)
        done = await self.apart(user_id, partial(off_loop, gone))
        if done and goodbye:
            await goodbye()
        return done

    async def apart(
        self,
        user_id: str,
        change: Callable[[], Awaitable[T]],
        *,
        but: Session | str | None = None,
    ) -> T:
        """Make a change that nothing from before it outlives, and return what came of it.

        Args:
            user_id: Who is signed out.
            change: Made between signing out and signing out again; what it raises goes on.
            but: The session that stays, with its tokens; or its handle.

        Raises:
            Unavailable: The store of the sessions did not answer.
        """
        await self._sign_out(user_id, but=but)
        done = await change()
        await self._sign_out(user_id, but=but)
        return done

    async def _throttled(self, user_id: str, password: str, address: str) -> tuple[User, str]:
        if self._throttle is None:
            return await self._proven(user_id, password)
        user = await self._accounts.find(user_id)
        login = (user.email or user.username) if user else None
        # As at the sign-in: whoever has a stolen session guesses no faster for it.
        guessed = one_spelling(login) if login else f"user:{user_id}"
        async with self._throttle.attempt(guessed, address=address):
            return await self._proven(user_id, password)

    async def _proven(self, user_id: str, password: str) -> tuple[User, str]:
        """Return the account that the password opens, and what is kept of it."""
        accounts = self._accounts
        user = await accounts.find(user_id)
        engine = accounts.engine
        kept = await off_loop(partial(rows.password_of, engine, user.id)) if user else None
        imported = await off_loop(partial(rows.imported_hashes, engine))
        verified = await accounts.hasher.verify(kept, password, beside=imported)
        if user is None or kept is None or not verified.ok:
            raise InvalidCredentials(account=user.id if user else None)
        return user, kept

    async def _set_password(
        self,
        user: User,
        password: str,
        *,
        old: str | None = None,
        but: Session | str | None = None,
    ) -> bool:
        accounts = self._accounts
        new, now = await self.hash(user, password), accounts.clock()
        change = partial(rows.set_password, accounts.engine, user.id, old=old, new=new, now=now)
        return await self.apart(user.id, partial(off_loop, change), but=but)
