"""This process's copy of the revocations, pulled on the back of requests."""

import heapq
import threading
from contextlib import suppress

from dojang.errors import Misuse, Revoked, Unavailable
from dojang.session.fence import Fence, Revocation
from dojang.session.lifetime import Lifetime
from dojang.session.record import Record
from dojang.stores.contract import Store
from dojang.stores.revocation_log import Pulled, RevocationLog

__all__ = ["Revocations"]

#: Milliseconds for which a format may let a token live beyond its expiry.
_SKEW = 60_000

#: Entries that are over and still in the fence, before it is built anew.
_REBUILT_BEYOND = 1_000


class Revocations:
    """Knows which sessions were ended, at most `max_staleness` seconds late.

    One small pull in that time, however many requests; no thread and no subscription. While the
    store cannot be asked, what is known is used for `grace` seconds more, and then nobody is let
    in: a session is over at the latest `max_staleness` + `grace` seconds after it was ended.
    """

    def __init__(self, log: RevocationLog, *, max_staleness: float = 1, grace: float = 5) -> None:
        """Read `log`.

        Args:
            log: The store that keeps revocations.
            max_staleness: Seconds between two pulls.
            grace: Seconds beyond that for which an old copy is good enough.

        Raises:
            Misuse: A time is negative.
        """
        if max_staleness < 0 or grace < 0:
            raise Misuse("max_staleness and grace are seconds, 0 or more")
        self.log = log
        self._max_staleness = round(max_staleness * 1000)
        self._grace = round(grace * 1000)
        self._lock = threading.Lock()
        self._fence = Fence()
        self._expiries: list[int] = []
        self._over = 0
        self._generation: str | None = None
        self._cursor = 0
        self._pulled_at: int | None = None
        self._longest = 0

    @property
    def staleness(self) -> int:
        """Milliseconds for which a revocation may go unnoticed at the most."""
        return self._max_staleness + self._grace

    @property
    def bound(self) -> tuple[float, float]:
        """Seconds until what was ended is refused everywhere: usually, and with the store down."""
        return self._max_staleness / 1000, self.staleness / 1000

    @property
    def begun(self) -> int:
        """When the log began, in unix milliseconds, as far as is known: nothing older is good."""
        return self._fence.everything_before

    def until(self, lifetime: Lifetime, *, now: int) -> int:
        """Return when nothing that began up to `now` can be alive any more, in unix milliseconds.

        Args:
            lifetime: It has an absolute limit.
            now: Unix milliseconds.
        """
        return self.after(max((lifetime.absolute or 0) * 1000, self._longest), now=now)

    def after(self, life: int, *, now: int) -> int:
        """Return when nothing that lives for `life` milliseconds from `now` can be alive."""
        return now + life + self.staleness + _SKEW

    def outlast(self, life: int) -> None:
        """Keep entries for at least `life` milliseconds: something else is judged by them too."""
        self._longest = max(self._longest, life)

    @classmethod
    def of(cls, log: "Revocations | RevocationLog | None") -> "Revocations | None":
        """Return how to read `log`, whichever form it comes in."""
        return log if log is None or isinstance(log, Revocations) else cls(log)

    def is_fresh(self, now: int) -> bool:
        """Return whether the last pull is recent enough to go by; `now` in unix milliseconds."""
        return self._pulled_at is not None and 0 <= now - self._pulled_at < self._max_staleness

    async def refresh(self, *, now: int, at_once: bool = False) -> None:
        """Pull what is new, if the last pull is old enough.

        Args:
            now: Unix milliseconds.
            at_once: Whether to pull however fresh the copy is, and go by no older one.

        Raises:
            Unavailable: The store did not answer, and the copy is too old to go by.
        """
        if self.is_fresh(now) and not at_once:
            return
        try:
            await self._pull(now)
        except Unavailable:
            if at_once or self._pulled_at is None or now - self._pulled_at >= self.staleness:
                raise

    async def admit(self, login: Record, *, store: Store, now: int) -> None:
        """Let a login in that has just been stored, unless it was ended since it began.

        Whoever ends it from here on finds it in the store; what was ended before is seen here.

        Args:
            login: It has a login; a log that does not exist yet begins with it.
            store: Where it was stored, and is not when this raises.
            now: Unix milliseconds.

        Raises:
            Revoked: It was ended.
            Unavailable: The store did not answer.
        """
        try:
            assert login.login is not None
            await self.begin(login.login.at, now=now)
            self.check(login)
        except (Revoked, Unavailable):
            with suppress(Unavailable):
                await store.remove(login.handle)
            raise

    def stops(self, record: Record) -> bool:
        """Return whether a session was ended, as far as is known."""
        return self._fence.stops(record)

    def check_arrival(self, record: Record) -> None:
        """Let a session of another kind in, as far as is known.

        Raises:
            Revoked: All sessions of its user were ended since it began.
        """
        if self._fence.outdates(record):
            raise Revoked("all sessions of the user were ended since this one began")

    def latest(self, handle: str) -> str:
        """Return the handle under which a session goes on, as far as is known."""
        return self._fence.latest(handle)

    def check(self, record: Record) -> None:
        """Let a session pass, as far as is known.

        Raises:
            Revoked: It was ended.
        """
        if self._fence.stops(record):  # on every request, so nothing stands between
            raise Revoked("the session was ended from another place")

    async def add(self, revocation: Revocation, *, now: int) -> None:
        """Append to the log, and know it here at once.

        Raises:
            Unavailable: The store did not answer; nothing was revoked.
        """
        await self.log.revoke(revocation, now=now)
        with self._lock:
            # It comes again with the next pull, which does no harm.
            self._fence.add(revocation)

    async def begin(self, at: int, *, now: int) -> None:
        """Pull what is new; a log that does not exist yet begins.

        Args:
            at: When it begins, in unix milliseconds: with the first login that it is asked about.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        await self.refresh(now=now, at_once=True)
        if not self._generation:
            await self.log.begin(now=at)
            await self.refresh(now=now, at_once=True)

    async def _pull(self, now: int) -> None:
        after = self._cursor
        pulled = await self.log.revocations(after=after, now=now)
        if self._fits(pulled, now):
            return
        # The first pull, a log begun anew, or a copy that missed something: take all of it.
        self._take_all(await self.log.revocations(after=0, now=now) if after else pulled, now)

    def _fits(self, pulled: Pulled, now: int) -> bool:
        with self._lock:
            self._forget_what_is_over(now)
            known = len(self._expiries) + len(pulled.entries) == pulled.live
            # A log that has not begun may have been lost since the last one that had not.
            same = bool(pulled.generation) and pulled.generation == self._generation
            if not same or not known or self._is_mostly_over:
                return False
            for entry in pulled.entries:
                self._fence.add(entry)
                heapq.heappush(self._expiries, entry.expires)
            self._cursor, self._pulled_at = pulled.cursor, now
            return True

    def _forget_what_is_over(self, now: int) -> None:
        while self._expiries and self._expiries[0] <= now:
            heapq.heappop(self._expiries)
            self._over += 1

    @property
    def _is_mostly_over(self) -> bool:
        # The fence keeps what is over until it is built anew, which is worth it now and then.
        return self._over > len(self._expiries) + _REBUILT_BEYOND

    def _take_all(self, pulled: Pulled, now: int) -> None:
        with self._lock:
            self._fence = Fence(pulled.entries, everything_before=pulled.begun)
            self._expiries = sorted(entry.expires for entry in pulled.entries)
            self._over = 0
            self._generation, self._cursor = pulled.generation, pulled.cursor
            self._pulled_at = now
