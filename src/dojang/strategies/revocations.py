"""This process's copy of the revocations, pulled on the back of requests."""

from dojang.errors import Misuse, Revoked, Unavailable
from dojang.session.fence import Fence, Revocation
from dojang.session.record import Record
from dojang.stores.revocation_log import Pulled, RevocationLog

__all__ = ["Revocations"]


class Revocations:
    """Knows which sessions were ended, at most `max_staleness` seconds late.

    One small query in that time, however many requests; no thread and no subscription. While the
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
        self._fence = Fence()
        self._entries: list[Revocation] = []
        self._generation: str | None = None
        self._cursor = 0
        self._pulled_at: int | None = None

    @property
    def staleness(self) -> int:
        """Milliseconds for which a revocation may go unnoticed at the most."""
        return self._max_staleness + self._grace

    async def refresh(self, *, now: int) -> None:
        """Pull what is new, if the last pull is old enough.

        Raises:
            Unavailable: The store did not answer, and the copy is too old to go by.
        """
        if self._pulled_at is not None and 0 <= now - self._pulled_at < self._max_staleness:
            return
        try:
            await self._pull(now)
        except Unavailable:
            if self._pulled_at is None or now - self._pulled_at >= self.staleness:
                raise

    def check(self, record: Record) -> None:
        """Let a session pass, as far as is known.

        Raises:
            Revoked: It was ended.
        """
        if self._fence.stops(record):
            raise Revoked("the session was ended from another place")

    async def add(self, revocation: Revocation, *, now: int) -> None:
        """Append to the log, and know it here at once.

        Raises:
            Unavailable: The store did not answer; nothing was revoked.
        """
        await self.log.revoke(revocation, now=now)
        self._fence.add(revocation)

    async def _pull(self, now: int) -> None:
        pulled = await self.log.revocations(after=self._cursor, now=now)
        known = [entry for entry in self._entries if entry.expires > now]
        behind = len(known) + len(pulled.entries) != pulled.live
        if pulled.generation != self._generation or behind:
            # The first pull, a log begun anew, or a copy that missed something: take all of it.
            pulled, known = await self.log.revocations(after=0, now=now), []
        self._take(pulled, known, now)

    def _take(self, pulled: Pulled, known: list[Revocation], now: int) -> None:
        entries = [*known, *pulled.entries]
        # A process that starts with a log cannot tell a young one from one begun anew.
        self._fence = Fence(entries, everything_before=pulled.begun)
        self._entries = entries
        self._generation, self._cursor = pulled.generation, pulled.cursor
        self._pulled_at = now
