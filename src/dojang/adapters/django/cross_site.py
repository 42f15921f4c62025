"""The gate before Django's views, in both colours."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from dojang import blocking
from dojang.adapters.cross_site.gate import GATE, Asked
from dojang.adapters.django.conf import gate, sessions
from dojang.adapters.problems import log
from dojang.errors import DojangError
from dojang.wire import csrf, problem

__all__ = ["CrossSiteMiddleware"]


class CrossSiteMiddleware:
    """Refuses what another site sends, and lets `DOJANG["FRONTS"]` call with credentials.

    It comes first in MIDDLEWARE, so that a front can read errors too. A view that is
    `csrf_exempt` takes from anybody.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        """Stand before what Django calls next."""
        self._get_response = get_response
        self._gate = gate()
        self._native = iscoroutinefunction(get_response)
        #: Django calls it in its own colour.
        self.process_view: Callable[..., Any] = self._ajudge if self._native else self._judge
        if self._native:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:  # noqa: ANN401 - a response, or one to wait for
        """Serve a request."""
        request.META[GATE] = self._gate
        if self._native:
            return self._serve(request)
        early = self._preflight(request)
        return early or self._told(request, self._get_response(request))

    async def _serve(self, request: HttpRequest) -> HttpResponseBase:
        early = self._preflight(request)
        return early or self._told(request, await self._get_response(request))

    def _judge(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        return blocking.run(self._ajudge(request, view))

    async def _ajudge(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        if getattr(view, "csrf_exempt", False):
            return None
        try:
            if self._gate.needs_token(_asked(request)):
                visit = await sessions().open(request.META.get("HTTP_COOKIE", ""))
                token = request.headers.get(csrf.HEADER) or request.POST.get(csrf.FIELD, "")
                self._gate.prove(token, visit.session.handle)
        except DojangError as error:
            return _problem(error)
        return None

    def _preflight(self, request: HttpRequest) -> HttpResponse | None:
        asked, cors = _asked(request), self._gate.cors
        if not cors.is_preflight(asked.method, asked.headers):
            return None
        try:
            if not cors.allows(asked.origin):
                self._gate.turn_away(asked)
        except DojangError as error:
            return _problem(error)
        answer = HttpResponse(status=204, headers=dict(cors.preflight(asked.origin or "")))
        del answer.headers["Content-Type"]  # of nothing, which PEP 3333 forbids
        return answer

    def _told(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        cors = self._gate.cors
        if cors.origins:
            told = cors.answered(list(response.headers.items()), request.headers.get("origin"))
            for name in list(response.headers):
                del response.headers[name]
            for name, value in told:
                known = response.headers.get(name)
                response.headers[name] = f"{known}, {value}" if known else value
        return response


def _asked(request: HttpRequest) -> Asked:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(
        method=request.method or "",
        scheme=request.scheme or "http",
        path=request.path,
        headers={**headers, "host": request.get_host()},
    )


def _problem(error: DojangError) -> HttpResponse:
    log(error)
    return HttpResponse(
        problem.body(error), status=error.status, headers=dict(problem.headers(error))
    )
