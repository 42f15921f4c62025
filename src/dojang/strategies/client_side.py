"""The session is in the cookie: nothing to run, nothing to look up."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from dojang.errors import Conflict, Misuse
from dojang.session.fence import Revocation
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.plan import Insert, Remove, Replace, Touch, Write
from dojang.session.record import Principal, Record, goes_on
from dojang.session.resume import resume
from dojang.session.settle import RESERVED
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies import room
from dojang.strategies.facts import pack, unpack
from dojang.strategies.moved_in import Home, Note, moved_in, notes_in
from dojang.strategies.revocations import Revocations
from dojang.strategies.strategy import Choice, Fits, Kept, pick
from dojang.wire import entropy
from dojang.wire.format import Format

__all__ = ["ClientSide"]

#: Entries of a device list that this process remembers having written.
_KNOWN_ENTRIES = 10_000

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
        self._known_entries: dict[str, int | None] = {}
        self._lock = threading.Lock()
        self._revocations = Revocations.of(revocations)
        self._limit = limit

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
                if record.login is None or not record.handle:
                    record = await self._met(record, proof, now)
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
                if named.handle != record.handle:
                    there = await self._enlist(named, found, lifetime, now)
                else:
                    there = not _is_news(found.record, named) or await self._noted(named, now)
                return Kept(named, text) if there else Kept(None, None, lost=True)
            case Remove(record):
                if self._revocations is not None and (found.owned or found.nameless):
                    await self.end(record.handle, lifetime, now=now)
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
        named, revocations = replace(record, handle=proof.handle), self._revocations
        if revocations is not None:
            await revocations.refresh(now=now)
            revocations.check_handle(named.handle)
            if record.user is not None:
                named = await self._listed_once(record, proof, lifetime, now)
        return Found(record=named, current=named, proof=proof, newest=False, former=name)

    def expect(self, life: int) -> None:
        """Do nothing: what ended is remembered for longer than anything can be taken in."""

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return False: the revocations say what was ended, and nobody knows what expired."""
        del handle, now
        return False

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        return await self._known("listed").log.list(user, now=now)

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """End one session, within the bound of `Revocations`; say whether it was in the list."""
        return await self.leave(handle, lifetime, now=now)

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many were listed."""
        revocations = self._known("ended from afar")
        entry = Revocation(
            user=str(user),
            not_before=now,
            exempt=but,
            expires=revocations.until(lifetime, now=now),
        )
        # Whoever is listed behind this has to look at the log, and finds it there.
        await revocations.add(entry, now=now)
        # Sessions born in a peer carry no instant of a login, and those of a host whose clock is
        # ahead a later one: what we know of them is ended one by one.
        ended = 0
        for listed in await revocations.log.list(user, now=now):
            if (listed.login is None or now <= listed.login.at) and listed.handle != but:
                ended += await self.leave(listed.handle, lifetime, now=now)
        return ended + await revocations.log.remove_all(user, now=now, but=but)

    def close(self) -> None:
        """Let go of what the log of revocations holds."""
        if self._revocations is not None:
            self._revocations.log.close()

    async def leave(
        self, handle: str, lifetime: Lifetime, *, heir: str | None = None, now: int
    ) -> bool:
        """End the session of a handle that goes on under another one; say whether it was listed.

        Args:
            handle: Its old name.
            lifetime: The limits in force.
            heir: Its new one; None where somebody has signed in anew. What only moves keeps what it
                was spared from when others were ended.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        revocations = self._known("ended from afar")
        if not handle:
            return False
        expires = revocations.until(lifetime, now=now)
        await revocations.add(Revocation(handle=handle, exempt=heir, expires=expires), now=now)
        return await revocations.log.remove(handle)

    def _text(self, named: Record, now: int) -> str:
        claims = pack(named, own=self._format.own, mirror=self._mirror)
        return self._format.encode(claims, expires=named.expires, now=now)

    async def _enlist(self, named: Record, found: Found, lifetime: Lifetime, now: int) -> bool:
        """List a session under its new name; say whether it goes on."""
        if self._revocations is None:
            return True
        former = _left_behind(found, named)
        moved = former is not None and goes_on(former, named)
        if named.user is not None:
            await self._count_in(named, former, lifetime, now)
            if named.login is not None and (former is None or former.login != named.login):
                await self._revocations.admit(named, store=self._revocations.log, now=now)
        if former is not None:
            await self.leave(former.handle, lifetime, heir=named.handle if moved else None, now=now)
        return not moved or await self._goes_on(named, now)

    async def _count_in(
        self, named: Record, former: Record | None, lifetime: Lifetime, now: int
    ) -> None:
        """List a session, if there is room for it or room can be made."""
        log, limit, user = self._known("listed").log, self._limit, named.user
        entry = _entry(named, now)
        instead = former is not None and str(former.user) == str(user)
        if limit is None or user is None or (instead and limit.when_full == "refuse"):
            await log.insert(entry, now=now)
        elif limit.when_full == "refuse":
            await log.insert(entry, now=now, limit=limit)
        else:
            leaving = former.handle if former is not None and instead else None
            moved = former is not None and goes_on(former, named)
            await self._make_room(
                entry, user, limit, lifetime, leaving=leaving, moved=moved, now=now
            )

    async def _make_room(
        self,
        entry: Record,
        user: Principal,
        limit: Limit,
        lifetime: Lifetime,
        *,
        leaving: str | None,
        moved: bool,
        now: int,
    ) -> None:
        log = self._known("listed").log
        listed = await log.list(user, now=now)
        if moved:
            same = [one for one in listed if one.handle == leaving]
            placed = replace(entry, data=same[0].data) if same else entry
        else:
            placed = room.behind(entry, listed)
        await log.insert(placed, now=now)
        listed = await log.list(user, now=now)
        for victim in room.beyond([one for one in listed if one.handle != leaving], limit):
            # What makes room is ended in the log too, and not in the list alone.
            await self.leave(victim.handle, lifetime, now=now)

    async def _listed_once(
        self, record: Record, proof: Proof, lifetime: Lifetime, now: int
    ) -> Record:
        """List a session of another kind under a handle of its own, or return it as listed."""
        revocations = self._known("listed")
        # A log refuses what is older than it is, in case it was lost; what was elsewhere then is
        # known here by its handle.
        if record.login is not None and not revocations.covers(record.login.at):
            record = replace(record, login=None)

        async def find(note: Note) -> Record | None:
            return await self._still_listed(replace(record, handle=note.handle), lifetime, now)

        home = Home(
            named=lambda nonce: replace(record, handle=nonce),
            store=lambda named: self._count_in(named, None, lifetime, now),
            find=find,
            remove=revocations.log.remove,
            notes=notes_in(revocations.log),
            fence=revocations,
        )
        return (await moved_in(home, proof, now=now))[0]

    async def _still_listed(self, named: Record, lifetime: Lifetime, now: int) -> Record | None:
        revocations = self._known("listed")
        revocations.check_handle(named.handle)
        entry = await revocations.log.find(named.handle)
        if entry is None:
            return None
        entry = resume(entry, lifetime, now=now)
        expires = lifetime.expiry(created=entry.created, remember=entry.remember, now=now)
        named = replace(named, created=entry.created, login=entry.login, expires=expires)
        return named if await self._noted(named, now) else None

    async def _goes_on(self, moved: Record, now: int) -> bool:
        revocations = self._known("listed")
        await revocations.refresh(now=now, at_once=True)
        if not revocations.stops(moved):
            return True
        await revocations.log.remove(moved.handle)  # it was ended while it moved
        return False

    async def _met(self, record: Record, proof: Proof, now: int) -> Record:
        """Name and list a session born in a peer, when it is seen for the first time."""
        # The same text has the same name, however often it comes back.
        named = record if record.handle else replace(record, handle=proof.handle)
        if named.login is None and named.handle not in self._known_entries:
            await self._noted(named, now)
        return named

    async def _noted(self, renewed: Record, now: int) -> bool:
        """Move the entry of a session that was renewed; say whether it may be."""
        if self._revocations is None or renewed.user is None:
            return True
        if self._known_entries.get(renewed.handle) == renewed.expires:
            return True
        entry = _entry(renewed, now)
        if await self._revocations.log.touch(entry, now=now):
            self._remember_entry(renewed)
            return True
        # Ended a moment ago, or kept alive by a peer until its entry was over.
        await self._revocations.refresh(now=now, at_once=True)
        if self._revocations.stops(renewed):
            return False
        with suppress(Conflict):
            await self._revocations.log.insert(entry, now=now)
        self._remember_entry(renewed)
        return True

    def _remember_entry(self, listed: Record) -> None:
        if len(self._known_entries) >= _KNOWN_ENTRIES:
            self._known_entries.clear()
        self._known_entries[listed.handle] = listed.expires

    def _known(self, what: str) -> Revocations:
        if self._revocations is None:
            raise Misuse(
                f"sessions that live in their cookie alone cannot be {what}; write "
                "ClientSide(format, revocations=store), or keep them on the server: "
                "ServerSide(SqliteStore(...))"
            )
        return self._revocations

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


def _left_behind(found: Found, named: Record) -> Record | None:
    # What is nobody's ends with its cookie. A text that a peer made without a name may be
    # somebody's there, unless it is somebody's only now.
    record = found.record
    peers = found.nameless and named.user is None
    if record is None or not (found.owned or peers):
        return None
    if record.user is None and found.current is not None:
        return replace(record, user=found.current.user)
    return record


def _is_news(before: Record | None, after: Record) -> bool:
    # Its entry is to be moved, or made for one born in a peer whose user we have just met.
    return before is None or (before.expires, before.user) != (after.expires, after.user)


def _entry(record: Record, now: int) -> Record:
    # What a device list shows; the data stay in the cookie.
    return replace(record, data="{}", seen=now)


def _new_handle() -> str:
    return entropy.token(_HANDLE_BYTES)
