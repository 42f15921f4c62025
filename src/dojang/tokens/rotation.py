"""One use of a refresh token: the step in the store, and what whoever raced it is given."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dojang.errors import Reused, Revoked, Rotated, Unavailable, Unknown
from dojang.session.family import Family, Step
from dojang.stores.families import Families, Kept
from dojang.tokens.tally import Tally
from dojang.wire import refresh_token
from dojang.wire.keyring import Keyring

__all__ = ["Rotation", "Turned"]

_LOG = logging.getLogger("dojang.tokens")

#: Times a use is tried when others change the family meanwhile; who lost to a rotation is answered
#: by it, so that one more is already rare.
_TRIES = 100


class EndAccess(Protocol):
    """Ends the access tokens of a family, in the log of revocations."""

    async def __call__(self, handle: str, *, now: int) -> None:
        """End those of the family of that handle."""
        ...


@dataclass(frozen=True, slots=True)
class Turned:
    """What a use of a refresh token came to.

    Attributes:
        family: As it is now.
        token: The live token.
    """

    family: Family
    token: str


class Rotation:
    """Uses refresh tokens."""

    def __init__(
        self,
        families: Families,
        keys: Keyring,
        *,
        grace: int,
        is_over: Callable[[Family, int], Awaitable[bool]],
        end_access: EndAccess,
    ) -> None:
        """Take what it needs.

        Args:
            families: Where they are kept.
            keys: The secrets of the application.
            grace: Milliseconds for which a used token leads to the live one.
            is_over: Says whether a family was revoked, as of now.
            end_access: Ends the access tokens of a family by its handle.
        """
        self.tally = Tally()
        self._families = families
        self._keys = keys
        self._grace = grace
        self._is_over = is_over
        self._end_access = end_access

    async def use(self, token: str, *, now: int) -> Turned:
        """Replace a live token, or return what took the place of one that was just replaced.

        A crash after the step and before the answer is a lost answer: the same token, used again
        within the grace, is given the same successor.

        Args:
            token: Any text is safe to pass; nothing is asked for one that no key of ours made.
            now: Unix milliseconds.

        Raises:
            Reused: It was used up long before, and its family is over with this call.
            Revoked: Its family was ended from afar.
            Unknown: There is no such family, or it is over.
            Rotated: It was just replaced, by a key that is not ours any more.
            Rejected: It is no refresh token of ours; the code says why.
            Unavailable: The store did not answer.
        """
        handle = refresh_token.family_of(token, keys=self._keys)
        used = refresh_token.fingerprint(token)
        for _ in range(_TRIES):
            kept = await self._living(handle, now)
            way = kept.family.way(used, grace=self._grace, now=now)
            if way is None:
                if await self._catch(kept, now):
                    raise Reused(
                        "the refresh token was used before: its device is signed out",
                        user=str(kept.family.user),
                        device=kept.family.handle,
                    )
            elif way:
                self.tally.race()
                return Turned(kept.family, self._follow(token, way))
            elif turned := await self._turn(kept, token, now):
                self.tally.rotate()
                return turned
        raise Unavailable("a family of refresh tokens keeps changing")

    async def _living(self, handle: str, now: int) -> Kept:
        kept = await self._families.find(handle, now=now)
        if kept is None:
            raise Unknown("there is no such family of refresh tokens")
        if kept.family.reused is not None:
            # Again: whoever caught it may have died before the log knew.
            await self._end_access(handle, now=now)
            raise Revoked("the device was signed out, because a used refresh token came back")
        # After it was read: what was ended before this was asked is seen.
        if await self._is_over(kept.family, now):
            await self._families.remove(handle, now=now)
            raise Revoked("the device was signed out from another place")
        return kept

    async def _turn(self, kept: Kept, token: str, now: int) -> Turned | None:
        salt = refresh_token.new_salt()
        successor = refresh_token.successors(token, salt, keys=self._keys)[0]
        fingerprint = refresh_token.fingerprint(successor)
        after = kept.family.turned(salt, fingerprint, grace=self._grace, now=now)
        done = await self._families.replace(kept, after, now=now)
        return Turned(after, successor) if done else None

    async def _catch(self, kept: Kept, now: int) -> bool:
        if not await self._families.replace(kept, kept.family.caught(now=now), now=now):
            return False
        self.tally.reuse()
        _LOG.warning("refresh-token-reused family=%s user=%s", kept.family.handle, kept.family.user)
        await self._end_access(kept.family.handle, now=now)
        return True

    def _follow(self, token: str, way: Sequence[Step]) -> str:
        for step in way:
            made = refresh_token.successors(token, step.salt, keys=self._keys)
            fitting = [one for one in made if refresh_token.fingerprint(one) == step.token]
            if not fitting:
                raise Rotated("the successor was made with a secret that is not here")
            token = fitting[0]
        return token
