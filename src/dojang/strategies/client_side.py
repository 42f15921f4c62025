"""The session is in the cookie: nothing to run, nothing to look up."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from dojang.errors import Misuse
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.plan import Insert, Remove, Replace, Touch, Write
from dojang.session.record import Principal, Record
from dojang.session.resume import resume
from dojang.session.settle import RESERVED
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.device_list import DeviceList
from dojang.strategies.facts import pack, unpack
from dojang.strategies.revocations import Revocations
from dojang.strategies.strategy import Choice, Fits, Kept, pick
from dojang.wire import entropy
from dojang.wire.format import Format

__all__ = ["ClientSide"]

#: Bytes of randomness in a handle.
_HANDLE_BYTES = 16

#: What no member of the data is called: ours, and the claims that every kind of token has.
_NOT_THE_DATA = {RESERVED, "iss", "aud", "exp", "nbf", "iat", "jti"}

#: A record, whether the newest key made its text, when that was made, if that is known, whether the
#: record says when it began, and what a record without a name is named after.
_Verified = tuple[Record, bool, int | None, bool, Proof]


class ClientSide:
    """Keeps sessions in the cookie, in the text of a format.

    Two parallel requests that both change the session each send a cookie, and the browser keeps the
    one that arrives last: that is what a session in a cookie is.
    """

    on_server = False

    def __init__(
        self,
        format: Format,
        *,
        revocations: Revocations | RevocationLog | None = None,
        limit: Limit | None = None,
        mirror_expiry: str | None = None,
        cache: int = 1024,
    ) -> None:
        """Take the format.

        Args:
            format: Claims <-> text.
            revocations: A store, or how to read one, that makes sessions revocable and listed: one
                write at login and none per request. See `Revocations` for how soon it takes effect.
            limit: How many sessions one principal may have; known where they are listed. One that
                makes room for another is over as soon as one that was ended.
            mirror_expiry: A member of the data, as `expires`, where every text that we write says
                when it ends, for fronts that read it there: an ISO date in whole seconds, rounded
                down. A text without an end has none. Handlers do not see it, whoever wrote it;
                they read `session.expires`.
            cache: Cookie texts whose verified records are remembered, so that the same cookie
                again costs about a microsecond; 0 remembers none. Time, limits and revocations are
                looked at every time. An entry takes about the size of the cookie twice.

        Raises:
            Misuse: `mirror_expiry` names a member that the format or dojang has for itself; or
                there is a limit, and no revocations.
        """
        if limit is not None and revocations is None:
            raise Misuse("sessions that live in their cookie alone are not counted; give a store")
        if mirror_expiry in {*_NOT_THE_DATA, format.own.handle, format.own.user} - {None}:
            raise Misuse(
                f"{mirror_expiry} is not a member of the data; mirror the expiry in another"
            )
        self._format = format
        self._mirror = mirror_expiry
        self._capacity = cache
        self._verified: dict[str, _Verified] = {}
        self._lock = threading.Lock()
        self._revocations = Revocations.of(revocations)
        self._devices = DeviceList(self._revocations, limit) if self._revocations else None

    @property
    def suspends(self) -> bool:
        """Whether asking for revocations, or listing what a peer began, may wait for a loop."""
        return self._revocations is not None

    @property
    def revocable(self) -> bool:
        """Whether sessions can be listed, and ended from afar."""
        return self._revocations is not None

    @property
    def revocations(self) -> Revocations | None:
        """Where what was ended is written and read; None where nothing can be."""
        return self._revocations

    @property
    def shared(self) -> RevocationLog | None:
        """The log of what was ended; see `Strategy.shared`."""
        return None if self._revocations is None else self._revocations.log

    @property
    def devices(self) -> DeviceList:
        """Where sessions are listed and ended.

        Raises:
            Misuse: Nowhere.
        """
        if self._devices is None:
            raise Misuse(
                "sessions that live in their cookie alone cannot be listed, or ended from afar; "
                "write ClientSide(format, revocations=store), or keep them on the server: "
                "ServerSide(SqliteStore(...))"
            )
        return self._devices

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the cookie holds; see `Strategy.load`."""
        revocations = self._revocations
        if revocations is not None and credentials and not revocations.is_fresh(now):
            await revocations.refresh(now=now)

        async def load_one(text: str) -> Found:
            verified = self._verified.get(text) or self._verify(text, now)
            record, is_newest, issued, is_dated, proof = verified
            record = lifetime.bounded(record, issued=issued, now=now)
            if revocations is not None:
                if self._devices is not None and (record.login is None or not record.handle):
                    record = await self._devices.meet(record, proof, now=now)
                revocations.check(record)
            return Found(
                record=record,
                current=resume(record, lifetime, now=now),
                credential=text,
                proof=proof,
                newest=is_newest,
                dated=is_dated,
            )

        return await pick(credentials, load_one)

    async def commit(
        self, write: Write, found: Found, lifetime: Lifetime, *, now: int, fits: Fits
    ) -> Kept:
        """Return the text to send; see `Strategy.commit`."""
        match write:
            case Insert(record) | Touch(record) | Replace(_, record):
                chosen = "" if isinstance(write, Touch) else write.chosen
                named = replace(record, handle=record.handle or chosen or _new_handle())
                text = self._text(named, now)
                fits(named, text)
                if not await self._listed(named, record, found, lifetime, now):
                    return Kept(None, None, lost=True)
                return Kept(named, text)
            case Remove(record):
                if self._devices is not None and (found.owned or found.nameless):
                    await self._devices.end(record.handle, lifetime, now=now)
                return Kept(None, None)

    def choose(self, record: Record, found: Found, *, now: int) -> Choice:
        """Return a random handle, and the text of the record under it; see `Strategy.choose`."""
        del found
        handle = _new_handle()
        return Choice(handle, self._text(replace(record, handle=handle), now))

    async def take_in(
        self,
        record: Record,
        proof: Proof,
        lifetime: Lifetime,
        *,
        name: str,
        now: int,
        fits: Fits,
    ) -> Found:
        """List a session of another kind, or find it listed; see `Strategy.take_in`.

        Without revocations nothing is known of what is over; and where it is nobody's, only what
        was ended within our absolute limit.
        """
        del fits
        named = replace(record, handle=proof.handle)
        if self._revocations is not None and self._devices is not None:
            await self._revocations.refresh(now=now)
            self._revocations.check_handle(named.handle)
            if record.user is not None:
                named = await self._devices.enter_once(record, proof, lifetime, now=now)
        return Found(record=named, current=named, proof=proof, newest=False, former=name)

    def expect(self, life: int) -> None:
        """Do nothing: what ended is remembered for longer than anything can be taken in."""

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return False: the revocations say what was ended, and nobody knows what expired."""
        del handle, now
        return False

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        return await self.devices.of(user, now=now)

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """End one session, within the bound of `Revocations`; say whether it was in the list."""
        return await self.devices.end(handle, lifetime, now=now)

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many were listed."""
        return await self.devices.end_all(user, lifetime, but=but, now=now)

    def close(self) -> None:
        """Let go of what the log of revocations holds."""
        if self._revocations is not None:
            self._revocations.log.close()

    def _text(self, named: Record, now: int) -> str:
        claims = pack(named, own=self._format.own, mirror=self._mirror)
        return self._format.encode(claims, expires=named.expires, now=now)

    async def _listed(
        self, named: Record, record: Record, found: Found, lifetime: Lifetime, now: int
    ) -> bool:
        if self._devices is None:
            return True
        if named.handle != record.handle:
            return await self._devices.enter(named, found, lifetime, now=now)
        return not _is_news(found.record, named) or await self._devices.note(named, now=now)

    def _verify(self, text: str, now: int) -> _Verified:
        opened = self._format.decode(text, now=now)
        record = unpack(opened, now=now, own=self._format.own, mirror=self._mirror)
        # What says nothing begins when it is seen.
        is_dated = opened.issued is not None or record.created != now
        proof = Proof(text if opened.proven is None else opened.proven, opened.expires)
        verified = record, opened.newest, opened.issued, is_dated, proof
        # A peer's own session begins for us whenever it is seen, so that is not remembered.
        if self._capacity and record.handle:
            with self._lock:
                if len(self._verified) >= self._capacity:
                    # The one that was verified first goes; dicts keep the order of insertion.
                    del self._verified[next(iter(self._verified))]
                self._verified[text] = verified
        return verified


def _is_news(before: Record | None, after: Record) -> bool:
    # Its entry is to be moved, or made for one born in a peer whose user we have just met.
    return before is None or (before.expires, before.user) != (after.expires, after.user)


def _new_handle() -> str:
    return entropy.token(_HANDLE_BYTES)
