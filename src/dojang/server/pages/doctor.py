"""The doctor's page, while developing: why is my cookie not there?"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dojang import clock
from dojang.adapters.asgi import session_of
from dojang.adapters.hopeless import browser_url
from dojang.doctor import Situation, Verdict, explain
from dojang.doctor.situation import Credentials
from dojang.doctor.verdict import grouped
from dojang.doctor.words import redacted
from dojang.server.pages import forms, probes
from dojang.server.pages.render import page
from dojang.server.parts import parts_of
from dojang.suffixes import public_suffixes

__all__ = ["answer", "begin", "show", "tried"]

_BROWSERS = ("chrome", "firefox", "safari")

#: Headers by which proxies say where a request came from.
_CHAIN = ("host", "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-for")


async def show(request: Request) -> Response:
    """Show the form, and how this very request came here."""
    _only_while_developing(request)
    return _page(request)


async def answer(request: Request) -> Response:
    """Say what browsers make of the cookie in the form."""
    _only_while_developing(request)
    form = await forms.read(request)
    front, api = form.get("front", "").strip(), form.get("api", "").strip()
    line = form.get("set-cookie", "")
    credentials: Credentials = "include" if "include" in form else "same-origin"
    verdicts = [
        explain(
            Situation.between(front, api, line, credentials=credentials, browser=browser),
            suffixes=public_suffixes(),
            now=clock.now(),
        )
        for browser in _BROWSERS
    ]
    return _page(request, verdicts, shown=redacted(line), front=front, api=api)


async def begin(request: Request) -> Response:
    """Set the probe cookies, and go where they are read."""
    _only_while_developing(request)
    response = RedirectResponse("/doctor/tried", 303, {"cache-control": "no-store"})
    for probe in probes.PROBES:
        response.headers.append("set-cookie", probe.line)
    return response


async def tried(request: Request) -> Response:
    """Say which probe cookies came back, and explain what was not to be expected; drop them."""
    _only_while_developing(request)
    results = probes.read(
        request.headers.get("cookie", ""),
        url=_url(request),
        agent=request.headers.get("user-agent", ""),
        suffixes=public_suffixes(),
        now=clock.now(),
    )
    response = _page(request, results=results)
    for probe in probes.PROBES:
        response.headers.append("set-cookie", probe.deletion)
    return response


def _page(
    request: Request,
    verdicts: list[Verdict] | None = None,
    *,
    results: list[probes.Result] | None = None,
    shown: str = "",
    front: str = "http://localhost:3000",
    api: str = "https://api.example.com/login",
) -> Response:
    return page(
        request,
        "doctor",
        session=session_of(request),
        verdicts=verdicts or [],
        reasons=grouped(verdicts or []),
        results=results or [],
        shown=shown,
        front=front,
        api=api,
        chain=[(name, request.headers[name]) for name in _CHAIN if name in request.headers],
        address=_url(request),
        scheme=request.scope.get("scheme", "http"),
    )


def _url(request: Request) -> str:
    return browser_url(dict(request.headers), scheme=request.scope.get("scheme", "http"))


def _only_while_developing(request: Request) -> None:
    if parts_of(request).settings.production:
        raise HTTPException(404)
