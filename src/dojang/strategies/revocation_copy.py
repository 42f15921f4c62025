"""What one process knows of a log of revocations, and whether what it pulls goes on from that."""

import heapq

from dojang.session.fence import Fence, Revocation
from dojang.stores.revocation_log import Pulled

__all__ = ["RevocationCopy"]

#: Entries that are over and still in the fence, before it is built anew.
_REBUILT_BEYOND = 1_000


class RevocationCopy:
    """A fence, and what tells whether the log is still the one that it was made from.

    A log is another one if its generation is, if it has more or less alive than is known, or if
    the newest entry that is known and alive is not in its place: a failover may lose the last
    entries, and give their numbers to others.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.fence = Fence()
        self.generation: str = ""
        self._expiries: list[int] = []
        self._over = 0
        # The newest, the newest of those that outlive it, and so on.
        self._newest: list[Revocation] = []
        self._own: list[Revocation] | None = None

    def add(self, revocation: Revocation) -> None:
        """Know an entry at once that this process made, and that is pulled later."""
        self.fence.add(revocation)
        if self._own is not None:
            self._own.append(revocation)

    def begin_pull(self, now: int) -> int:
        """Return behind which number to ask: the newest entry that is alive comes once more."""
        while self._expiries and self._expiries[0] <= now:
            heapq.heappop(self._expiries)
            self._over += 1
        while self._newest and self._newest[-1].expires <= now:
            self._newest.pop()
        # What is ended while the answer is on its way may be missing in it.
        self._own = []
        return self._newest[-1].number - 1 if self._newest else 0

    def take_new(self, pulled: Pulled) -> bool:
        """Take what is behind the number that was asked for; or say that it does not fit."""
        new = pulled.entries
        if self._newest:
            last = self._newest[-1]
            if not new or (new[0].number, new[0]) != (last.number, last):
                return False
            new = new[1:]
        # A log that has not begun may have been lost since the last one that had not.
        same = bool(pulled.generation) and pulled.generation == self.generation
        if not same or len(self._expiries) + len(new) != pulled.live or self._is_mostly_over:
            return False
        for entry in new:
            self.fence.add(entry)
            heapq.heappush(self._expiries, entry.expires)
            self._pass(entry)
        self._own = None
        return True

    def take_all(self, pulled: Pulled) -> None:
        """Take the whole log; what it lost of the same generation stays ended here."""
        same = bool(pulled.generation) and pulled.generation == self.generation
        if not same or self._is_mostly_over:
            fence, self._over = Fence(everything_before=pulled.begun), 0
        else:
            fence = self.fence
        for entry in (*pulled.entries, *(self._own or ())):
            fence.add(entry)
        self.fence, self.generation, self._own = fence, pulled.generation, None
        self._expiries = sorted(entry.expires for entry in pulled.entries)
        self._newest = []
        for entry in pulled.entries:
            self._pass(entry)

    def _pass(self, entry: Revocation) -> None:
        while self._newest and self._newest[-1].expires <= entry.expires:
            self._newest.pop()
        self._newest.append(entry)

    @property
    def _is_mostly_over(self) -> bool:
        # The fence keeps what is over until it is built anew, which is worth it now and then.
        return self._over > len(self._expiries) + _REBUILT_BEYOND
