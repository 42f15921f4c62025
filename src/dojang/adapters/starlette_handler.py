"""A session for one handler of Starlette or FastAPI, where no middleware is wanted."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters import headers
from dojang.adapters.asgi.messages import encoded
from dojang.adapters.asgi.opening import look, opened
from dojang.adapters.given import check_sessions
from dojang.adapters.hopeless import Watch
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.sessions import Sessions
from dojang.visits.visit import Visit
from dojang.wire import problem

__all__ = ["with_session"]

P = ParamSpec("P")
R = TypeVar("R")


class _Around(Protocol):
    @overload
    def __call__(
        self, handler: Callable[P, Awaitable[R]], /
    ) -> Callable[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __call__(self, handler: Callable[P, R], /) -> Callable[P, Coroutine[Any, Any, R]]: ...


def with_session(sessions: Sessions) -> _Around:
    """Return a decorator that opens a session for one handler, where no middleware is wanted.

    Only what `await session.save()` was called for is written, and its cookie goes with the answer,
    that of an HTTPException too; a `def` handler writes `from_thread.run(session.save)`. In FastAPI
    the handler takes what it always takes, and may return what it always returns. What dojang
    refuses is a problem document.

    Args:
        sessions: Where they live.

    Raises:
        Misuse: `sessions` is something else.
    """
    check_sessions(sessions)
    watch = Watch(sessions.cookie)

    def around(handler: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
        asked = _Asked(handler)

        @wraps(handler)
        async def handle(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the handler answers
            request, carrier = asked.take(args, kwargs)
            look(watch, request.scope)
            visit = await opened(sessions, request.scope)
            try:
                result = await _called(handler, args, kwargs)
            except HTTPException as error:
                raise _telling(error, visit) from error
            except DojangError as error:
                if isinstance(error, Misuse):
                    raise
                log(error)
                result = Response(problem.body(error), error.status, dict(problem.headers(error)))
            answer = result if isinstance(result, Response) else carrier
            if answer is None:
                raise Misuse("the handler returned no Response, which Starlette would not send")
            _tell(answer, visit)
            return result

        handle.__signature__ = asked.signature  # type: ignore[attr-defined] # which inspect reads
        return handle

    return around


async def _called(handler: Callable[..., Any], args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - as the handler has them
    if inspect.iscoroutinefunction(handler):
        return await handler(*args, **kwargs)
    return await run_in_threadpool(handler, *args, **kwargs)


def _tell(answer: Response, visit: Visit) -> None:
    given = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers
    ]
    answer.raw_headers[:] = _answered(given, visit, answer.status_code or 200)


def _telling(error: HTTPException, visit: Visit) -> HTTPException:
    """Return `error` with what its session adds: a copy, for one may be raised for everybody."""
    other = error.__class__.__new__(error.__class__, *error.args)
    other.__dict__.update(error.__dict__)
    told = _answered(list((error.headers or {}).items()), visit, error.status_code)
    other.headers = MutableHeaders(raw=told)
    return other


def _answered(given: headers.Headers, visit: Visit, status: int) -> list[tuple[bytes, bytes]]:
    told = encoded(headers.answered(given, visit.leave(), visit, status=status))
    visit.start()
    # Starlette's own headers are in lower case, and looked up so.
    return [(name.lower(), value) for name, value in told]


class _Asked:
    """What a handler takes, and FastAPI has to give besides."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._own = _signature(handler)
        self._request = _named(self._own, Request, "request")
        self._carrier = _named(self._own, Response, "response")
        self._added = {
            name: kind
            for name, kind in ((self._request, Request), (self._carrier, Response))
            if name not in self._own.parameters
        }
        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
            for name, kind in self._added.items()
        ]
        parameters = sorted([*self._own.parameters.values(), *added], key=lambda one: one.kind)
        self.signature = self._own.replace(parameters=parameters)

    def take(self, args: Any, kwargs: dict[str, Any]) -> tuple[Request, Response | None]:  # noqa: ANN401 - as the handler has them
        """Return request and carrier, and leave to the handler what is its own."""
        taken = {name: kwargs.pop(name, None) for name in self._added}
        bound = {**self._own.bind_partial(*args, **kwargs).arguments, **taken}
        request = bound.get(self._request)
        if not isinstance(request, Request):
            raise Misuse("with_session is for handlers of requests: async def handler(request)")
        return request, bound.get(self._carrier)


def _signature(handler: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(handler, eval_str=True)
    except NameError:
        # Of what is imported for type checkers only, the name has to do.
        return inspect.signature(handler)


def _named(signature: inspect.Signature, kind: type, usual: str) -> str:
    """Return the name of the parameter of a kind, or one for it."""
    for name, parameter in signature.parameters.items():
        given = parameter.annotation
        untyped = given is inspect.Parameter.empty and name == usual
        by_name = isinstance(given, str) and given.rpartition(".")[2] == kind.__name__
        if untyped or by_name or (isinstance(given, type) and issubclass(given, kind)):
            return name
    return f"dojang_{usual}"
