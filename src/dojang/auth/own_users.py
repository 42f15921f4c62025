"""Signing in with a password where the users are in a table of the application's own."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from dojang import clock as clocks
from dojang.auth.errors import InvalidCredentials
from dojang.auth.identifiers import (
    USERNAME_PATTERN,
    Login,
    fold,
    one_spelling,
    parse_email,
    parse_login,
    parse_username,
)
from dojang.auth.passwords import PasswordHasher, Verified
from dojang.auth.policy import PasswordPolicy
from dojang.auth.threads import off_loop
from dojang.auth.throttle import Throttle
from dojang.errors import Unavailable

__all__ = ["Hasher", "Holder", "OwnUsers", "PasswordTable", "ProvenUser"]

_USERNAME = re.compile(USERNAME_PATTERN)
_LOOKED_AT = 1024  # characters that are searched for an @; nothing longer is an address


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a login names.

    Attributes:
        user: Their id, as text.
        password_hash: Of any kind that the hasher reads; None where no password opens it.
        disabled: Whether nothing opens it.
    """

    user: str
    password_hash: str | None = field(repr=False)
    disabled: bool = False


class PasswordTable(Protocol):
    """The users of an application, as signing in with a password needs them.

    Beside `dojang.auth.providers.UserTable`, which is what signing in with a provider needs; one
    class may be both. A user is named by its id, as text.
    """

    async def find_login(self, login: Login) -> Holder | None:
        """Return whom a login names, disabled or not; None for nobody.

        `login.key` is folded: compare it with what was stored folded, or without regard to case.
        """
        ...

    async def sign_up(self, login: Login, password_hash: str) -> str:
        """Make a user whom a password opens, and return it.

        Raises:
            AlreadyTaken: Another user has the login; leave it to a unique index who was first.
        """
        ...

    async def replace_hash(self, user: str, *, old: str, new: str) -> None:
        """Put `new` where `old` is; where another one is, the password was changed meanwhile."""
        ...


class Hasher(Protocol):
    """What makes and verifies hashes: `PasswordHasher`, or what the application has already.

    `dojang.adapters.django.passwords.DjangoHasher` is that of Django.
    """

    async def hash(self, password: str) -> str:
        """Return the hash of a password."""
        ...

    async def verify(
        self, encoded: str | None, password: str, *, beside: Sequence[str] = ()
    ) -> Verified:
        """Return whether a password is the one of a hash; the same work for None, too."""
        ...


@dataclass(frozen=True, slots=True)
class ProvenUser:
    """Somebody who knows the password.

    Attributes:
        user: Their id, as in the table.
        at: When they began to prove it, in unix milliseconds: for `Session.login(at=)`, so that
            a change of the password in between ends what comes of it.
    """

    user: str
    at: int


class OwnUsers:
    """What stands between a form and a table: the throttle, the policy, hashes, and equal time."""

    def __init__(
        self,
        table: PasswordTable,
        throttle: Throttle,
        *,
        hasher: Hasher | None = None,
        policy: PasswordPolicy | None = None,
        beside: Sequence[str] = (),
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Take the parts.

        Args:
            table: The users.
            throttle: `Throttle.beside(sessions)`, one for all that asks for passwords.
            hasher: Argon2id as OWASP advises, by default.
            policy: 8 to 1,024 characters and not common, by default.
            beside: One hash of each other kind and cost that the table still has; the work of one
                of each is done whoever asks, so that time does not tell those users from others.
            clock: Returns unix milliseconds.
        """
        self._table = table
        self._throttle = throttle
        self._hasher = hasher or PasswordHasher()
        self._policy = policy or PasswordPolicy()
        self._beside = beside
        self._clock = clock

    async def by_password(self, login: str, password: str, *, address: str) -> ProvenUser:
        """Return who `login` and `password` are.

        Unknown, disabled and without a password are one answer, in one time. A weak hash is
        replaced afterwards.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.
            password: As typed.
            address: Of whoever tries, as a proxy that is believed has it.

        Raises:
            InvalidCredentials: They open nothing.
            TooManyAttempts: It was tried too often; nothing was looked at.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The store of the throttle did not answer; it is no attempt.
        """
        at = self._clock()
        parsed = parse_login(login)
        found = await self._table.find_login(parsed) if parsed else None
        async with self._throttle.attempt(one_spelling(login), address=address):
            return ProvenUser(await self._verified(found, password), at)

    async def sign_up(self, login: str, password: str, *, address: str) -> str:
        """Make a user, and return it.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.
            password: As typed.
            address: Of whoever comes, as a proxy that is believed has it.

        Raises:
            TooManyAttempts: Too many were asked for from there; nothing was looked at.
            InvalidInput: Login or password break a rule.
            AlreadyTaken: As the table says.
            TooBusy: As for `by_password`.
            Unavailable: As for `by_password`.
        """
        await self._throttle.sign_up(address=address)
        asked = _asked(login)
        return await self._table.sign_up(asked, await self.hash(password, also=[asked.key]))

    async def hash(self, password: str, *, also: Sequence[str] = ()) -> str:
        """Return the hash of a new password, once the policy has passed it.

        Args:
            password: As typed.
            also: What it may not be beside what is common: names of whose it is.

        Raises:
            InvalidInput: It breaks a rule.
            TooBusy: As for `by_password`.
        """
        await off_loop(partial(self._policy.check, password, also=also))
        return await self._hasher.hash(password)

    async def _verified(self, found: Holder | None, password: str) -> str:
        encoded = found.password_hash if found else None
        verified = await self._hasher.verify(encoded, password, beside=self._beside)
        if found is None or encoded is None or found.disabled or not verified.ok:
            raise InvalidCredentials(account=found.user if found else None)
        if verified.rehash:
            # They are signed in: if the better hash cannot be kept now, next time will do.
            with suppress(Unavailable):
                new = await self._hasher.hash(password)
                await self._table.replace_hash(found.user, old=encoded, new=new)
        return found.user


def _asked(login: str) -> Login:
    if "@" in fold(login[:_LOOKED_AT]):
        return Login("email", parse_email(login).key)
    return Login("username", parse_username(login, pattern=_USERNAME).key)
