"""Sessions: what an application makes once, and every adapter calls."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dojang import clock as clocks
from dojang.errors import Misuse
from dojang.passed_on import PassedOn
from dojang.peers.peer import Peer
from dojang.session import principal as principals
from dojang.session.instants import instant
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.principal import Place
from dojang.session.record import Device, Principal, Record
from dojang.session.session import Session
from dojang.stores import urls
from dojang.stores.memory import MemoryStore
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.circulation import Circulation
from dojang.strategies.client_side import ClientSide
from dojang.strategies.moved_in import notes_in
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.strategies.strategy import Strategy
from dojang.visits.formers import Formers
from dojang.visits.house import House, Renewing
from dojang.visits.visit import Kind, Visit
from dojang.wire.cookies import MAX_AGE, Cookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.keyring import Keyring

__all__ = ["Entry", "Sessions"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a device list.

    Attributes:
        handle: Its public name; `Sessions.end` takes it.
        created: When the user logged in there.
        seen: When the session was last looked at, give or take `Lifetime.seen_every`; None where
            the session is in its cookie, and only its renewals are noticed.
        renewed: When it was last renewed, for those; None for the others.
        expires: When it is over unless it is renewed; None for never.
        device: Where the login came from.
    """

    handle: str
    created: datetime
    seen: datetime | None
    renewed: datetime | None
    expires: datetime | None
    device: Device


