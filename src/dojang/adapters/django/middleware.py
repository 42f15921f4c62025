"""A session middleware that is native in both colours, and knows the device."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from typing import Any, cast

from django.contrib.sessions import middleware as stock
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from dojang import blocking
from dojang.adapters import headers
from dojang.adapters.bodies import followed
from dojang.adapters.django import cookies
from dojang.adapters.django.conf import sessions
from dojang.adapters.django.store import SessionStore
from dojang.adapters.hopeless import HOPELESS, Watch, in_environ
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.visits.visit import Visit
from dojang.wire import problem

__all__ = ["SessionMiddleware"]


class SessionMiddleware(stock.SessionMiddleware):
    """In the place of Django's own, with the same sessions.

    It reads several cookies of one name, records where a login came from, answers an error without
    a login, and lets no cache keep a cookie; what dojang raises in a view becomes a problem
    document.
    """

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Stand before what Django calls next."""
        super().__init__(get_response)
        self._watch = Watch(sessions().cookie)

    def process_request(self, request: HttpRequest) -> None:
        """Open the session of a request."""
        meta = request.META
        meta[HOPELESS] = self._watch.look(
            in_environ(meta), scheme=request.scheme or "http", peer=meta.get("REMOTE_ADDR") or ""
        )
        request.session = SessionStore(
            request.COOKIES.get(sessions().cookie.name),
            cookies=meta.get("HTTP_COOKIE", ""),
            bearer=headers.bearer(meta.get("HTTP_AUTHORIZATION", "")),
            device=headers.device(meta.get("REMOTE_ADDR"), meta.get("HTTP_USER_AGENT", "")),
        )

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Write what became of the session."""
        return blocking.run(self._answered(request, response))

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Return the problem document of what a view raised; faults of ours are Django's."""
        del request
        ours = isinstance(exception, DojangError) and not isinstance(exception, Misuse)
        return _problem(cast("DojangError", exception)) if ours else None

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve a request in an event loop, without a thread."""
        self.process_request(request)
        await request.session.aprefetch()
        response = await self.get_response(request)
        return await self._answered(request, response)

    async def _answered(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        store = getattr(request, "session", None)
        if not isinstance(store, SessionStore):
            return response
        visit = store.visit
        try:
            lines = await store.aclose(response.status_code)
        except Misuse:
            # Django's own way with faults of the application.
            raise
        except DojangError as error:
            lines = visit.leave()
            response.close()
            response = _problem(error)
        visit = store.visit
        visit.start()
        _tell(response, lines, visit)
        if response.streaming and not isinstance(response, FileResponse):
            _finish_late(response, visit)
        return response


def _tell(response: HttpResponseBase, lines: Sequence[str], visit: Visit) -> None:
    if visit.session.accessed:
        patch_vary_headers(response, visit.depends_on)
    challenge = visit.challenge(response.status_code)
    if challenge:
        response.headers.setdefault("WWW-Authenticate", challenge)
    if lines:
        # A shared cache must not keep an answer that hands out a session.
        response.headers["Cache-Control"] = "no-store"
    cookies.add(response, lines)


def _problem(error: DojangError) -> HttpResponse:
    log(error)
    return HttpResponse(
        problem.body(error), status=error.status, headers=dict(problem.headers(error))
    )


def _finish_late(response: Any, visit: Visit) -> None:  # noqa: ANN401 - StreamingHttpResponse has no types
    content = response.streaming_content
    if response.is_async:
        response.streaming_content = _then(content, visit)
    else:
        response.streaming_content = followed(content, lambda: blocking.run(visit.finish()))


async def _then(content: AsyncIterable[bytes], visit: Visit) -> AsyncIterator[bytes]:
    async for piece in content:
        yield piece
    await visit.finish()
