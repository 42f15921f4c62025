"""Accounts: sign-up and sign-in by e-mail address or user name and password."""

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from sqlalchemy import Engine

from dojang.auth import rows, schema
from dojang.auth.claims import Claim
from dojang.auth.errors import AlreadyTaken, InvalidCredentials, InvalidInput
from dojang.auth.identifiers import (
    USERNAME_PATTERN,
    Identifier,
    parse_email,
    parse_login,
    parse_name,
    parse_username,
)
from dojang.auth.passwords import PasswordHasher
from dojang.auth.policy import PasswordPolicy
from dojang.auth.roles import parse_roles
from dojang.auth.sqlite import sqlite_engine
from dojang.auth.threads import off_loop
from dojang.auth.user import User
from dojang.errors import Unavailable
from dojang.wire import entropy

__all__ = ["Accounts"]

_ID_BYTES = 16  # 128 bits: ids are not guessed, and never meet
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class Accounts:
    """The people who can sign in, in one SQL database.

    The methods are coroutines for either colour: under an event loop the blocking work goes
    to threads, without one they never suspend.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], int],
        hasher: PasswordHasher | None = None,
        policy: PasswordPolicy | None = None,
        username_pattern: str = USERNAME_PATTERN,
    ) -> None:
        """Keep the parts; `dojang.auth.schema.upgrade(engine)` makes the tables.

        Args:
            engine: Synchronous; of SQLite or PostgreSQL.
            clock: Returns unix milliseconds.
            hasher: Argon2id as OWASP advises, by default.
            policy: 8 to 1,024 characters and not common, by default.
            username_pattern: What a whole, folded user name must match.

        Raises:
            re.error: `username_pattern` is not a regular expression.
        """
        self.engine = engine
        self.hasher = hasher or PasswordHasher()
        self.policy = policy or PasswordPolicy()
        self.clock = clock
        self.username_pattern = re.compile(username_pattern)

    @classmethod
    def on_sqlite(
        cls,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], int],
        hasher: PasswordHasher | None = None,
        policy: PasswordPolicy | None = None,
        username_pattern: str = USERNAME_PATTERN,
    ) -> "Accounts":
        """Return the accounts in the file at `path`, made and brought up to date.

        Nothing stays open, so a server may fork afterwards.

        Args:
            path: Of the file; a new one is readable by its owner alone (0600).
            clock: As for `Accounts`, and so are the others.
            hasher: As for `Accounts`.
            policy: As for `Accounts`.
            username_pattern: As for `Accounts`.

        Raises:
            Misuse: `:memory:`.
            Unavailable: The file cannot be made, opened or migrated.
        """
        engine = sqlite_engine(path)
        try:
            with rows.answering():
                schema.upgrade(engine)
        finally:
            engine.dispose()
        return cls(
            engine, clock=clock, hasher=hasher, policy=policy, username_pattern=username_pattern
        )

    async def sign_up(
        self,
        *,
        email: str | None = None,
        username: str | None = None,
        password: str,
        name: str | None = None,
        roles: Iterable[str] = (),
        vouched: bool = False,
    ) -> User:
        """Make an account with an e-mail address, a user name, or both.

        Identifiers are judged first, then the password; who is first is left to the
        database, so that of parallel sign-ups of one identifier exactly one succeeds.

        Args:
            email: One address; None or empty for none.
            username: 2 to 32 characters by default; None or empty for none.
            password: As typed; `policy` has the limits.
            name: 1 to 200 characters for showing; None or empty for none.
            roles: What they may do; never what whoever signs up asks for.
            vouched: Whether whoever looks after the accounts gives the address, and no stranger.

        Raises:
            InvalidInput: Neither identifier was given, or a value breaks a rule.
            AlreadyTaken: Another account has that address or user name.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database did not answer; no account was made.
        """
        row = await self.new_row(email, username, password, name, roles, vouched=vouched)
        await off_loop(partial(rows.add, self.engine, row))
        return row.user

    async def claim(
        self,
        *,
        email: str,
        username: str | None = None,
        password: str,
        name: str | None = None,
    ) -> Claim:
        """Return what somebody typed to have an account, which is none before its address is shown.

        For a form whose answer goes to the address alone: whoever sends it must not learn there
        which addresses have accounts, so nobody is looked for, and nothing is kept here. User names
        are no secret.

        Args:
            email: One address.
            username: As for `sign_up`, and so are the others.
            password: As for `sign_up`.
            name: As for `sign_up`.

        Raises:
            InvalidInput: A value breaks a rule, or there is no address.
            AlreadyTaken: Another account has that user name.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database did not answer.
        """
        if not email:
            raise InvalidInput("email", "an account needs an e-mail address here")
        row = await self.new_row(email, username, password, name)
        if row.username_key and await self._is_taken(row.username_key):
            raise AlreadyTaken("username")
        return Claim(
            email=row.user.email or "",
            username=row.user.username,
            name=row.user.name,
            password_hash=row.password_hash or "",
        )

    async def check_password(self, login: str, password: str) -> User:
        """Return the account that `login` and `password` open.

        The password is hashed for an unknown user, a disabled account and one without a
        password too, and why is not said. A hash that was imported or is weak is replaced
        afterwards, unless the password was changed in the meantime; while imported ones remain,
        everybody's sign-in does the work of one of each kind and cost.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.
            password: As typed. Over 4,096 bytes it is wrong for everybody, unhashed.

        Raises:
            InvalidCredentials: They open nothing.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database did not answer; nothing is known about the caller.
        """
        parsed = parse_login(login)
        found = await off_loop(partial(rows.by_login, self.engine, parsed)) if parsed else None
        user, encoded = found or (None, None)
        imported = await off_loop(partial(rows.imported_hashes, self.engine))
        verified = await self.hasher.verify(encoded, password, beside=imported)
        if user is None or encoded is None or user.disabled or not verified.ok:
            raise InvalidCredentials
        if verified.rehash:
            await self._rehash(user, password, old=encoded)
        return user

    async def find(self, user_id: str, *, also_disabled: bool = False) -> User | None:
        """Return the account `user_id`; None if there is none, or it is disabled.

        Args:
            user_id: As in `User.id`; any text is safe to pass.
            also_disabled: Whether a disabled account is returned too.

        Raises:
            Unavailable: The database did not answer.
        """
        if not _ID.fullmatch(user_id):  # and so never asks a database what it cannot take
            return None
        user = await off_loop(partial(rows.by_id, self.engine, user_id))
        return None if user is None or (user.disabled and not also_disabled) else user

    async def find_login(self, login: str) -> User | None:
        """Return the account that signs in as `login`, disabled or not; None if there is none.

        For whoever looks after the accounts: a visitor must not learn which there are.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.

        Raises:
            Unavailable: The database did not answer.
        """
        parsed = parse_login(login)
        found = await off_loop(partial(rows.by_login, self.engine, parsed)) if parsed else None
        return found[0] if found else None

    async def set_disabled(self, user_id: str, *, disabled: bool) -> bool:
        """Disable or enable an account; `AccountChanges` also signs it out.

        Returns:
            Whether there is such an account.

        Raises:
            Unavailable: The database did not answer.
        """
        if not _ID.fullmatch(user_id):
            return False
        return await off_loop(partial(rows.set_disabled, self.engine, user_id, disabled=disabled))

    async def set_roles(self, user_id: str, roles: Iterable[str]) -> bool:
        """Give an account these roles and no others.

        Returns:
            Whether there is such an account.

        Raises:
            InvalidInput: One is no role, or there are too many.
            Unavailable: The database did not answer.
        """
        given = parse_roles(roles)
        if not _ID.fullmatch(user_id):
            return False
        return await off_loop(partial(rows.set_roles, self.engine, user_id, given))

    async def verify_email(self, user_id: str, email: str) -> bool:
        """Note that an address is shown to be its owner's.

        Args:
            user_id: As in `User.id`.
            email: As in `User.email` when it was shown.

        Returns:
            Whether the account has that address still.

        Raises:
            Unavailable: The database did not answer.
        """
        return await off_loop(partial(rows.verify_email, self.engine, user_id, email))

    def close(self) -> None:
        """Close the connections that are not in use; the next call opens new ones."""
        self.engine.dispose()

    async def new_row(
        self,
        email: str | None,
        username: str | None,
        password: str,
        name: str | None,
        roles: Iterable[str] = (),
        *,
        vouched: bool = False,
    ) -> rows.NewRow:
        """Return an account that was not there, and is not yet; as `sign_up` does, unadded."""
        if not email and not username:
            raise InvalidInput("email", "an account needs an e-mail address or a user name")
        mail = parse_email(email) if email else None
        nick = parse_username(username, pattern=self.username_pattern) if username else None
        shown = parse_name(name) if name else None
        keys = [identifier.key for identifier in (mail, nick) if identifier]
        await off_loop(partial(self.policy.check, password, also=keys))
        hashed = await self.hasher.hash(password)
        return self._row(mail, nick, shown, hashed, roles=parse_roles(roles), vouched=vouched)

    def claimed_row(self, claim: Claim) -> rows.NewRow:
        """Return the account that was claimed, with its address shown; it is not there yet."""
        mail = parse_email(claim.email)
        nick = (
            parse_username(claim.username, pattern=self.username_pattern)
            if claim.username
            else None
        )
        return self._row(mail, nick, claim.name, claim.password_hash, verified=True)

    def _row(
        self,
        mail: Identifier | None,
        nick: Identifier | None,
        name: str | None,
        password_hash: str,
        *,
        roles: tuple[str, ...] = (),
        vouched: bool = False,
        verified: bool = False,
    ) -> rows.NewRow:
        user = User(
            id=entropy.token(_ID_BYTES),
            email=mail.text if mail else None,
            username=nick.text if nick else None,
            name=name,
            created=self.clock(),
            roles=roles,
            email_verified=verified,
            email_vouched=vouched and mail is not None,
        )
        return rows.NewRow(
            user=user,
            email_key=mail.key if mail else None,
            username_key=nick.key if nick else None,
            password_hash=password_hash,
        )

    async def _is_taken(self, username_key: str) -> bool:
        return await off_loop(partial(rows.has_username, self.engine, username_key))

    async def _rehash(self, user: User, password: str, *, old: str) -> None:
        # They are signed in: if the better hash cannot be kept now, next time will do.
        with suppress(Unavailable):
            new = await self.hasher.hash(password)
            await off_loop(partial(rows.replace_hash, self.engine, user.id, old=old, new=new))
