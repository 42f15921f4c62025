"""One answer on its way out: its session is written before its headers leave."""

from collections.abc import Iterable, Sequence

from dojang.adapters import headers
from dojang.adapters.asgi.messages import Message, Scope, Send, encoded
from dojang.adapters.asgi.opening import check_kept
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse, Refused, Rejected
from dojang.visits.visit import Visit
from dojang.wire import problem

__all__ = ["Answer"]


class Answer:
    """What the application says over HTTP, sent on with what its session adds."""

    def __init__(self, visit: Visit, scope: Scope, send: Send, *, saving: bool = True) -> None:
        """Stand between an application and its server.

        Args:
            visit: Of the request.
            scope: The same.
            send: The server's.
            saving: Whether what became of the session is written; or only what was saved is told.
        """
        self._visit = visit
        self._scope = scope
        self._send = send
        self._saving = saving
        self._refused = False
        self.started = False

    async def send(self, message: Message) -> None:
        """Take what the application says; this is the `send` it is called with."""
        if self._refused:
            return
        if message["type"] == "http.response.start":
            try:
                lines = await self._close(message["status"])
            except DojangError as error:
                await self._refuse(error)
                if isinstance(error, Misuse):
                    raise
                return
            # A copy: an application may send one and the same message to everybody.
            message = {**message, "headers": self._told(message, lines)}
            self.started = True
            self._visit.start()
        await self._send(message)

    async def caught(self, error: DojangError) -> None:
        """Answer with the problem document of what the application raised.

        A refusal is an answer like any other; after trouble and faults nothing is written.

        Raises:
            DojangError: It is too late for another answer, or a fault of the application.
        """
        if self.started:
            raise error
        if isinstance(error, Rejected | Refused):
            start = {"type": "http.response.start", "status": error.status}
            await self.send({**start, "headers": encoded(problem.headers(error))})
            await self.send({"type": "http.response.body", "body": problem.body(error)})
            return
        await self._refuse(error)
        if isinstance(error, Misuse):
            raise error

    async def finish(self) -> None:
        """Write what was changed after the headers had left."""
        if self._saving and self.started and not self._refused:
            await self._visit.finish()

    async def _refuse(self, error: DojangError) -> None:
        if not isinstance(error, Misuse):  # which is raised, too
            log(error)
        lines = self._visit.leave()
        self._refused = self.started = True
        self._visit.start()
        start: Message = {"status": error.status, "headers": encoded(problem.headers(error))}
        told = self._told(start, lines)
        await self._send({"type": "http.response.start", **start, "headers": told})
        await self._send({"type": "http.response.body", "body": problem.body(error)})

    async def _close(self, status: int) -> Sequence[str]:
        if not self._saving:
            return self._visit.leave()
        check_kept(self._scope)
        return await self._visit.close(status)

    def _told(self, start: Message, lines: Sequence[str]) -> list[tuple[bytes, bytes]]:
        given: Iterable[tuple[bytes, bytes]] = start.get("headers", ())
        pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in given)
        return encoded(headers.answered(pairs, lines, self._visit, status=start["status"]))
