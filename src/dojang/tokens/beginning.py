"""How a family of refresh tokens begins: with a session, or with a login of its own."""

from dojang.errors import Misuse, Revoked
from dojang.session.family import Family
from dojang.session.record import Device, Login, Principal
from dojang.session.session import Session
from dojang.stores.families import Families
from dojang.tokens.rotation import Turned
from dojang.tokens.standing import Standing
from dojang.wire import entropy, refresh_token
from dojang.wire.keyring import Keyring

__all__ = ["Beginning"]

#: Bytes of randomness in a handle.
_HANDLE_BYTES = 16


class Beginning:
    """Begins families; `Tokens` says what each verb promises."""

    def __init__(
        self, families: Families, standing: Standing, *, keys: Keyring, absolute: int
    ) -> None:
        """Take what it needs.

        Args:
            families: Where they are kept.
            standing: Whether the login was ended meanwhile.
            keys: The secrets of the application.
            absolute: Milliseconds after which a family is over.
        """
        self._families = families
        self._standing = standing
        self._keys = keys
        self._absolute = absolute

    async def of_session(self, session: Session, *, now: int) -> Turned:
        """Return the first token of a session, which is saved; see `Tokens.of_session`."""
        if session.user is None:
            raise Misuse("a pair is made for a session that somebody is signed in to")
        await session.save()
        current = session.found.current if session.found else None
        if current is None or current.user is None or not current.handle:
            raise Revoked("the session was ended in the meantime")
        end = session.lifetime.end(created=current.created, remember=current.remember)
        login = current.login or Login(current.created)
        return await self.of_login(
            current.user, login, current.device, session=current.handle, end=end, now=now
        )

    async def of_login(
        self,
        user: Principal,
        login: Login,
        device: Device,
        *,
        session: str | None = None,
        end: int | None = None,
        now: int,
    ) -> Turned:
        """Return the first token of a login; see `Tokens.begin`.

        Args:
            user: Who it was.
            login: When and how.
            device: Where from.
            session: The handle of the session it belongs to; None where it stands by itself.
            end: When it is over at the latest, in unix milliseconds; None where only `absolute`
                says.
            now: Unix milliseconds.
        """
        handle = entropy.token(_HANDLE_BYTES)
        await self._standing.begin(login, session, now=now)
        token = refresh_token.first(handle, keys=self._keys)
        latest = now + self._absolute
        family = Family(
            handle=handle,
            user=user,
            session=session,
            login=login,
            fenced=self._standing.since(login, session),
            created=now,
            expires=latest if end is None else min(latest, end),
            seen=now,
            device=device,
            current=refresh_token.fingerprint(token),
        )
        await self._families.add(family, now=now)
        # Once it is there: whoever ends everything from here on finds it, and before is seen.
        if await self._standing.is_over(family, now):
            await self._families.remove(handle, now=now)
            raise Revoked("the login was ended in the meantime")
        return Turned(family, token)
