"""The doctor's page, while developing and for admins: why is my cookie not there?"""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dojang import clock
from dojang.adapters.asgi import session_of
from dojang.auth.roles import ADMIN
from dojang.doctor import Situation, Verdict, explain
from dojang.doctor.situation import Credentials
from dojang.doctor.verdict import grouped
from dojang.doctor.words import redacted
from dojang.server.pages import forms, trial
from dojang.server.pages.asking import address, asking
from dojang.server.pages.probes import Result
from dojang.server.pages.render import page
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of
from dojang.suffixes import public_suffixes

__all__ = ["answer", "begin", "show", "tried"]

_BROWSERS = ("chrome", "firefox", "safari")

#: Headers by which proxies say where a request came from.
_CHAIN = ("host", "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-for")


async def show(request: Request) -> Response:
    """Show the form, and how this very request came here."""
    await _check_access(request)
    return _page(request)


async def answer(request: Request) -> Response:
    """Say what browsers make of the cookie in the form."""
    await _check_access(request)
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
    await _check_access(request)
    return trial.begin(request)


async def tried(request: Request) -> Response:
    """Say which probe cookies came back, and explain what was not to be expected; drop them."""
    await _check_access(request)
    asked = asking(request)
    if asked.way != "typed":
        return trial.forget(trial.answered(request, asked), asked)
    found = trial.results(request, asked)
    return trial.forget(_page(request, results=found, trials=trial.trials(request)), asked)


def _page(
    request: Request,
    verdicts: list[Verdict] | None = None,
    *,
    results: Sequence[Result] = (),
    trials: Sequence[trial.Trial] = (),
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
        headers={"content-security-policy": trial.policy(request)} if trials else None,
        results=results,
        trials=trials,
        shown=shown,
        front=front,
        api=api,
        chain=[(name, request.headers[name]) for name in _CHAIN if name in request.headers],
        address=address(request),
        scheme=request.scope.get("scheme", "http"),
    )


async def _check_access(request: Request) -> None:
    if not parts_of(request).settings.production:
        return
    user = await signed_in(request)
    # As if it were not there: whether somebody is an admin is nobody's business.
    if user is None or ADMIN not in user.roles:
        raise HTTPException(404)
