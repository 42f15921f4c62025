"""This process's copy of the revocations, pulled on the back of requests."""

import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from dojang.errors import Misuse, Revoked, Unavailable
from dojang.session.fence import Revocation
from dojang.session.lifetime import Lifetime
from dojang.session.record import Record
from dojang.stores.contract import Store
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.revocation_copy import RevocationCopy
from dojang.strategies.single_flight import Flight, SingleFlight

__all__ = ["OF_A_USER", "Revocations"]

#: Milliseconds for which a format may let a token live beyond its expiry.
_SKEW = 60_000

#: Milliseconds for which "everything of a user" stays in the log. What it ends may live longer than
#: the sessions of the process that says so, such as refresh tokens of another, and nothing that
#: browsers keep lives longer than this.
OF_A_USER = 400 * 24 * 3600 * 1000


class _Deadline(NamedTuple):
    """An instant on the clock of requests, and on one that nobody sets; what comes first counts."""

    now: int = 0
    monotonic: float = 0

    def later(self, milliseconds: int) -> "_Deadline":
        """Return an instant behind this one."""
        return _Deadline(self.now + milliseconds, self.monotonic + milliseconds / 1000)

    def is_ahead(self, now: int) -> bool:
        """Return whether neither clock has reached it."""
        return now < self.now and time.monotonic() < self.monotonic


class Revocations:
    """Knows which sessions were ended, at most `max_staleness` seconds late.

    One small pull in that time, however many requests, threads and event loops: one request pulls,
    and alone waits. The others go by what is known, for `grace` seconds more than that time, as all
    do while the store cannot be asked; then nobody is let in: a session is over at the latest
    `max_staleness` + `grace` seconds after it was ended.
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
        self._copy = RevocationCopy()
        self._fresh = _Deadline()
        self._good = _Deadline()
        self._in_vain = _Deadline()
        self._longest = 0
        self._pulled = self._went_by = 0
        self._told: Callable[[int], object] | None = None
        self.after_fork()
        _ALL.add(self)

    def after_fork(self) -> None:
        """Begin anew what the threads of the parent were about."""
        self._lock = threading.Lock()
        self._pulls = SingleFlight()

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
        return self._copy.fence.everything_before

    def covers(self, at: int) -> bool:
        """Return whether the log had begun by then (unix milliseconds), as far as is known."""
        return bool(self._copy.generation) and self.begun <= at

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
        """Return whether the last pull is recent enough to go by, as the caller does if it is.

        Args:
            now: Unix milliseconds.
        """
        # On every request, so nothing stands between; `is_ahead` says the same.
        fresh = self._fresh
        if now < fresh.now and time.monotonic() < fresh.monotonic:
            self._went_by = now
            return True
        return False

    async def refresh(self, *, now: int, at_once: bool = False) -> None:
        """Pull what is new, if the last pull is old enough and nobody is about it.

        Args:
            now: Unix milliseconds.
            at_once: Whether to go by nothing older than this call, whatever is known.

        Raises:
            Unavailable: The store did not answer, and the copy is too old to go by.
        """
        await self._refresh(now=now, at_once=at_once)
        self._went_by = now

    async def _refresh(self, *, now: int, at_once: bool) -> None:
        begun = self._pulls.begun
        waits = at_once or not self._max_staleness
        while at_once or not (self.is_fresh(now) or self._has_just_failed(now)):
            pull, is_ours = self._pulls.board(since=begun)
            if is_ours:
                await self._pull(pull, now)
            elif waits or not self._good.is_ahead(now):
                await pull.landed()
            else:
                return
            began_since = pull.number > begun
            if pull.arrived and (began_since or not waits):
                return
            if pull.trouble is not None and began_since:
                if self._good.is_ahead(now) and not at_once:
                    return
                raise Unavailable(
                    str(pull.trouble), retry_after=pull.trouble.retry_after
                ) from pull.trouble

    def tell(self, told: Callable[[int], object]) -> None:
        """Tell of each pull how late requests before it learnt what was ended, at the most.

        Args:
            told: Called with milliseconds: how old the copy was by which the last one was judged.
        """
        self._told = told

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
        return self._copy.fence.stops(record)

    def check_arrival(self, record: Record) -> None:
        """Let a session of another kind in, as far as is known.

        Raises:
            Revoked: All sessions of its user were ended since it began.
        """
        if self._copy.fence.outdates(record):
            raise Revoked("all sessions of the user were ended since this one began")

    def check_handle(self, handle: str) -> None:
        """Let a session pass of which nothing but a handle is known, as far as that is known.

        Raises:
            Revoked: It was ended.
        """
        if self._copy.fence.ended(handle):
            raise Revoked("the session was ended from another place")

    def latest(self, handle: str) -> str:
        """Return the handle under which a session goes on, as far as is known."""
        return self._copy.fence.latest(handle)

    def check(self, record: Record) -> None:
        """Let a session pass, as far as is known.

        Raises:
            Revoked: It was ended.
        """
        if self._copy.fence.stops(record):  # on every request, so nothing stands between
            raise Revoked("the session was ended from another place")

    async def add(self, revocation: Revocation, *, now: int) -> None:
        """Append to the log, and know it here at once.

        Raises:
            Unavailable: The store did not answer; nothing was revoked.
        """
        await self.log.revoke(revocation, now=now)
        with self._lock:
            # It comes again with the next pull, which does no harm.
            self._copy.add(revocation)

    async def begin(self, at: int, *, now: int) -> None:
        """Pull what is new; a log that does not exist yet begins.

        Args:
            at: When it begins, in unix milliseconds: with the first login that it is asked about.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        await self.refresh(now=now, at_once=True)
        if not self._copy.generation:
            await self.log.begin(now=at)
            await self.refresh(now=now, at_once=True)

    async def _pull(self, pull: Flight, now: int) -> None:
        began = _Deadline(now, time.monotonic())
        try:
            pull.arrived = await self._take(pull, began)
        except Unavailable as trouble:
            pull.trouble = trouble
            took = round((time.monotonic() - began.monotonic) * 1000)
            self._in_vain = began.later(took + self._max_staleness)
        finally:
            pull.land()

    async def _take(self, pull: Flight, began: _Deadline) -> bool:
        """Take what is new; False if that took so long that somebody else has begun to."""
        with self._lock:
            after = self._copy.begin_pull(began.now)
        pulled = await self.log.revocations(after=after, now=began.now)
        with self._lock:
            if not self._pulls.is_latest(pull):
                return False
            if self._copy.take_new(pulled):
                self._has_pulled(began)
                return True
        # The first pull, a log begun anew, or a copy that missed something: take all of it.
        if after:
            pulled = await self.log.revocations(after=0, now=began.now)
        with self._lock:
            if not self._pulls.is_latest(pull):
                return False
            self._copy.take_all(pulled)
            self._has_pulled(began)
            return True

    def _has_pulled(self, began: _Deadline) -> None:
        if self._told and self._pulled:
            self._told(max(0, self._went_by - self._pulled))
        self._pulled = began.now
        self._fresh = began.later(self._max_staleness)
        self._good = began.later(self.staleness)

    def _has_just_failed(self, now: int) -> bool:
        """Return whether asking can wait, because it was in vain and what is known is good."""
        return self._in_vain.is_ahead(now) and self._good.is_ahead(now)


_ALL: "weakref.WeakSet[Revocations]" = weakref.WeakSet()


def _after_fork() -> None:
    for one in list(_ALL):
        one.after_fork()


os.register_at_fork(after_in_child=_after_fork)
