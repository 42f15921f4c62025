"""Whose account an identity opens."""

from dataclasses import dataclass, replace
from typing import Protocol

from dojang.auth.providers.errors import AlreadyLinked
from dojang.auth.providers.identity import Identity
from dojang.tokens.issued import Issued

__all__ = ["Linking", "Opened", "UserTable"]


class UserTable(Protocol):
    """The users of an application, as signing in with a provider needs them.

    A user is named by its id, as text. `issuer` and `subject` of an identity together are unique.
    """

    async def find(self, identity: Identity) -> str | None:
        """Return the user that an identity is linked to, or None.

        Raises:
            AccountClosed: That user may not sign in; or whoever asks for the user of a session
                looks at that.
        """
        ...

    async def find_by_email(self, email: str) -> str | None:
        """Return the user who has shown that an e-mail address is theirs, or None.

        One who only typed it is none: somebody else may have, to lie in wait.
        """
        ...

    async def create(self, identity: Identity) -> str:
        """Make a user whom an identity opens, and return it.

        Raises:
            AlreadyLinked: Somebody was faster.
            LinkFirst: Another user has the e-mail address.
        """
        ...

    async def link(self, user: str, identity: Identity) -> None:
        """Let an identity open a user too.

        Raises:
            AlreadyLinked: It opens another one.
        """
        ...

    async def keep(self, identity: Identity, issued: Issued) -> None:
        """Keep the newest tokens of a linked identity, which end the link at the provider."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What an identity opened.

    Attributes:
        user: Whose it is.
        new: Whether the user was made just now.
        linked: Whether the identity was not theirs before.
    """

    user: str
    new: bool = False
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """How identities come to users.

    Attributes:
        users: Where they are kept.
        by_email: Whether an identity opens the account of somebody who has shown that they have
            the same e-mail address, when the provider says so of the identity too.
        create: Whether an identity that nobody knows makes a user.
    """

    users: UserTable
    by_email: bool = False
    create: bool = True

    async def open(self, identity: Identity, *, apart: bool = False) -> Opened | None:
        """Return whom an identity opens; None for a stranger where none are taken in.

        Args:
            identity: Who somebody is at a provider.
            apart: Whether a stranger is another person than whoever has the e-mail address here, as
                they say: then they get a user without one, and nothing of the other's.

        Raises:
            LinkFirst: Another user has the e-mail address.
        """
        if known := await self.users.find(identity):
            return Opened(user=known)
        if apart:
            identity = replace(identity, email=None, email_verified=False)
        try:
            return await self._by_email(identity) or await self._created(identity)
        except AlreadyLinked:
            # Two answers came together, and the other one was first.
            if known := await self.users.find(identity):
                return Opened(user=known)
            raise

    async def add(self, user: str, identity: Identity) -> Opened:
        """Link an identity to a user who is signed in and asked for it.

        Raises:
            AlreadyLinked: It opens another one.
        """
        known = await self.users.find(identity)
        if known is None:
            try:
                await self.users.link(user, identity)
            except AlreadyLinked:
                known = await self.users.find(identity)
        if known not in {None, user}:
            raise AlreadyLinked
        return Opened(user=user, linked=known is None)

    async def _by_email(self, identity: Identity) -> Opened | None:
        if not self.by_email or identity.email is None or not identity.email_verified:
            return None
        user = await self.users.find_by_email(identity.email)
        if user is None:
            return None
        await self.users.link(user, identity)
        return Opened(user=user, linked=True)

    async def _created(self, identity: Identity) -> Opened | None:
        if not self.create:
            return None
        return Opened(user=await self.users.create(identity), new=True, linked=True)
