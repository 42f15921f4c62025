"""Taking turns at a session that several requests write at the same time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from dojang import blocking
from dojang.stores.drivers.waiting import running_loop

__all__ = ["Turns"]


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


class Turns:
    """Lets those who lost a session to another write go one after another, first come first served.

    Of those who share an event loop one tries at a time, against who writes for the first time and
    against other processes. If all tried at once, each but one would lose again, and those who are
    late by as much as a round trip takes would always be the same.
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._of: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Turn]]
        self._of = WeakKeyDictionary()

    @asynccontextmanager
    async def at(self, handle: str) -> AsyncGenerator[None]:
        """Wait for one's turn at a session; where nothing can wait for others, it is at once."""
        loop = running_loop()
        if loop is None or blocking.is_driving():
            yield
            return
        turns = self._of.setdefault(loop, {})
        turn = turns.setdefault(handle, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del turns[handle]
