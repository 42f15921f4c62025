"""All lines of one event loop, or of all threads of a process, to the servers of one Redis."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType

from dojang.stores.drivers.breaker import Breaker
from dojang.stores.drivers.gathering import Gatherer
from dojang.stores.drivers.redis_asks import Address, Answer, Ask, Command, Lost, Unreplicated
from dojang.stores.drivers.redis_links import AsyncLink, BlockingLink, Link
from dojang.stores.drivers.redis_places import Place
from dojang.stores.drivers.redis_servers import Alone, Cluster, Sentinels, Servers

__all__ = ["Line", "Lines"]


class Line:
    """A server with its breaker; on an event loop callers share its round trips."""

    def __init__(
        self, link: Link, breaker: Breaker, place: Place, *, gather: bool, wait: bool
    ) -> None:
        """Begin with nothing under way.

        Args:
            link: To the server.
            breaker: Of the server.
            place: Whose server it is.
            gather: Whether callers come from one event loop.
            wait: Whether replicas are waited for.
        """
        self.link = link
        self.breaker = breaker
        # Where one server answers for all keys, many GET are one MGET.
        self._merge = place.kind != "cluster"
        self._wait = (place.wait, place.wait_seconds) if wait else None
        self._gatherer = Gatherer("Redis", self._send) if gather else None

    async def run(self, ask: Ask) -> Sequence[Answer]:
        """Return the answers to the commands of `ask`.

        Raises:
            Lost: The server could not be reached, or did not answer.
            Unavailable: It failed until a moment ago, or the loop is closing.
        """
        self.breaker.check()
        if self._gatherer is not None:
            return await self._gatherer.ask(ask)
        (answers,) = await self._send([ask])
        if isinstance(answers, Exception):
            raise answers
        return answers

    async def _send(self, asks: Sequence[Ask]) -> Sequence[Sequence[Answer] | Exception]:
        """Make one round trip; whatever happens to it is an answer to each."""
        merged = [ask for ask in asks if _is_get(ask)] if self._merge and len(asks) > 1 else []
        others = [ask for ask in asks if not (merged and _is_get(ask))]
        commands = [command for ask in others for command in ask.sent()]
        if merged:
            commands.append(("MGET", *(ask.commands[0][1] for ask in merged)))
        if self._wait is not None:
            commands.append(("WAIT", self._wait[0], round(self._wait[1] * 1000)))
        try:
            answers = await self.link.trip(commands)
        except Lost as lost:
            self.breaker.failed()
            return [Lost(str(lost), sent=lost.sent, late=lost.late) for _ in asks]
        self.breaker.succeeded()
        if self._wait is not None:
            has = answers.pop()
            if isinstance(has, int) and has < self._wait[0]:
                return [Unreplicated(has, *self._wait) for _ in asks]
        values = iter(_each(answers.pop(), len(merged))) if merged else iter(())
        rest = iter(answers)
        return [[next(values)] if merged and _is_get(ask) else ask.answered(rest) for ask in asks]


def _is_get(ask: Ask) -> bool:
    return len(ask.commands) == 1 and ask.commands[0][0] == "GET"


def _each(answer: Answer, count: int) -> Sequence[Answer]:
    """Return the parts of an answer to `MGET`; an error of Redis is one for each."""
    refused = isinstance(answer, Exception)
    return [answer] * count if refused else answer


class Lines:
    """The lines to the servers of a place, opened when they are first used."""

    def __init__(
        self,
        place: Place,
        breakers: dict[Address, Breaker],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        """Open nothing yet.

        Args:
            place: Which Redis.
            breakers: Of its servers, shared by all loops and threads of the process.
            loop: The event loop, or None for threads that block.
        """
        self._place = place
        self._breakers = breakers
        self.loop = loop
        self._lines: dict[tuple[Address, bool], Line] = {}
        self._guard: AsyncGenerator[None] | None = None
        turn = _ThreadTurn() if loop is None else asyncio.Lock()
        self.servers: Servers = (
            Alone(place)
            if place.kind == "alone"
            else Sentinels(place, self.query, turn)
            if place.kind == "sentinel"
            else Cluster(place, self.query, turn)
        )

    async def open(self) -> None:
        """Make sure that connections are closed when the event loop is."""
        if self.loop is not None:
            self._guard = self._until_the_loop_closes()
            await anext(self._guard)

    def line(self, address: Address, *, reads: bool) -> Line:
        """Return the line to a server.

        Args:
            address: The server.
            reads: Whether it is for what only reads, and waits for no replica.
        """
        wait = self._place.wait > 0 and not reads
        line = self._lines.get((address, wait))
        if line is None:
            breaker = self._breakers.setdefault(address, Breaker(self._place.name))
            gather = self.loop is not None
            line = Line(self._link(address), breaker, self._place, gather=gather, wait=wait)
            # Another thread may have been as fast.
            line = self._lines.setdefault((address, wait), line)
        return line

    async def query(self, address: Address, command: Command, sentinel: bool = False) -> Answer:
        """Return what a server answers on a connection of its own.

        Raises:
            Lost: It does not answer.
        """
        link = self._link(address, sentinel=sentinel)
        try:
            (answer,) = await link.trip([command])
        finally:
            await link.close()
        if isinstance(answer, Exception):
            raise Lost(str(answer), sent=True)
        return answer

    async def close(self) -> None:
        """Let go of all connections."""
        for line in list(self._lines.values()):
            await line.link.close()

    def _link(self, address: Address, *, sentinel: bool = False) -> Link:
        blocking = self.loop is None
        make = self._place.connection(address, blocking=blocking, sentinel=sentinel)
        kind = BlockingLink if blocking else AsyncLink
        return kind(make, self._place.seconds)

    async def _until_the_loop_closes(self) -> AsyncGenerator[None]:
        # A loop that shuts down closes its generators, the one moment it says so.
        try:
            yield
        finally:
            await self.close()


class _ThreadTurn:
    """A lock that blocks, where `async with` is written and nothing may suspend."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        del kind, error, trace
        self._lock.release()
