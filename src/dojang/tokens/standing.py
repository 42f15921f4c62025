"""Whether what a token belongs to still stands: its session, its device, the logins of its user."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from dojang.errors import Misuse
from dojang.session.family import Family
from dojang.session.fence import Revocation
from dojang.session.record import Login, Principal, Record
from dojang.sessions import Sessions
from dojang.stores.documents import Documents
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.revocations import Revocations
from dojang.strategies.server_side import ServerSide
from dojang.tokens.access import AccessToken, fenced

__all__ = ["Renewing", "Standing", "TokenStore"]

#: Asked before a pair is made; False where the user is gone.
Renewing = Callable[[Principal], Awaitable[bool]]


class TokenStore(RevocationLog, Documents, Protocol):
    """A store that keeps families, and the log of what was revoked; every store of dojang does."""


class Standing:
    """Judges tokens by the log that their sessions are judged by.

    A token belongs to a session under whatever handle that goes on.
    """

    def __init__(
        self, revocations: Revocations, sessions: Sessions | None, renewing: Renewing | None
    ) -> None:
        """Take what it asks."""
        self.revocations = revocations
        self._sessions = sessions
        self._renewing = renewing

    @classmethod
    def beside(
        cls,
        sessions: Sessions | None,
        store: TokenStore,
        *,
        absolute: int,
        renewing: Renewing | None,
    ) -> "Standing":
        """Return one that shares the log of `sessions`, or keeps its own in `store`.

        Args:
            sessions: Those whose end is the end of the tokens that were made from them.
            store: Where families are kept.
            absolute: Milliseconds of a family.
            renewing: Whether a user is still there.

        Raises:
            Misuse: The sessions cannot be revoked, or never end.
        """
        if sessions is None:
            return cls(Revocations(store), None, renewing)
        strategy = sessions.strategy
        if isinstance(strategy, ServerSide) and strategy.revocations is None:
            strategy.revocations = Revocations(store)
        if strategy.revocations is None:
            raise Misuse(
                "tokens end with their sessions, and these cannot be ended: write "
                "ClientSide(format, revocations=store)"
            )
        if sessions.lifetime.absolute is None:
            raise Misuse("tokens of sessions need sessions that end: write Lifetime(absolute=...)")
        strategy.revocations.outlast(absolute)
        return cls(strategy.revocations, sessions, renewing)

    async def begin(self, login: Login, session: str | None, *, now: int) -> None:
        """Know what was revoked, before a login gets its tokens.

        A log that does not exist yet begins here: with the login, which it must not be younger
        than; or now, where that is the login of a session from before.

        Raises:
            Unavailable: The store did not answer.
        """
        await self.revocations.begin(login.at if session is None else now, now=now)

    def since(self, login: Login, session: str | None) -> int:
        """Return what "log out everything before" is compared with; see `Family.fenced`."""
        if session is None or self._sessions is None or not self._sessions.strategy.on_server:
            return login.at
        # The store vouches for a session that is older than the log.
        return max(login.at, self.revocations.begun)

    async def check(self, token: AccessToken, *, now: int, at_once: bool = False) -> AccessToken:
        """Return an access token that stands, with the handle that its session has by now.

        Args:
            token: It was verified.
            now: Unix milliseconds.
            at_once: Whether to ask the store, however short ago that was.

        Raises:
            Revoked: It does not stand.
            Unavailable: Nobody could say for too long what was revoked.
        """
        await self.revocations.refresh(now=now, at_once=at_once)
        token = replace(token, sid=self.revocations.latest(token.sid))
        for record in token.records:
            self.revocations.check(record)
        return token

    async def is_over(self, family: Family, now: int) -> bool:
        """Return whether a family was ended, or its user is gone.

        Raises:
            Unavailable: The store did not answer.
        """
        if self._renewing is not None and not await self._renewing(family.user):
            return True
        return await self.is_ended(family, now)

    async def is_ended(self, family: Family, now: int) -> bool:
        """Return whether a family was ended, as of now.

        Raises:
            Unavailable: The store did not answer.
        """
        await self.revocations.refresh(now=now, at_once=True)
        family = self.followed(family)
        looked_at = fenced(family.user, family.sid, family.handle, family.fenced)
        if any(self.revocations.stops(record) for record in looked_at):
            return True
        return family.session is not None and await self._is_gone(family, family.session, now)

    def followed(self, family: Family) -> Family:
        """Return a family with the handle that its session has by now, as far as is known."""
        if family.session is None:
            return family
        return replace(family, session=self.revocations.latest(family.session))

    async def end(self, handle: str, *, life: int, now: int) -> None:
        """End the access tokens of a family; where they are ended already, do nothing.

        Args:
            handle: Of the family.
            life: Milliseconds of an access token.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        await self.revocations.refresh(now=now, at_once=True)
        expires = self.revocations.after(life, now=now)
        if not self.revocations.stops(Record(handle=handle, created=now, expires=expires)):
            await self.revocations.add(Revocation(handle=handle, expires=expires), now=now)

    async def end_all(self, user: Principal, *, but: str | None, life: int, now: int) -> None:
        """End all families of a user, but one.

        Args:
            user: The principal.
            but: The handle of the one that stays.
            life: Milliseconds of a family.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        expires = self.revocations.after(life, now=now)
        entry = Revocation(user=str(user), not_before=now, exempt=but, expires=expires)
        await self.revocations.add(entry, now=now)

    async def _is_gone(self, family: Family, session: str, now: int) -> bool:
        if self._sessions is None or not await self._sessions.strategy.is_over(session, now=now):
            return False
        # It may be moving just now, and the log does not know yet whereto. A list that is read in
        # two steps misses what moves between them, and does not the second time.
        for _ in range(2):
            listed = await self._sessions.strategy.list(family.user, now=now)
            if any(_is_of(record, family) for record in listed):
                return False
        return True


def _is_of(record: Record, family: Family) -> bool:
    login = record.login or Login(record.created)
    return (login, record.device) == (family.login, family.device)
