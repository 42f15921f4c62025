"""One application behind the gate in every framework: a form, and what it is sent to."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from dojang.adapters import asgi, cross_site, wsgi
from dojang.sessions import Sessions
from tests.adapters import django_project
from tests.adapters.asking import Ask, over_asgi, over_wsgi
from tests.conftest import SECRET

# `/login` signs in, `/form` shows the hidden field, `/send` says what was sent to it.


@contextmanager
def over_plain_wsgi(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    def app(environ: Any, start_response: Any) -> Any:
        session = wsgi.session_of(environ)
        path, text = environ["PATH_INFO"], "done"
        if path == "/login":
            session.login("ada")
        elif path == "/form":
            text = environ[cross_site.gate.GATE].field(session)
        else:
            text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text.encode()]

    inner = wsgi.SessionMiddleware(app, sessions)
    yield cross_site.WSGICrossSiteMiddleware(
        inner, sessions, fronts=fronts, secret=SECRET, skip=["/hook"]
    )


@contextmanager
def over_starlette(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    async def login(request: Request) -> Response:
        asgi.session_of(request).login("ada")
        return Response()

    async def form(request: Request) -> Response:
        return PlainTextResponse(cross_site.form_token(request))

    async def send(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    methods = ["GET", "POST"]
    app = Starlette(
        routes=[
            Route("/login", login, methods=methods),
            Route("/form", form),
            Route("/send", send, methods=methods),
            Route("/hook/in", send, methods=methods),
        ]
    )
    app.add_middleware(asgi.SessionMiddleware, sessions=sessions)
    app.add_middleware(
        cross_site.CrossSiteMiddleware,
        sessions=sessions,
        fronts=fronts,
        secret=SECRET,
        skip=["/hook"],
    )
    yield app


@contextmanager
def over_litestar(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    from litestar import Litestar, MediaType, Request, route

    def handler(path: str, work: Any) -> Any:
        @route(path, http_method=["GET", "POST"], media_type=MediaType.TEXT, status_code=200)
        async def handle(request: Request[Any, Any, Any]) -> str:
            return str(await work(request))

        return handle

    async def login(request: Any) -> str:
        asgi.session_of(request).login("ada")
        return ""

    async def form(request: Any) -> str:
        return cross_site.form_token(request)

    async def send(request: Any) -> str:
        return str((await request.body()).decode())

    works = {"/login": login, "/form": form, "/send": send, "/hook/in": send}
    app: Any = Litestar([handler(path, work) for path, work in works.items()], openapi_config=None)
    inner = asgi.SessionMiddleware(app, sessions)
    yield cross_site.CrossSiteMiddleware(
        inner, sessions, fronts=fronts, secret=SECRET, skip=["/hook"]
    )


@contextmanager
def over_flask(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    from flask import Flask, render_template_string, request

    from dojang.adapters.flask import CrossSite, Dojang, session

    app = Flask("guarded")
    app.config.update(DOJANG_SECRET=SECRET, DOJANG_FRONTS=fronts)
    Dojang(app, sessions)
    CrossSite(app, skip=["/hook"])

    @app.route("/login", methods=["GET", "POST"])
    def login() -> str:
        session.login("ada")
        return ""

    @app.get("/form")
    def form() -> str:
        return render_template_string("{{ form_token() }}")

    @app.route("/send", methods=["GET", "POST"])
    @app.route("/hook/in", methods=["POST"])
    def send() -> bytes:
        return request.get_data()

    yield app


@contextmanager
def over_quart(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    from quart import Quart, render_template_string, request

    from dojang.adapters.cross_site.quart import CrossSite
    from dojang.adapters.quart import Dojang, session

    app = Quart("guarded")
    app.config.update(DOJANG_SECRET=SECRET)
    Dojang(app, sessions)
    CrossSite(app, fronts=fronts, skip=["/hook"])

    @app.route("/login", methods=["GET", "POST"])
    async def login() -> str:
        session.login("ada")
        return ""

    @app.route("/form")
    async def form() -> str:
        return await render_template_string("{{ form_token() }}")

    @app.route("/send", methods=["GET", "POST"])
    @app.route("/hook/in", methods=["POST"])
    async def send() -> Any:
        return await request.get_data()

    yield app


@contextmanager
def over_django(sessions: Sessions, fronts: list[str], *, loop: bool = False) -> Iterator[Any]:
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.template import engines
    from django.test import override_settings

    template = engines["django"].from_string("{% load dojang %}{% form_token %}")

    def login(request: Any) -> Any:
        request.session.data.login("ada")
        return HttpResponse()

    def send(request: Any) -> Any:
        return HttpResponse(request.POST.get("note", "") or request.body)

    django_project.VIEWS.update(
        login=login,
        form=lambda request: HttpResponse(template.render({}, request)),
        send=send,
    )
    ours = "dojang.adapters.django"
    with override_settings(
        DOJANG={"SESSIONS": sessions, "SECRET": SECRET, "FRONTS": fronts},
        SESSION_COOKIE_NAME=sessions.cookie.name,
        MIDDLEWARE=[
            f"{ours}.cross_site.CrossSiteMiddleware",
            f"{ours}.middleware.SessionMiddleware",
        ],
        ROOT_URLCONF="tests.adapters.guarded_urls",
        LOGGING_CONFIG=None,
    ):
        yield ASGIHandler() if loop else WSGIHandler()
    django_project.VIEWS.clear()


@contextmanager
def over_async_django(sessions: Sessions, fronts: list[str]) -> Iterator[Any]:
    with over_django(sessions, fronts, loop=True) as app:
        yield app


#: The interface of each, and what builds it.
APPLICATIONS: dict[str, tuple[str, Callable[..., AbstractContextManager[Any]]]] = {
    "asgi": ("asgi", over_starlette),
    "wsgi": ("wsgi", over_plain_wsgi),
    "litestar": ("asgi", over_litestar),
    "flask": ("wsgi", over_flask),
    "quart": ("asgi", over_quart),
    "django": ("wsgi", over_django),
    "django in a loop": ("asgi", over_async_django),
}


@contextmanager
def guarded(name: str, sessions: Sessions, fronts: list[str]) -> Iterator[Ask]:
    interface, build = APPLICATIONS[name]
    with build(sessions, fronts) as app:
        yield (over_asgi if interface == "asgi" else over_wsgi)(app)