class Sessions:
    """Where sessions live, how long, and in which cookie."""

    def __init__(  # noqa: PLR0913 - what an application chooses, each by its name
        self,
        home: Strategy | Peer,
        *,
        secret: Keyring | str | bytes | Sequence[str | bytes] | None = None,
        lifetime: Lifetime | None = None,
        cookie: Cookie | None = None,
        principal: str | Place | None = None,
        bearer: bool = False,
        passed_on: PassedOn | None = None,
        renewing: Renewing | None = None,
        accepts: "Mapping[str, Peer | Sessions] | None" = None,
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Put the parts together.

        Args:
            home: `ClientSide(format)`, `ServerSide(store)`, or a whole foreign system such as
                `peers.AuthJs(...)`, which brings lifetime, cookie and principal unless they are
                given.
            secret: Signs the ids of `ServerSide`, newest first; a format has its own.
            lifetime: Idle and absolute limits; 7 and 30 days unless given.
            cookie: Name and attributes; `__Host-session`, Secure, HttpOnly, Lax unless given.
            principal: Where the application, or a peer, keeps the user in the data, as `user.id`
                or `_auth_user_id`. What is there is who it is: `session.login` writes it there, and
                whoever takes it out has logged out.
            bearer: Whether `Authorization: Bearer` may carry what the cookie carries.
            passed_on: Which services may speak for their users with a token, see `PassedOn`: it
                gives a session of that user which cannot be changed.
            renewing: Called with a session that is about to be renewed, a coroutine function or a
                plain one. It may bring the data up to date (a new name, other roles), or return
                False: the user is gone, and the session ends.
            accepts: Other kinds of sessions that are still out there, by a name for each: a foreign
                system, or `Sessions` as they were before. One of them becomes a session of ours
                with the next answer, and its cookie is dropped; `circulation` counts them. Ours
                comes first, then they in their order.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: A secret is too short.
            Misuse: `ServerSide` has no secret, or a secret was given that nothing would use; or the
                cookie has another name than the peer makes its key with; or the store cannot take
                in what `accepts` brings.
        """
        system = (
            home
            if isinstance(home, Peer)
            else Peer(strategy=home, cookie=Cookie(), lifetime=Lifetime())
        )
        self.strategy = system.strategy
        self.lifetime = lifetime or system.lifetime
        self.cookie = cookie or system.cookie
        self._salted = system.salted
        _check_name(self.cookie, system)
        _give_secret(self.strategy, secret)
        _check_ends(self.strategy, self.lifetime)
        kinds = {name: _kind(each) for name, each in (accepts or {}).items()}
        if kinds:
            _expect(self.strategy, kinds.values())
        self.clock = clock
        self.principal = Place(principal) if isinstance(principal, str) else principal
        self.principal = self.principal or system.principal
        self.circulation = Circulation(self.strategy.shared)
        self._house = House(
            strategy=self.strategy,
            lifetime=self.lifetime,
            cookie=self.cookie,
            principal=self.principal,
            bearer=bearer,
            passed_on=passed_on,
            renewing=renewing,
            formers=Formers(
                kinds,
                self.strategy,
                cookie=self.cookie,
                lifetime=self.lifetime,
                principal=self.principal,
            ),
            circulation=self.circulation,
            clock=clock,
        )

    @classmethod
    def from_url(  # noqa: PLR0913 - the same
        cls,
        url: str,
        *,
        secret: Keyring | str | bytes | Sequence[str | bytes],
        lifetime: Lifetime | None = None,
        cookie: Cookie | None = None,
        limit: Limit | None = None,
        revocations: RevocationLog | None = None,
        principal: str | Place | None = None,
        bearer: bool = False,
        passed_on: PassedOn | None = None,
        renewing: Renewing | None = None,
        accepts: "Mapping[str, Peer | Sessions] | None" = None,
        clock: Callable[[], int] = clocks.now,
    ) -> "Sessions":
        """Return sessions kept where `url` says, everything else as by the constructor.

        Args:
            url: `sealed:` (in the cookie), `memory:`, or `sqlite:///relative` and
                `sqlite:////absolute` with the path of a file, or
                `postgresql://user:password@host/database`; options follow as `?name=value&...`.
            secret: One or several, newest first.
            lifetime: Idle and absolute limits.
            cookie: Name and attributes.
            limit: How many sessions one principal may have; `sealed:` needs revocations for it.
            revocations: What makes `sealed:` sessions revocable and listed; others always are.
            principal: Where the application keeps the user in the data.
            bearer: Whether `Authorization: Bearer` may carry what the cookie carries.
            passed_on: Which services may speak for their users with a token.
            renewing: Called with a session that is about to be renewed.
            accepts: Other kinds of sessions that are still out there.
            clock: Returns unix milliseconds.

        Raises:
            Misuse: The scheme or an option is unknown, and the error lists what is known; or
                sessions in a cookie were given a limit and no revocations.
            MissingExtra: The library of the store is not installed.
            WeakSecret: A secret is too short.
        """
        keys = Keyring.of(secret)
        if url == urls.SEALED:
            if limit is not None and revocations is None:
                raise Misuse(
                    "sealed: sessions cannot be counted without revocations=store, where they are "
                    "listed; give one, keep them on the server, or drop the limit"
                )
            seals = IronSeal(list(keys.derive("sealed-session")))
            in_cookie = ClientSide(seals, revocations=revocations, limit=limit)
            return cls(
                in_cookie,
                lifetime=lifetime,
                cookie=cookie,
                principal=principal,
                bearer=bearer,
                passed_on=passed_on,
                renewing=renewing,
                accepts=accepts,
                clock=clock,
            )
        on_server = ServerSide(urls.open_store(url), limit=limit)
        return cls(
            on_server,
            secret=keys,
            lifetime=lifetime,
            cookie=cookie,
            principal=principal,
            bearer=bearer,
            passed_on=passed_on,
            renewing=renewing,
            accepts=accepts,
            clock=clock,
        )

    async def open(
        self,
        cookies: str = "",
        *,
        bearer: str | None = None,
        device: Device | None = None,
        kind: Kind = Session,
    ) -> Visit:
        """Return the visit of a request; its `session` is opened when it is looked at.

        Args:
            cookies: The Cookie header; several are joined by `; `. Any text is safe to pass.
            bearer: The token of an Authorization header, looked at only if `bearer=True`.
            device: What a device list should show if somebody logs in.
            kind: Makes the session, where a framework promises more than `Session` has.
        """
        visit = self.visit(cookies, bearer=bearer, device=device, kind=kind)
        await visit.prefetch()
        return visit

    def visit(
        self,
        cookies: str = "",
        *,
        bearer: str | None = None,
        device: Device | None = None,
        kind: Kind = Session,
    ) -> Visit:
        """Return the same as `open` without waiting, for code that prefetches later or never."""
        return Visit(self._house, cookies, bearer=bearer, device=device, kind=kind)

    @property
    def peer(self) -> Peer:
        """What others need to know to accept these sessions."""
        return Peer(
            strategy=self.strategy,
            cookie=self.cookie,
            lifetime=self.lifetime,
            principal=self.principal,
            salted=self._salted,
        )

    @property
    def bearer(self) -> bool:
        """Whether `Authorization: Bearer` may carry what the cookie carries."""
        return self._house.bearer

    @property
    def revocable(self) -> bool:
        """Whether sessions can be listed, and ended from afar."""
        return self.strategy.revocable

    @property
    def of_one_process(self) -> bool:
        """Whether they, or what ended, are in the memory of this process and unknown to others."""
        log = None if self.strategy.revocations is None else self.strategy.revocations.log
        home = self.strategy.store if isinstance(self.strategy, ServerSide | Spill) else None
        return isinstance(home, MemoryStore) or isinstance(log, MemoryStore)

    async def list(self, user: Principal) -> Sequence[Entry]:
        """Return the live sessions of `user`, newest login first.

        Raises:
            Misuse: The strategy does not know them, or `user` cannot name anybody.
            Unavailable: The store did not answer.
        """
        principals.check(user)
        records = await self.strategy.list(user, now=self.clock())
        return [_entry(record, looks=self.strategy.on_server) for record in records]

    async def end(self, handle: str) -> bool:
        """End one session, wherever it is signed in; say whether it was there.

        Raises:
            Misuse: The strategy cannot.
            Unavailable: The store did not answer.
        """
        return await self.strategy.end(handle, self.lifetime, now=self.clock())

    async def end_all(self, user: Principal, *, but: Session | str | None = None) -> int:
        """End all sessions of `user`; say how many went.

        Args:
            user: The principal.
            but: A session, which is saved first, or the handle of one, that stays.

        Raises:
            Misuse: The strategy cannot, `user` cannot name anybody, or the session that should stay
                has no handle.
            Unavailable: The store did not answer.
        """
        principals.check(user)
        spared = but
        if isinstance(but, Session):
            # After a login in the same request it has another handle than it came with.
            await but.save()
            spared = but.handle
            if spared is None:
                raise Misuse("the session that should stay is not stored; leave out but=")
        assert not isinstance(spared, Session)
        now = self.clock()
        return await self.strategy.end_all(user, self.lifetime, but=spared, now=now)

    def close(self) -> None:
        """Finish what is queued and let go of files and connections; the next use opens them."""
        self.strategy.close()


def _kind(former: Peer | Sessions) -> Peer:
    return former.peer if isinstance(former, Sessions) else former


def _give_secret(
    strategy: Strategy, secret: Keyring | str | bytes | Sequence[str | bytes] | None
) -> None:
    if isinstance(strategy, ServerSide | Spill):
        if secret is not None:
            strategy.sign_with(Keyring.of(secret).derive("session-id"))
        elif not strategy.signed:
            raise Misuse(
                "ids have to be signed: write Sessions(ServerSide(store), secret=...); "
                "`dojang keys new` prints a secret"
            )
    elif isinstance(strategy, ClientSide) and secret is not None:
        raise Misuse("a client-side format has its own secret: ClientSide(IronSeal(secret))")


def _check_name(cookie: Cookie, system: Peer) -> None:
    if system.salted and cookie.name != system.cookie.name:
        raise Misuse(
            f"the name {system.cookie.name} is part of the key; to call the cookie {cookie.name}, "
            f"give the peer cookie_name={cookie.name!r}"
        )


def _expect(strategy: Strategy, kinds: Iterable[Peer]) -> None:
    if strategy.shared is not None:
        notes_in(strategy.shared)
    lives = (kind.lifetime.absolute or kind.lifetime.idle or MAX_AGE for kind in kinds)
    strategy.expect(max(lives) * 1000)


def _check_ends(strategy: Strategy, lifetime: Lifetime) -> None:
    if strategy.revocations is not None and lifetime.absolute is None:
        raise Misuse(
            "revocations need sessions that end: write Lifetime(absolute=...), because an "
            "entry is kept until nothing it ends can be alive"
        )


def _entry(record: Record, *, looks: bool) -> Entry:
    return Entry(
        handle=record.handle,
        created=instant(record.created),
        seen=instant(record.seen) if looks else None,
        renewed=None if looks else instant(record.seen),
        expires=None if record.expires is None else instant(record.expires),
        device=record.device,
    )
