"""A route where the server of a front asks for the upstream token of its visitor (pure ASGI)."""

from collections.abc import Callable

from dojang.adapters.asgi.messages import Receive, Scope, Send, encoded
from dojang.adapters.asgi.opening import KEY
from dojang.adapters.problems import log
from dojang.errors import Anonymous, DojangError, Misuse, Refused
from dojang.session.session import Session
from dojang.tokens import Upstream
from dojang.wire import json, problem

__all__ = ["NotForBrowsers", "UpstreamRoute"]

#: What browsers send and no script can take away (Fetch standard, section 4.6).
_OF_BROWSERS = {b"sec-fetch-site", b"origin"}

_JSON: tuple[tuple[str, str], ...] = (
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
)


class NotForBrowsers(Refused):
    """A page asked for a token that is for servers.

    A script that was smuggled into the page would have it too.
    """

    code = "not-for-browsers"

    def __init__(self) -> None:
        super().__init__("this token is for servers: ask for it where the page is made")


class UpstreamRoute:
    """Answers with `{"access_token": ..., "token_type": "Bearer"}`, for the session's cookie.

    Behind `SessionMiddleware`: `Route("/upstream/token", UpstreamRoute(...), methods=["GET"])`. A
    front in Node passes the cookie of its visitor on and gets a token that is good for a while.
    """

    def __init__(self, of: Callable[[Session], Upstream]) -> None:
        """Take what gives the tokens of a session.

        Args:
            of: As `lambda session: Upstream(session, refresh=refresh, vault=vault)`.
        """
        self._of = of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        del receive
        try:
            body, status, told = await self._answer(scope), 200, _JSON
        except DojangError as error:
            log(error)
            status, told, body = error.status, tuple(problem.headers(error)), problem.body(error)
        start = {"type": "http.response.start", "status": status, "headers": encoded(told)}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope) -> bytes:
        if _OF_BROWSERS & {name.lower() for name, _ in scope["headers"]}:
            raise NotForBrowsers
        session = scope.get(KEY)
        if not isinstance(session, Session):
            raise Misuse("no session: put SessionMiddleware in front of the route")
        if session.user is None:
            raise Anonymous
        token = await self._of(session).token()
        return json.dumps({"access_token": token, "token_type": "Bearer"}).encode()
