"""The device list of sessions that live in cookies, kept beside what was ended of them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from dojang.errors import Conflict
from dojang.session.fence import Revocation
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.record import Principal, Record, goes_on
from dojang.session.resume import resume
from dojang.strategies import room
from dojang.strategies.moved_in import Home, Note, moved_in, notes_in
from dojang.strategies.revocations import OF_A_USER, Revocations

__all__ = ["DeviceList"]

#: Entries that this process remembers having written.
_KNOWN_ENTRIES = 10_000


class DeviceList:
    """Says which sessions a user has, ends them in the log, and keeps to the limit.

    An entry is written when somebody logs in, when their session is extended, and when a session
    that was born in a peer is seen for the first time; a request as such writes nothing.
    """

    def __init__(self, revocations: Revocations, limit: Limit | None) -> None:
        """Take where it is kept.

        Args:
            revocations: With the log that has the entries, too.
            limit: How many sessions one principal may have.
        """
        self._revocations = revocations
        self._log = revocations.log
        self._limit = limit
        self._known: dict[str, int | None] = {}

    async def of(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        return await self._log.list(user, now=now)

    async def enter(self, named: Record, found: Found, lifetime: Lifetime, *, now: int) -> bool:
        """List a session under its new name; say whether it goes on.

        Args:
            named: As it is written.
            found: As it was; under its old name it is over.
            lifetime: The limits in force.
            now: Unix milliseconds.

        Raises:
            Revoked: All sessions of its user were ended since it began.
            TooManySessions: The user has as many as they may, and the limit refuses more.
            Unavailable: The store did not answer.
        """
        former = _left_behind(found, named)
        moved = former is not None and goes_on(former, named)
        if named.user is not None:
            await self._count_in(named, former, lifetime, now)
            if named.login is not None and (former is None or former.login != named.login):
                await self._revocations.admit(named, store=self._log, now=now)
        if former is not None:
            await self.end(former.handle, lifetime, heir=named.handle if moved else None, now=now)
        return not moved or await self._goes_on(named, now)

    async def enter_once(
        self, record: Record, proof: Proof, lifetime: Lifetime, *, now: int
    ) -> Record:
        """List a session of another kind under a handle of its own, or return it as listed.

        Raises:
            Rejected: It is over.
            Unavailable: The store did not answer.
        """
        # A log refuses what is older than it is, in case it was lost; what was elsewhere then is
        # known here by its handle.
        if record.login is not None and not self._revocations.covers(record.login.at):
            record = replace(record, login=None)

        async def find(note: Note) -> Record | None:
            return await self._still_there(replace(record, handle=note.handle), lifetime, now)

        home = Home(
            named=lambda nonce: replace(record, handle=nonce),
            store=lambda named: self._count_in(named, None, lifetime, now),
            find=find,
            remove=self._log.remove,
            notes=notes_in(self._log),
            fence=self._revocations,
        )
        return (await moved_in(home, proof, now=now))[0]

    async def meet(self, record: Record, proof: Proof, *, now: int) -> Record:
        """Name and list a session born in a peer, when it is seen for the first time."""
        # The same text has the same name, however often it comes back.
        named = record if record.handle else replace(record, handle=proof.handle)
        if named.login is None and named.handle not in self._known:
            await self.note(named, now=now)
        return named

    async def note(self, renewed: Record, *, now: int) -> bool:
        """Move the entry of a session that was renewed; say whether it may be."""
        if renewed.user is None or self._known.get(renewed.handle) == renewed.expires:
            return True
        entry = _entry(renewed, now)
        if await self._log.touch(entry, now=now):
            self._remember(renewed)
            return True
        # Ended a moment ago, or kept alive by a peer until its entry was over.
        await self._revocations.refresh(now=now, at_once=True)
        if self._revocations.stops(renewed):
            return False
        with suppress(Conflict):
            await self._log.insert(entry, now=now)
        self._remember(renewed)
        return True

    async def end(
        self, handle: str, lifetime: Lifetime, *, heir: str | None = None, now: int
    ) -> bool:
        """End the session of a handle, which may go on under another; say whether it was listed.

        Args:
            handle: Its old name.
            lifetime: The limits in force.
            heir: Its new one; None where it is over, or somebody has signed in anew. What only
                moves keeps what it was spared from when others were ended.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        if not handle:
            return False
        expires = self._revocations.until(lifetime, now=now)
        entry = Revocation(handle=handle, exempt=heir, expires=expires)
        await self._revocations.add(entry, now=now)
        return await self._log.remove(handle)

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many were listed.

        Raises:
            Unavailable: The store did not answer.
        """
        entry = Revocation(
            user=str(user),
            not_before=now,
            exempt=but,
            expires=max(self._revocations.until(lifetime, now=now), now + OF_A_USER),
        )
        # Whoever is listed behind this has to look at the log, and finds it there.
        await self._revocations.add(entry, now=now)
        # Sessions born in a peer carry no instant of a login, and those of a host whose clock is
        # ahead a later one: what we know of them is ended one by one.
        ended = 0
        for listed in await self._log.list(user, now=now):
            if (listed.login is None or now <= listed.login.at) and listed.handle != but:
                ended += await self.end(listed.handle, lifetime, now=now)
        return ended + await self._log.remove_all(user, now=now, but=but)

    async def _count_in(
        self, named: Record, former: Record | None, lifetime: Lifetime, now: int
    ) -> None:
        """List a session, if there is room for it or room can be made."""
        limit, user = self._limit, named.user
        entry = _entry(named, now)
        instead = former is not None and str(former.user) == str(user)
        if limit is None or user is None or (instead and limit.when_full == "refuse"):
            await self._log.insert(entry, now=now)
        elif limit.when_full == "refuse":
            await self._log.insert(entry, now=now, limit=limit)
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
        listed = await self._log.list(user, now=now)
        if moved:
            same = [one for one in listed if one.handle == leaving]
            placed = replace(entry, data=same[0].data) if same else entry
        else:
            placed = room.behind(entry, listed)
        await self._log.insert(placed, now=now)
        listed = await self._log.list(user, now=now)
        for victim in room.beyond([one for one in listed if one.handle != leaving], limit):
            # What makes room is ended in the log too, and not in the list alone.
            await self.end(victim.handle, lifetime, now=now)

    async def _still_there(self, named: Record, lifetime: Lifetime, now: int) -> Record | None:
        self._revocations.check_handle(named.handle)
        entry = await self._log.find(named.handle)
        if entry is None:
            return None
        entry = resume(entry, lifetime, now=now)
        expires = lifetime.expiry(created=entry.created, remember=entry.remember, now=now)
        named = replace(named, created=entry.created, login=entry.login, expires=expires)
        return named if await self.note(named, now=now) else None

    async def _goes_on(self, moved: Record, now: int) -> bool:
        await self._revocations.refresh(now=now, at_once=True)
        if not self._revocations.stops(moved):
            return True
        await self._log.remove(moved.handle)  # it was ended while it moved
        return False

    def _remember(self, listed: Record) -> None:
        if len(self._known) >= _KNOWN_ENTRIES:
            self._known.clear()
        self._known[listed.handle] = listed.expires


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


def _entry(record: Record, now: int) -> Record:
    # What a device list shows; the data stay in the cookie.
    return replace(record, data="{}", seen=now)
