"""A store in this process: bounded, expiring, safe between threads, gone with the process."""

from dojang.stores.memory.counters import MemoryCounters
from dojang.stores.memory.documents import MemoryDocuments
from dojang.stores.memory.leases import MemoryLeases
from dojang.stores.memory.records import MemoryRecords
from dojang.stores.memory.revocations import MemoryRevocations

__all__ = ["MemoryStore"]


class MemoryStore(MemoryRecords, MemoryRevocations, MemoryLeases, MemoryCounters, MemoryDocuments):
    """A store for tests and single-process programs."""

    suspends = False
    by_id = False

    def __init__(self, *, capacity: int = 100_000) -> None:
        """Hold at most `capacity` records; one more is refused, nobody is logged out for it."""
        MemoryRecords.__init__(self, capacity)
        MemoryRevocations.__init__(self)
        MemoryLeases.__init__(self)
        MemoryCounters.__init__(self)
        MemoryDocuments.__init__(self)

    def close(self) -> None:
        """Do nothing: there is nothing but memory to let go of."""
