"""Signing in with a password: as often as the throttle lets, and dated before it was looked at."""

from dataclasses import dataclass

from dojang.auth.accounts import Accounts
from dojang.auth.errors import InvalidCredentials
from dojang.auth.identifiers import fold
from dojang.auth.throttle import Throttle
from dojang.auth.user import User

__all__ = ["Proven", "SignIn"]

_LOOKED_AT = 1024  # characters of what is typed that tell one unknown login from another


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who knows the password.

    Attributes:
        user: Their account.
        at: When they began to prove it, in unix milliseconds: for `Session.login(at=)`, so that
            a change of the password in between ends what comes of it.
    """

    user: User
    at: int


class SignIn:
    """What stands between a form and `Accounts`."""

    def __init__(self, accounts: Accounts, throttle: Throttle) -> None:
        """Take the parts."""
        self._accounts = accounts
        self._throttle = throttle

    async def by_password(self, login: str, password: str, *, address: str) -> Proven:
        """Return who `login` and `password` are.

        Args:
            login: As typed.
            password: As typed.
            address: Of whoever tries, as a proxy that is believed has it.

        Raises:
            InvalidCredentials: They open nothing.
            TooManyAttempts: It was tried too often; nothing was looked at.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store did not answer; it is no attempt.
        """
        at = self._accounts.clock()
        found = await self._accounts.find_login(login)
        account = f"user:{found.id}" if found else f"nobody:{fold(login[:_LOOKED_AT])}"
        async with self._throttle.attempt(account, address=address):
            try:
                return Proven(await self._accounts.check_password(login, password), at)
            except InvalidCredentials:
                raise InvalidCredentials(account=found.id if found else None) from None

    async def sign_up(
        self,
        *,
        address: str,
        email: str | None = None,
        username: str | None = None,
        password: str,
        name: str | None = None,
    ) -> User:
        """Make an account for whoever comes.

        Args:
            address: Of whoever comes, as a proxy that is believed has it.
            email: As for `Accounts.sign_up`, and so are the others.
            username: As for `Accounts.sign_up`.
            password: As for `Accounts.sign_up`.
            name: As for `Accounts.sign_up`.

        Raises:
            TooManyAttempts: Too many were asked for from there; nothing was looked at.
            InvalidInput: As for `Accounts.sign_up`, and so are the others.
            AlreadyTaken: As for `Accounts.sign_up`.
            TooBusy: As for `Accounts.sign_up`.
            Unavailable: As for `Accounts.sign_up`; or the store did not answer.
        """
        await self._throttle.sign_up(address=address)
        return await self._accounts.sign_up(
            email=email, username=username, password=password, name=name
        )
