"""Tokens: what an application makes once, beside its Sessions."""

from collections.abc import Callable, Sequence
from typing import Any

from dojang import clock as clocks
from dojang.errors import Misuse, Rejected
from dojang.session import principal as principals
from dojang.session.record import Device, Login, Principal
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.families import Families
from dojang.tokens import introspection
from dojang.tokens.access import AccessToken, AccessTokens
from dojang.tokens.beginning import Beginning
from dojang.tokens.device import TokenDevice
from dojang.tokens.devices import Devices
from dojang.tokens.keys import FixedKeys, Keys
from dojang.tokens.pair import Pair
from dojang.tokens.rotation import Rotation, Turned
from dojang.tokens.standing import Renewing, Standing, TokenStore
from dojang.tokens.tally import Tally
from dojang.wire import refresh_token
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.keyring import Keyring

__all__ = ["TokenStore", "Tokens"]

_DAY = 24 * 3600


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
        renewing: Renewing | None = None,
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
        self._standing = Standing.beside(
            sessions, store, absolute=absolute * 1000, renewing=renewing
        )
        self._families = Families(store)
        self._devices = Devices(
            self._families, self._standing, sessions, life=life * 1000, absolute=absolute * 1000
        )
        self._beginning = Beginning(
            self._families, self._standing, keys=self._secret, absolute=absolute * 1000
        )
        self._rotation = Rotation(
            self._families,
            self._secret,
            grace=grace * 1000,
            is_over=self._standing.is_over,
            end_access=self._devices.end_access,
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
        now = self.clock()
        return await self._pair(await self._beginning.of_session(session, now=now), now)

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
        now, login = self.clock(), Login(at, methods)
        begun = await self._beginning.of_login(user, login, device or Device(), now=now)
        return await self._pair(begun, now)

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
        turned = await self._rotation.use(token, now=now)
        return await self._pair(turned, now)

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
        return await self._standing.check(await self._access.read(token, now=now), now=now)

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
        await self.end(read.family)
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
                return await introspection.of_refresh(
                    token,
                    self._families,
                    self._standing,
                    keys=self._secret,
                    issuer=self.issuer,
                    now=now,
                )
            read = await self._access.read(token, now=now)
            return introspection.of_access(await self._standing.check(read, now=now, at_once=True))
        except Rejected:
            return introspection.nothing()

    async def list(self, user: Principal) -> Sequence[TokenDevice]:
        """Return the devices of `user` with refresh tokens, newest first.

        One that was signed out because a used token came back is among them until its end.

        Raises:
            Unavailable: The store did not answer.
        """
        return await self._devices.list(user, now=self.clock())

    async def end(self, handle: str) -> bool:
        """Sign out one device; say whether it was there.

        Raises:
            Unavailable: The store did not answer.
        """
        return await self._devices.end(handle, now=self.clock())

    async def end_all(self, user: Principal, *, but: Session | str | None = None) -> int:
        """Sign a user out everywhere, sessions included; say how many were ended.

        Args:
            user: The principal.
            but: A session, or the handle of one, that stays with its tokens.

        Raises:
            Misuse: As `Sessions.end_all`.
            Unavailable: The store did not answer.
        """
        return await self._devices.end_all(user, but=but, now=self.clock())

    async def _pair(self, turned: Turned, now: int) -> Pair:
        family = self._standing.followed(turned.family)
        access, expires = await self._access.make(family, now=now)
        return Pair(access, turned.token, expires, family.expires, family.handle)
