"""The devices of a user that have refresh tokens: which there are, and their end."""

from collections.abc import Sequence

from dojang.errors import Misuse
from dojang.session import principal as principals
from dojang.session.record import Principal
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.families import Families
from dojang.tokens.device import TokenDevice
from dojang.tokens.standing import Standing

__all__ = ["Devices"]


class Devices:
    """Lists and ends families; `Tokens` says what each verb promises."""

    def __init__(
        self,
        families: Families,
        standing: Standing,
        sessions: Sessions | None,
        *,
        life: int,
        absolute: int,
    ) -> None:
        """Take the parts.

        Args:
            families: Where they are kept.
            standing: Whether they were ended.
            sessions: Those they were made from.
            life: Milliseconds of an access token.
            absolute: Milliseconds of a family.
        """
        self._families = families
        self._standing = standing
        self._sessions = sessions
        self._life, self._absolute = life, absolute

    async def list(self, user: Principal, *, now: int) -> Sequence[TokenDevice]:
        """Return the devices of `user`; see `Tokens.list`."""
        found = await self._families.list(user, now=now)
        return [
            TokenDevice.of(self._standing.followed(one))
            for one in found
            if one.reused or not await self._standing.is_ended(one, now)
        ]

    async def end(self, handle: str, *, now: int) -> bool:
        """Sign out one device; see `Tokens.end`."""
        # First, as everywhere: what could not be written to the log can be ended again.
        await self.end_access(handle, now=now)
        return await self._families.remove(handle, now=now) is not None

    async def end_access(self, handle: str, *, now: int) -> None:
        """End the access tokens of a family that is over."""
        await self._standing.end(handle, life=self._life, now=now)

    async def end_all(self, user: Principal, *, but: Session | str | None, now: int) -> int:
        """Sign a user out everywhere; see `Tokens.end_all`."""
        revocations = self._standing.revocations
        await revocations.refresh(now=now, at_once=True)
        spared = revocations.latest(but) if isinstance(but, str) else but
        ended = await self._end_sessions(user, spared, now)
        if isinstance(spared, Session):
            spared = spared.handle
        for family in await self._families.list(user, now=now):
            if spared is None or self._standing.followed(family).sid != spared:
                if now <= family.fenced:  # the clock of the host where it began is ahead
                    await self.end_access(family.handle, now=now)
                removed = await self._families.remove(family.handle, now=now)
                ended += removed is not None and removed.reused is None
        return ended

    async def _end_sessions(self, user: Principal, but: Session | str | None, now: int) -> int:
        if self._sessions is not None:
            return await self._sessions.end_all(user, but=but)
        principals.check(user)
        if isinstance(but, Session):
            raise Misuse("these tokens know of no sessions; give the handle of a device instead")
        await self._standing.end_all(user, but=but, life=self._absolute, now=now)
        return 0
