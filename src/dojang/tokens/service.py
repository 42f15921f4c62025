"""Tokens: what an application makes once, beside its Sessions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from dojang import clock as clocks
from dojang.errors import Misuse, Rejected, Revoked
from dojang.session import principal as principals
from dojang.session.family import Family
from dojang.session.fence import Revocation
from dojang.session.record import Device, Login, Principal
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.documents import Documents
from dojang.stores.families import Families
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.revocations import Revocations
from dojang.strategies.server_side import ServerSide
from dojang.tokens.access import AccessToken, AccessTokens, fenced
from dojang.tokens.device import TokenDevice
from dojang.tokens.keys import FixedKeys, Keys
from dojang.tokens.pair import Pair
from dojang.tokens.rotation import Rotation
from dojang.tokens.tally import Tally
from dojang.wire import entropy, refresh_token
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.keyring import Keyring

__all__ = ["TokenStore", "Tokens"]

_DAY = 24 * 3600

#: Bytes of randomness in a handle.
_HANDLE_BYTES = 16


class TokenStore(RevocationLog, Documents, Protocol):
    """A store that keeps families, and the log of what was revoked; every store of dojang does."""


class Tokens:
    """Access tokens that are short-lived and revocable, and refresh tokens that rotate.

    What is ended is refused at once when it is refreshed, and as an access token within
    `max_staleness` of `Revocations` and no look-up per request.
    """

    def __init__(  # noqa: PLR0913 - each has a name, and most a default
        self,
        store: TokenStore,
        *,
        secret: Keyring | str | bytes | Sequence[str | bytes],
        issuer: str,
        audience: str | Sequence[str],
        sessions: Sessions | None = None,
        keys: Keys | KeySet | Key | Sequence[Key] | None = None,
        life: int = 600,
        absolute: int = 30 * _DAY,
        grace: int = 30,
        renewing: Callable[[Principal], Awaitable[bool]] | None = None,
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Put the parts together.

        Args:
            store: Where families are kept.
            secret: What refresh tokens are made with, and access tokens signed unless there are
                `keys`; newest first.
            issuer: Who we are: an https URL.
            audience: Whom access tokens are for; the first of several is ours.
            sessions: Those whose end is the end of the tokens that were made from them; "sign out
                everywhere" there ends all tokens of the user.
            keys: What access tokens are signed with, where others verify them; or where such keys
                come from.
            life: Seconds of an access token, above 0.
            absolute: Seconds after which a family is over, above 0; rotating never extends it.
            grace: Seconds for which a used refresh token leads to its successor; 0 or more.
            renewing: Asked before a pair is made, also for a refresh; False where the user is gone.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: A secret is too short.
            Misuse: A time is out of bounds, or the sessions cannot be revoked.
        """
        if life <= 0 or absolute <= 0 or grace < 0:
            raise Misuse("life and absolute are seconds above 0, and grace is 0 or more")
        self.clock = clock
        self.sessions = sessions
        self.issuer = issuer
        self.absolute, self.life = absolute, life
        self._secret = Keyring.of(secret)
        self.keys = FixedKeys.of(keys, secret=self._secret)
        self._access = AccessTokens(self.keys, issuer=issuer, audience=audience, life=life)
        self._renewing = renewing
        self._revocations = _shared(store, sessions, absolute)
        self._families = Families(store)
        self._rotation = Rotation(
            self._families, self._secret, grace=grace * 1000, is_over=self._is_over
        )

    @property
    def tally(self) -> Tally:
        """What became of refresh tokens in this process."""
        return self._rotation.tally

    async def of_session(self, session: Session) -> Pair:
        """Return a pair that belongs to a session, which is saved first, and ends with it.

        Raises:
            Misuse: Nobody is signed in.
            Revoked: The session was ended meanwhile.
            Unavailable: The store did not answer; nothing was given away.
        """
        if session.user is None:
            raise Misuse("a pair is made for a session that somebody is signed in to")
        await session.save()
        current = session.found.current if session.found else None
        if current is None or current.user is None or not current.handle:
            raise Revoked("the session was ended in the meantime")
        end = session.lifetime.end(created=current.created, remember=current.remember)
        login = current.login or Login(current.created)
        return await self._begin(
            current.user, login, current.device, session=current.handle, end=end
        )

    async def begin(
        self,
        user: Principal,
        *,
        at: int,
        methods: tuple[str, ...] = ("pwd",),
        device: Device | None = None,
    ) -> Pair:
        """Return a pair that stands by itself.

        Args:
            user: Who has just proved who they are.
            at: When they began to, in unix milliseconds: before their password was looked at, so
                that a change of it that came in between ends this too.
            methods: What they showed, as in RFC 8176.
            device: What a device list should show.

        Raises:
            Misuse: `user` cannot name anybody.
            Revoked: All logins of the user were ended since `at`.
            Unavailable: The store did not answer; nothing was given away.
        """
        principals.check(user)
        return await self._begin(user, Login(at, methods), device or Device())

    async def refresh(self, token: str) -> Pair:
        """Return the next pair for a refresh token; every use that races gets the same one.

        Args:
            token: Any text is safe to pass.

        Raises:
            Reused: It was used up long before: its device is signed out with this call.
            Revoked: Its device was signed out.
            Rejected: It is not good; the code says why.
            Unavailable: The store did not answer; the same token may be used again.
        """
        now = self.clock()
        try:
            turned = await self._rotation.use(token, now=now)
        except Rejected as rejected:
            if rejected.code == "reused":
                await self._end_access(refresh_token.family_of(token, keys=self._secret), now)
            raise
        return await self._pair(turned.family, turned.token, now)

    async def verify(self, token: str) -> AccessToken:
        """Return what an access token says; one small query a second, however many are verified.

        Args:
            token: Any text is safe to pass.

        Raises:
            Revoked: It was ended: its session, its device, or all logins of its user.
            Rejected: It is not good; the code says why.
            Unavailable: Nobody could say for too long what was revoked.
        """
        now = self.clock()
        read = await self._access.read(token, now=now)
        await self._revocations.refresh(now=now)
        for record in read.records:
            self._revocations.check(record)
        return read

    async def revoke(self, token: str) -> bool:
        """End what a token belongs to; say whether it was good.

        A refresh token ends its family and the access tokens of it; so does an access token.

        Args:
            token: Any text is safe to pass.

        Raises:
            Unavailable: The store did not answer.

        Source: RFC 7009 section 2.1.
        """
        now = self.clock()
        try:
            if token.startswith(f"{refresh_token.PREFIX}."):
                return await self.end(refresh_token.family_of(token, keys=self._secret))
            read = await self._access.read(token, now=now)
        except Rejected:
            return False
        if not await self.end(read.family):
            await self._end_access(read.family, now)
        return True

    async def introspect(self, token: str) -> dict[str, Any]:
        """Return what is known of a token as of now; of one that is not good, only that.

        A refresh token that is used up is not active; asking about it is no use of it.

        Args:
            token: Any text is safe to pass.

        Raises:
            Unavailable: The store did not answer.

        Source: RFC 7662 section 2.2.
        """
        now = self.clock()
        try:
            if token.startswith(f"{refresh_token.PREFIX}."):
                return await self._introspect_refresh(token, now)
            read = await self._access.read(token, now=now)
            await self._revocations.refresh(now=now, at_once=True)
            for record in read.records:
                self._revocations.check(record)
        except Rejected:
            return {"active": False}
        return {"active": True, "token_type": "Bearer", **read.claims}

    async def list(self, user: Principal) -> Sequence[TokenDevice]:
        """Return the devices of `user` with refresh tokens, newest first.

        One that was signed out because a used token came back is among them until its end.

        Raises:
            Unavailable: The store did not answer.
        """
        now = self.clock()
        found = await self._families.list(user, now=now)
        return [
            TokenDevice.of(one) for one in found if one.reused or not await self._is_ended(one, now)
        ]

    async def end(self, handle: str) -> bool:
        """Sign out one device; say whether it was there.

        Raises:
            Unavailable: The store did not answer.
        """
        now = self.clock()
        if await self._families.remove(handle, now=now) is None:
            return False
        await self._end_access(handle, now)
        return True

    async def end_all(self, user: Principal, *, but: Session | str | None = None) -> int:
        """Sign a user out everywhere, sessions included; say how many were ended.

        Args:
            user: The principal.
            but: A session, or the handle of one, that stays with its tokens.

        Raises:
            Misuse: As `Sessions.end_all`.
            Unavailable: The store did not answer.
        """
        now = self.clock()
        ended = 0
        if self.sessions is not None:
            ended = await self.sessions.end_all(user, but=but)
        else:
            await self._fence(user, but, now)
        spared = but.handle if isinstance(but, Session) else but
        for family in await self._families.list(user, now=now):
            if spared is None or family.sid != spared:
                removed = await self._families.remove(family.handle, now=now)
                ended += removed is not None and removed.reused is None
        return ended

    async def _begin(
        self,
        user: Principal,
        login: Login,
        device: Device,
        *,
        session: str | None = None,
        end: int | None = None,
    ) -> Pair:
        now, handle = self.clock(), entropy.token(_HANDLE_BYTES)
        # A log that does not exist yet begins here, and must not be younger than this login.
        await self._revocations.log.begin(now=login.at)
        token = refresh_token.first(handle, keys=self._secret)
        latest = now + self.absolute * 1000
        family = Family(
            handle=handle,
            user=user,
            session=session,
            login=login,
            fenced=await self._since(login, session, now),
            created=now,
            expires=latest if end is None else min(latest, end),
            seen=now,
            device=device,
            current=refresh_token.fingerprint(token),
        )
        await self._families.add(family, now=now)
        # Once it is there: whoever ends everything from here on finds it, and before is seen.
        if await self._is_over(family, now):
            await self._families.remove(handle, now=now)
            raise Revoked("the login was ended in the meantime")
        return await self._pair(family, token, now)

    async def _since(self, login: Login, session: str | None, now: int) -> int:
        if session is None or self.sessions is None or not self.sessions.strategy.on_server:
            return login.at
        # The store vouches for a session that is older than the log.
        await self._revocations.refresh(now=now, at_once=True)
        return max(login.at, self._revocations.begun)

    async def _pair(self, family: Family, token: str, now: int) -> Pair:
        access, expires = await self._access.make(family, now=now)
        return Pair(access, token, expires, family.expires, family.handle)

    async def _is_over(self, family: Family, now: int) -> bool:
        if self._renewing is not None and not await self._renewing(family.user):
            return True
        return await self._is_ended(family, now)

    async def _is_ended(self, family: Family, now: int) -> bool:
        await self._revocations.refresh(now=now, at_once=True)
        looked_at = fenced(family.user, family.sid, family.handle, family.fenced)
        if any(self._revocations.stops(record) for record in looked_at):
            return True
        if family.session is None or self.sessions is None:
            return False
        return await self.sessions.strategy.is_over(family.session, now=now)

    async def _introspect_refresh(self, token: str, now: int) -> dict[str, Any]:
        handle = refresh_token.family_of(token, keys=self._secret)
        kept = await self._families.find(handle, now=now)
        family = kept.family if kept else None
        live = family is not None and family.current == refresh_token.fingerprint(token)
        if family is None or not live or await self._is_over(family, now):
            return {"active": False}
        return {
            "active": True,
            "token_type": "refresh_token",
            "iss": self.issuer,
            "sub": str(family.user),
            "sid": family.sid,
            "family": family.handle,
            "iat": family.seen // 1000,
            "exp": family.expires // 1000,
            "auth_time": family.login.at // 1000,
        }

    async def _fence(self, user: Principal, but: Session | str | None, now: int) -> None:
        principals.check(user)
        if isinstance(but, Session):
            raise Misuse("these tokens know of no sessions; give the handle of a device instead")
        expires = self._revocations.after(self.absolute * 1000, now=now)
        entry = Revocation(user=str(user), not_before=now, exempt=but, expires=expires)
        await self._revocations.add(entry, now=now)

    async def _end_access(self, handle: str, now: int) -> None:
        expires = self._revocations.after(self.life * 1000, now=now)
        await self._revocations.add(Revocation(handle=handle, expires=expires), now=now)


def _shared(store: TokenStore, sessions: Sessions | None, absolute: int) -> Revocations:
    """Return the log of revocations that sessions and tokens are both judged by."""
    if sessions is None:
        return Revocations(store)
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
    strategy.revocations.outlast(absolute * 1000)
    return strategy.revocations
