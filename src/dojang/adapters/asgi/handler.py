"""A session for one handler, where no middleware is wanted."""

from collections.abc import Callable

from dojang.adapters.asgi.answer import Answer
from dojang.adapters.asgi.messages import App, Receive, Scope, Send
from dojang.adapters.asgi.opening import look, opened
from dojang.adapters.given import check_sessions
from dojang.adapters.hopeless import Watch
from dojang.errors import DojangError, Misuse
from dojang.sessions import Sessions

__all__ = ["with_session"]


def with_session(sessions: Sessions) -> Callable[[App], App]:
    """Return a decorator that opens a session for one ASGI application or endpoint.

    Only what `await session.save()` was called for is written, and its cookie goes with the answer.
    Handlers of Starlette and FastAPI have `dojang.adapters.starlette.with_session`.

    Args:
        sessions: Where they live.

    Raises:
        Misuse: `sessions` is something else.
    """
    check_sessions(sessions)
    watch = Watch(sessions.cookie)

    def around(app: App) -> App:
        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                raise Misuse("with_session is for requests; WebSockets need SessionMiddleware")
            look(watch, scope)
            answer = Answer(await opened(sessions, scope), scope, send, saving=False)
            try:
                await app(scope, receive, answer.send)
            except DojangError as error:
                await answer.caught(error)

        return handle

    return around
