"""The doctor's page, while developing and for admins: why is my cookie not there?"""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dojang import clock
from dojang.adapters.asgi import session_of
from dojang.auth.roles import ADMIN
from dojang.doctor import Verdict, explain
from dojang.doctor.verdict import grouped
from dojang.server.pages import forms, trial
from dojang.server.pages.asking import address, asking
from dojang.server.pages.probes import Result
from dojang.server.pages.question import CHOICES, Question
from dojang.server.pages.render import page
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of
from dojang.suffixes import public_suffixes

__all__ = ["answer", "begin", "show", "tried"]

#: Headers by which proxies say where a request came from.
_CHAIN = ("host", "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-for")


async def show(request: Request) -> Response:
    """Show the form, and how this very request came here."""
    await _check_access(request)
    return _page(request)


async def answer(request: Request) -> Response:
    """Say what browsers make of the cookie in the form."""
    await _check_access(request)
    question = Question.of(await forms.read(request))
    verdicts = [
        explain(situation, suffixes=public_suffixes(), now=clock.now())
        for situation in question.situations
    ]
    return _page(request, question, verdicts)


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
    question: Question | None = None,
    verdicts: Sequence[Verdict] = (),
    *,
    results: Sequence[Result] = (),
    trials: Sequence[trial.Trial] = (),
) -> Response:
    return page(
        request,
        "doctor",
        session=session_of(request),
        question=question or Question.of({}),
        choices=CHOICES,
        verdicts=verdicts,
        reasons=grouped(verdicts),
        headers={"content-security-policy": trial.policy(request)} if trials else None,
        results=results,
        trials=trials,
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
