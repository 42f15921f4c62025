"""Accounts of our own behind providers: what opens them, and how that ends."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import Any

from dojang.auth import identity_rows, rows
from dojang.auth.accounts import Accounts
from dojang.auth.changes import Farewell
from dojang.auth.errors import InvalidInput
from dojang.auth.identifiers import parse_email, parse_name
from dojang.auth.identity_rows import Key, LinkRow
from dojang.auth.providers.errors import AlreadyLinked, LastWayIn, LinkFirst
from dojang.auth.providers.identity import Identity
from dojang.auth.threads import off_loop
from dojang.auth.user import User
from dojang.errors import Rejected
from dojang.tokens.issued import Issued
from dojang.wire import base64url, entropy, json, sealed_box
from dojang.wire.keyring import Keyring

__all__ = ["PURPOSE", "Grant", "Link", "Links"]

#: What the key is for; no other token is sealed with it.
PURPOSE = "provider-tokens"

_ID_BYTES = 16
_LOG = logging.getLogger("dojang")

#: Ends what a person allowed at a provider, named; says whether that is known to be done.
Revoke = Callable[[str, Issued], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One way into an account.

    Attributes:
        handle: Its public name.
        provider: The name of the provider.
        email: As the provider has it; may be None.
        linked: Unix milliseconds.
    """

    handle: str
    provider: str
    email: str | None
    linked: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed at a provider.

    Attributes:
        provider: Its name.
        issued: The tokens that end it.
    """

    provider: str
    issued: Issued = field(repr=False)


class Links:
    """The `UserTable` of dojang's own accounts, and what people do with their links."""

    def __init__(self, accounts: Accounts, *, secret: Keyring | str | bytes) -> None:
        """Take the parts.

        Args:
            accounts: Whom they open.
            secret: Seals the tokens; a key for this purpose alone is derived.

        Raises:
            WeakSecret: A secret is too short.
        """
        self._accounts = accounts
        self._keys = Keyring.of(secret).derive(PURPOSE)

    # -- as a table of users ---------------------------------------------------------------------

    async def find(self, identity: Identity) -> str | None:
        """Return the account that an identity opens, disabled or not.

        Raises:
            Unavailable: The database did not answer.
        """
        row = await self._row((identity.issuer, identity.subject))
        return row.user_id if row else None

    async def find_by_email(self, email: str) -> str | None:
        """Return the account whose owner has shown that an address is theirs, disabled or not.

        Raises:
            Unavailable: The database did not answer.
        """
        user = await self._accounts.find_login(email) if "@" in email else None
        if user is None or user.email is None or not user.email_verified:
            return None
        # Spelled alike is enough to keep two people apart, and not to take them for one.
        return user.id if user.email.lower() == email.lower() else None

    async def create(self, identity: Identity) -> str:
        """Make an account without a password; only an address that was vouched for is kept.

        Raises:
            AlreadyLinked: The identity opens an account already.
            LinkFirst: Another account has the address.
            Unavailable: The database did not answer; no account was made.
        """
        row, link = self._new(identity)
        if await off_loop(partial(identity_rows.add_user, self._accounts.engine, row, link)):
            return row.user.id
        if await self._row(link.key):
            raise AlreadyLinked
        raise LinkFirst

    async def link(self, user: str, identity: Identity) -> None:
        """Let an identity open an account too.

        Raises:
            AlreadyLinked: It opens an account already, or there is no such account.
            Unavailable: The database did not answer.
        """
        link = self._link(user, identity)
        if not await off_loop(partial(identity_rows.add, self._accounts.engine, link)):
            raise AlreadyLinked

    async def keep(self, identity: Identity, issued: Issued) -> None:
        """Keep the newest tokens, sealed; a refresh token that is not replaced stays.

        Raises:
            Unavailable: The database did not answer.
        """
        key = identity.issuer, identity.subject
        row = await self._row(key)
        before = self._opened(row) if row else None
        if issued.refresh is None and before is not None:
            issued = replace(issued, refresh=before.refresh)
        facts = {"access": issued.access, "refresh": issued.refresh, "expires": issued.expires}
        text = sealed_box.seal(json.dumps(facts).encode(), name=_place(key), keys=self._keys)
        await off_loop(partial(identity_rows.keep, self._accounts.engine, key, text))

    # -- for their owners ------------------------------------------------------------------------

    async def list(self, user_id: str) -> Sequence[Link]:
        """Return what opens an account beside its password, oldest first.

        Raises:
            Unavailable: The database did not answer.
        """
        return [
            Link(handle=_handle(row.key), provider=row.provider, email=row.email, linked=row.linked)
            for row in await self._rows(user_id)
        ]

    async def has_password(self, user_id: str) -> bool:
        """Return whether a password opens an account.

        Raises:
            Unavailable: The database did not answer.
        """
        find = partial(rows.password_of, self._accounts.engine, user_id)
        return await off_loop(find) is not None

    async def unlink(self, user_id: str, handle: str) -> Sequence[Grant]:
        """Close one way into an account, and return what is to be revoked; none if it was closed.

        Args:
            user_id: As in `User.id`.
            handle: As in `Link`; any text is safe to pass.

        Raises:
            LastWayIn: Nothing else opens the account.
            Unavailable: The database did not answer.
        """
        for row in await self._rows(user_id):
            if _handle(row.key) != handle:
                continue
            gone = partial(identity_rows.remove, self._accounts.engine, user_id, row.key)
            if await off_loop(gone):
                return self._grants([row])
            if await self._row(row.key):
                raise LastWayIn
        return []

    async def grants(self, user_id: str) -> Sequence[Grant]:
        """Return all that the owner of an account allowed at providers.

        Raises:
            Unavailable: The database did not answer.
        """
        return self._grants(await self._rows(user_id))

    def farewell(self, by: Revoke) -> Farewell:
        """Return what `AccountChanges` does elsewhere when an account is deleted."""

        async def found(user_id: str) -> Callable[[], Awaitable[None]]:
            return partial(self.revoke, await self.grants(user_id), by)

        return found

    @staticmethod
    async def revoke(grants: Sequence[Grant], by: Revoke) -> None:
        """End what was allowed, as far as the providers let us; trouble is logged, and no error."""
        for grant in grants:
            done = await by(grant.provider, grant.issued)
            level = logging.INFO if done else logging.WARNING
            what = "revoked at" if done else "not known to be revoked at"
            _LOG.log(level, "what a user allowed was %s %s", what, grant.provider)

    def _grants(self, found: Sequence[LinkRow]) -> Sequence[Grant]:
        opened = ((row.provider, self._opened(row)) for row in found)
        return [Grant(provider, issued) for provider, issued in opened if issued]

    def _opened(self, row: LinkRow) -> Issued | None:
        if row.tokens is None:
            return None
        try:
            text = sealed_box.open_box(row.tokens, name=_place(row.key), keys=self._keys)
        except Rejected:  # of a secret that is not here any more
            return None
        facts: Any = json.loads(text)
        return Issued(access=facts["access"], refresh=facts["refresh"], expires=facts["expires"])

    def _new(self, identity: Identity) -> tuple[rows.NewRow, LinkRow]:
        mail = _or_none(parse_email, identity.email if identity.email_verified else None)
        if mail and mail.text != identity.email:  # another one than was vouched for
            mail = None
        user = User(
            id=entropy.token(_ID_BYTES),
            email=mail.text if mail else None,
            username=None,
            name=_or_none(parse_name, identity.name),
            created=self._accounts.clock(),
            email_verified=mail is not None,
        )
        row = rows.NewRow(
            user=user,
            email_key=mail.key if mail else None,
            username_key=None,
            password_hash=None,
        )
        return row, self._link(user.id, identity)

    def _link(self, user: str, identity: Identity) -> LinkRow:
        mail = _or_none(parse_email, identity.email)
        return LinkRow(
            issuer=identity.issuer,
            subject=identity.subject,
            user_id=user,
            provider=identity.provider,
            email=mail.text if mail else None,
            linked=self._accounts.clock(),
        )

    async def _row(self, key: Key) -> LinkRow | None:
        return await off_loop(partial(identity_rows.find, self._accounts.engine, key))

    async def _rows(self, user_id: str) -> Sequence[LinkRow]:
        return await off_loop(partial(identity_rows.of_user, self._accounts.engine, user_id))


def _place(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _handle(key: Key) -> str:
    return base64url.encode(sha256(_place(key).encode("utf-8", "surrogatepass")).digest()[:16])


def _or_none(parse: Callable[[str], Any], text: str | None) -> Any:  # noqa: ANN401 - as it parses
    """Return what a provider said, where it is what people could have typed here."""
    try:
        return parse(text) if text else None
    except InvalidInput:
        return None
