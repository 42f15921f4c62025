"""One application in every framework: the same work behind each of the adapters."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from dojang.adapters import asgi, wsgi
from dojang.session.session import Session
from dojang.sessions import Sessions
from tests.adapters import django_project
from tests.adapters.asking import Ask, over_asgi, over_wsgi


@dataclass
class Say:
    """What a handler answers."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Callable[[], Iterator[str]] | None = None

    def body(self) -> Iterator[bytes]:
        for piece in self.pieces() if self.pieces else [self.text]:
            yield piece.encode()

    async def abody(self) -> AsyncIterator[bytes]:
        for piece in self.body():
            yield piece


#: Handlers by path. One called `plain` is not given the session, and looks at nothing.
Works = dict[str, Callable[[Any], Say]]
Serving = AbstractContextManager[Ask]


def inner(session: Any) -> Session:
    """Return the session behind what a framework shows, for what its dict does not have."""
    found: Session = session if isinstance(session, Session) else session.data
    return found


def over_plain_wsgi(sessions: Sessions, works: Works) -> Serving:
    def app(environ: Any, start_response: Any) -> Any:
        name = environ["PATH_INFO"][1:]
        say = works[name](None if name == "plain" else environ[wsgi.KEY])
        headers = {"Content-Type": "text/plain", **say.headers}
        start_response(f"{say.status} Said", list(headers.items()))
        return say.body() if say.pieces else [say.text.encode()]

    return nullcontext(over_wsgi(wsgi.SessionMiddleware(app, sessions)))


def over_plain_asgi(sessions: Sessions, works: Works) -> Serving:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        name = scope["path"][1:]
        say = works[name](None if name == "plain" else scope["session"])
        headers = [(key.encode(), value.encode()) for key, value in say.headers.items()]
        await send({"type": "http.response.start", "status": say.status, "headers": headers})
        for piece in say.body():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return nullcontext(over_asgi(asgi.SessionMiddleware(app, sessions)))


def over_fastapi(sessions: Sessions, works: Works) -> Serving:
    from fastapi import FastAPI, Request, Response
    from fastapi.responses import StreamingResponse

    from dojang.adapters.fastapi import SessionMiddleware

    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=sessions)

    @app.get("/{name}")
    async def view(name: str, request: Request) -> Response:
        say = works[name](None if name == "plain" else request.scope["session"])
        if say.pieces:
            return StreamingResponse(say.abody(), say.status, say.headers)
        return Response(say.text, say.status, say.headers)

    return nullcontext(over_asgi(app))


def over_litestar(sessions: Sessions, works: Works) -> Serving:
    from litestar import Litestar, Request, Response, get
    from litestar.response import Stream

    from dojang.adapters.litestar import Dojang

    @get("/{name:str}")
    async def view(request: Request[Any, Any, Any]) -> Response[Any]:
        name = request.path_params["name"]
        say = works[name](None if name == "plain" else request.session)
        if say.pieces:
            return Stream(say.abody(), status_code=say.status, headers=say.headers)
        return Response(say.text, status_code=say.status, headers=say.headers)

    app: Any = Litestar([view], plugins=[Dojang(sessions)], logging_config=None)
    return nullcontext(over_asgi(app))


def over_flask(sessions: Sessions, works: Works) -> Serving:
    from flask import Flask, Response, session

    from dojang.adapters.flask import Dojang

    app = Flask("conforming")
    app.config["SESSION_PERMANENT"] = True
    Dojang(app, sessions)

    @app.get("/<name>")
    def view(name: str) -> Response:
        shown: Any = session
        say = works[name](None if name == "plain" else shown._get_current_object())
        return Response(say.body() if say.pieces else say.text, say.status, say.headers)

    return nullcontext(over_wsgi(app))


def over_quart(sessions: Sessions, works: Works) -> Serving:
    from quart import Quart, Response, session

    from dojang.adapters.quart import Dojang

    app = Quart("conforming")
    app.config["SESSION_PERMANENT"] = True
    Dojang(app, sessions)

    @app.get("/<name>")
    async def view(name: str) -> Response:
        shown: Any = session
        say = works[name](None if name == "plain" else shown._get_current_object())
        return Response(say.abody() if say.pieces else say.text, say.status, say.headers)

    return nullcontext(over_asgi(app))


def over_django(sessions: Sessions, works: Works) -> Serving:
    from django.core.handlers.wsgi import WSGIHandler

    return _Django(sessions, works, lambda: over_wsgi(WSGIHandler()), "tests.adapters.django_urls")


def over_async_django(sessions: Sessions, works: Works) -> Serving:
    from django.core.handlers.asgi import ASGIHandler

    urls = "tests.adapters.django_async_urls"
    return _Django(sessions, works, lambda: over_asgi(ASGIHandler()), urls)


class _Django(AbstractContextManager[Ask]):
    """Django is configured per process, so it serves one application at a time."""

    def __init__(self, sessions: Sessions, works: Works, ask: Callable[[], Ask], urls: str) -> None:
        from django.test import override_settings

        self._ask = ask
        self._native = "async" in urls
        self._works = works
        self._settings = override_settings(
            DOJANG={"SESSIONS": sessions},
            SESSION_COOKIE_NAME=sessions.cookie.name,
            MIDDLEWARE=["dojang.adapters.django.middleware.SessionMiddleware"],
            ROOT_URLCONF=urls,
            LOGGING_CONFIG=None,
        )

    def __enter__(self) -> Ask:
        self._settings.enable()
        make = self._aview if self._native else self._view
        django_project.VIEWS.update({name: make(name) for name in self._works})
        return self._ask()

    def __exit__(self, *_: object) -> None:
        django_project.VIEWS.clear()
        self._settings.disable()

    def _view(self, name: str) -> Callable[[Any], Any]:
        def view(request: Any) -> Any:
            say = self._said(name, request)
            return self._response(say, say.body())

        return view

    def _aview(self, name: str) -> Callable[[Any], Any]:
        async def view(request: Any) -> Any:
            say = self._said(name, request)
            return self._response(say, say.abody())

        return view

    def _said(self, name: str, request: Any) -> Say:
        return self._works[name](None if name == "plain" else request.session)

    def _response(self, say: Say, pieces: Any) -> Any:
        from django.http import HttpResponse, StreamingHttpResponse

        if say.pieces:
            return StreamingHttpResponse(pieces, status=say.status, headers=say.headers)
        return HttpResponse(say.text, status=say.status, headers=say.headers)


SERVERS: dict[str, Callable[[Sessions, Works], Serving]] = {
    "asgi": over_plain_asgi,
    "wsgi": over_plain_wsgi,
    "fastapi": over_fastapi,
    "litestar": over_litestar,
    "flask": over_flask,
    "quart": over_quart,
    "django": over_django,
    "django in a loop": over_async_django,
}
