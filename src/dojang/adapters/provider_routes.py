"""The routes of providers for any application of Starlette or FastAPI, over users of its own."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlencode

from dojang.adapters.asgi import session_of
from dojang.adapters.problems import log
from dojang.auth.half_way import HalfWay
from dojang.auth.providers import Finished, SignInWith
from dojang.auth.providers.words import explain
from dojang.errors import Anonymous, DojangError
from dojang.extras import extra
from dojang.session.record import Principal
from dojang.session.session import Session
from dojang.wire.cross_site import CrossSite, UnprovenOrigin, Verdict, judge
from dojang.wire.local_path import local_path
from dojang.words import language_of

with extra("starlette"):
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, RedirectResponse, Response
    from starlette.routing import Route

    from dojang.adapters.auth_api.entrance import Factors

__all__ = ["ProviderRoutes"]

#: A code is in the address: nothing may carry it on, or keep it.
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}

#: Makes the answer where signing in did not work.
Failed = Callable[[Request, DojangError], Response]


class ProviderRoutes:
    """Signing in with providers, and linking them, behind `SessionMiddleware`.

    `Starlette(routes=[*ProviderRoutes(door, url=URL).routes])`, or
    `app.router.routes.extend(...)` in FastAPI. A button is a form that posts to
    `/sign-in/with/google?next=/notes`, one for linking posts to `/link/google`. After
    `LinkFirst` one with `?apart=yes` lets in whoever says that the account there is, is not theirs.
    """

    def __init__(
        self,
        door: SignInWith,
        *,
        url: str,
        home: str = "/",
        principal: Callable[[str], Principal] = str,
        failed: Failed | None = None,
        factors: Factors | None = None,
        code_page: str = "/sign-in/second-factor",
    ) -> None:
        """Take the parts.

        Args:
            door: The providers, and the users of the application.
            url: The public address of the application; nothing that a request says is believed.
            home: Where people go who were going nowhere: a path.
            principal: Makes of the text that the table of users has what `session.user` is, as
                `int` does.
            failed: Makes the answer where it did not work; a sentence, in English or Korean,
                otherwise.
            factors: The second factors of users; no provider gets by one.
            code_page: Where whoever has one types its code, with the way on in `next`: a page of
                the application, which asks `factors.half_ways.find` who it is, and
                `factors.second.check` whether they may `session.login`.
        """
        self._door = door
        self._url = url.rstrip("/")
        self._home = home
        self._principal = principal
        self._failed = failed or self._told
        self._factors = factors
        self._code_page = code_page

    @property
    def routes(self) -> list[Route]:
        """What an application takes in."""
        return [
            Route("/sign-in/with/{provider}", self._guarded(self._begin), methods=["POST"]),
            Route("/sign-in/with/{provider}/callback", self._guarded(self._come_back)),
            Route("/link/{provider}", self._guarded(self._link), methods=["POST"]),
        ]

    async def _begin(self, request: Request) -> Response:
        return await self._leave(request, user=None)

    async def _link(self, request: Request) -> Response:
        user = session_of(request).user
        if user is None:
            raise Anonymous
        return await self._leave(request, user=str(user))

    async def _leave(self, request: Request, *, user: str | None) -> Response:
        self._check(request)
        name = request.path_params["provider"]
        begun = await self._door.begin(
            name,
            redirect_uri=f"{self._url}/sign-in/with/{name}/callback",
            target=local_path(request.query_params.get("next", ""), home=self._home),
            user=user,
            apart=request.query_params.get("apart") == "yes",
            cookies=request.headers.get("cookie", ""),
        )
        if begun is None:
            return Response(status_code=404)
        return _with_cookies(RedirectResponse(begun.address, 303, _HEADERS), begun.cookies)

    async def _come_back(self, request: Request) -> Response:
        query, session = str(request.url.query), session_of(request)
        try:
            response = await self._received(request, session, query)
        except DojangError as error:
            response = self._failed(request, error)
        response.headers.update(_HEADERS)
        return _with_cookies(response, [self._door.dropped(query)])

    async def _received(self, request: Request, session: Session, query: str) -> Response:
        finished: Finished | None = await self._door.finish(
            request.path_params["provider"],
            query=query,
            cookies=request.headers.get("cookie", ""),
            user=None if session.user is None else str(session.user),
            address=request.client.host if request.client else "",
        )
        if finished is None:
            return Response(status_code=404)
        user = finished.opened.user
        if not finished.linking and self._factors and await self._factors.second.needed(user):
            line = self._factors.half_ways.begin(HalfWay(user=user, methods=("fed",)))
            where = f"{self._code_page}?{urlencode({'next': finished.target})}"
            return _with_cookies(RedirectResponse(where, 303), [line])
        if not finished.linking:
            session.login(self._principal(user), methods=("fed",))
            await session.save()
        return RedirectResponse(finished.target, 303)

    def _check(self, request: Request) -> None:
        verdict = judge(request.method, request.headers, origins=[self._url])
        if verdict is Verdict.FOREIGN:
            raise CrossSite
        if verdict is Verdict.NEEDS_TOKEN:
            raise UnprovenOrigin

    def _guarded(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        return partial(self._answer, handler)

    async def _answer(
        self, handler: Callable[[Request], Awaitable[Response]], request: Request
    ) -> Response:
        try:
            return await handler(request)
        except DojangError as error:
            return self._failed(request, error)

    def _told(self, request: Request, error: DojangError) -> Response:
        log(error)
        found = self._door.provider(request.path_params["provider"])
        language = language_of(request.headers.get("accept-language", ""))
        told = explain(error, provider=found.label if found else "", language=language)
        shown = told or (str(error) if error.shown else "Something went wrong here.")
        retry = getattr(error, "retry_after", None)
        headers = {} if retry is None else {"retry-after": str(retry)}
        return PlainTextResponse(shown, error.status, headers)


def _with_cookies(response: Response, lines: list[str]) -> Response:
    for line in lines:
        response.headers.append("set-cookie", line)
    return response
