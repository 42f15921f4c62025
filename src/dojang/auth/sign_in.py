"""Signing in with a password: as often as the throttle lets, and dated before it was looked at."""

from dataclasses import dataclass

from dojang.auth.accounts import Accounts
from dojang.auth.claims import Claim
from dojang.auth.errors import InvalidCredentials, Unverified
from dojang.auth.identifiers import one_spelling
from dojang.auth.throttle import Throttle
from dojang.auth.user import User

__all__ = ["Proven", "SignIn"]


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

    def __init__(
        self, accounts: Accounts, throttle: Throttle, *, verified_only: bool = False
    ) -> None:
        """Take the parts.

        Args:
            accounts: Who may sign in.
            throttle: How often they may try.
            verified_only: Whether whoever has an e-mail address must have shown that it is theirs.
        """
        self._accounts = accounts
        self._throttle = throttle
        self._verified_only = verified_only

    async def by_password(self, login: str, password: str, *, address: str) -> Proven:
        """Return who `login` and `password` are.

        Args:
            login: As typed.
            password: As typed.
            address: Of whoever tries, as a proxy that is believed has it.

        Raises:
            InvalidCredentials: They open nothing.
            TooManyAttempts: It was tried too often; nothing was looked at.
            Unverified: They are right, and the e-mail address has to be verified first.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store did not answer; it is no attempt.
        """
        at = self._accounts.clock()
        found = await self._accounts.find_login(login)
        async with self._throttle.attempt(one_spelling(login), address=address):
            try:
                user = await self._accounts.check_password(login, password)
            except InvalidCredentials:
                raise InvalidCredentials(account=found.id if found else None) from None
        self.admit(user)
        return Proven(user, at)

    def admit(self, user: User) -> None:
        """Refuse whoever has still to show that their e-mail address is theirs.

        For every way of signing in but a link or a code that was mailed there, which shows it.

        Raises:
            Unverified: They have.
        """
        if self._verified_only and user.email is not None and not user.email_verified:
            raise Unverified(user.id)

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

    async def claim(
        self,
        *,
        address: str,
        email: str,
        username: str | None = None,
        password: str,
        name: str | None = None,
    ) -> Claim:
        """Return what whoever comes typed to have an account; see `Accounts.claim`.

        Args:
            address: As for `sign_up`.
            email: As for `Accounts.claim`, and so are the others.
            username: As for `Accounts.claim`.
            password: As for `Accounts.claim`.
            name: As for `Accounts.claim`.

        Raises:
            TooManyAttempts: Too many were asked for from there; nothing was looked at.
            InvalidInput: As for `Accounts.claim`, and so are the others.
            AlreadyTaken: As for `Accounts.claim`.
            TooBusy: As for `Accounts.claim`.
            Unavailable: As for `Accounts.claim`; or the store did not answer.
        """
        await self._throttle.sign_up(address=address)
        return await self._accounts.claim(
            email=email, username=username, password=password, name=name
        )
