"""The addresses that proxies ask, each in the way of its own."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dojang.adapters.asgi import session_of
from dojang.adapters.proxies import PROXY
from dojang.auth import User
from dojang.errors import Refused, Rejected, Unavailable
from dojang.server import problems
from dojang.server.errors import UntrustedProxy
from dojang.server.forward_auth import asked, identity
from dojang.server.forward_auth.admission import admit
from dojang.server.forward_auth.rules import Needs, Rules
from dojang.server.forward_auth.target import Target
from dojang.server.log import log_of
from dojang.server.pages import onward
from dojang.server.parts import parts_of
from dojang.server.refusals import answer

__all__ = ["routes"]

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ENVOY = "/api/authz/ext-authz"
_KEPT_BY_NOBODY = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class _Way:
    """How one kind of proxy asks, and is answered.

    Attributes:
        read: Returns what it asks about.
        passing: The status that lets a request pass.
        redirects: Whether the answer may send a browser on by itself. To nginx whatever is not
            2xx, 401 or 403 is a fault; it makes the redirect from the Location of a 401.
    """

    read: Callable[[Request], Target]
    passing: int = 200
    redirects: bool = True


def routes(rules: Rules, middleware: Sequence[Middleware]) -> list[BaseRoute]:
    """Return the routes.

    Args:
        rules: Who may pass where.
        middleware: With that of the sessions.
    """
    nginx = _Way(lambda request: asked.nginx(request.headers.raw), redirects=False)
    forwarded = _Way(lambda request: asked.forwarded(request.headers.raw))
    ways = {
        "/api/authz/auth-request": nginx,
        "/api/authz/forward-auth": forwarded,
        _ENVOY: _Way(_of_envoy),
        _ENVOY + "/{path:path}": _Way(_of_envoy),
        # Answered as oauth2-proxy does, for what looks for its 202; asked as nginx asks above.
        "/oauth2/auth": _Way(nginx.read, passing=202, redirects=False),
    }
    return [
        Route(path, partial(_serve, rules, way), methods=_METHODS, middleware=middleware)
        for path, way in ways.items()
    ]


def _of_envoy(request: Request) -> Target:
    path, query = request.scope["raw_path"].decode("latin-1"), request.url.query
    uri = (path.removeprefix(_ENVOY) or "/") + (f"?{query}" if query else "")
    return asked.envoy(request.headers.raw, method=request.method, uri=uri)


async def _serve(rules: Rules, way: _Way, request: Request) -> Response:
    target = None
    try:
        if not request.scope.get(PROXY):
            raise UntrustedProxy
        target = way.read(request)
        needs = rules.needs(target)
        user = await _user(request, needs)
        try:
            admit(needs, user, lambda: session_of(request))
        except Rejected as lacking:
            return _sent_on(request, way, target, lacking)
    except Refused as refused:
        _tell(request, rules, target, refused)
        response = answer(request, refused)
        response.status_code = response.status_code if way.redirects else 403
        return response
    headers = dict(identity.headers(user)) | _KEPT_BY_NOBODY
    return Response(status_code=way.passing, headers=headers)


def _tell(request: Request, rules: Rules, target: Target | None, refused: Refused) -> None:
    """Write down what proxies tell nobody: that it was refused, where, why and by which rule."""
    told = {"code": refused.code, "detail": str(refused)}
    if target is not None:
        deciding = ", ".join(rule.name for rule in rules.deciding(target))
        told |= {"host": target.host, "path": target.uri.partition("?")[0], "by": deciding}
    log_of(request.scope).warning("not-let-through", **told)


async def _user(request: Request, needs: Needs) -> User | None:
    """Return who asks, if their account is not disabled."""
    # What is public stays up while nobody can be looked up.
    with suppress(*() if needs.signed_in and not needs.nobody else (Unavailable,)):
        principal = session_of(request).user
        if principal is not None:
            return await parts_of(request).accounts.find(str(principal))
    return None


def _sent_on(request: Request, way: _Way, target: Target, lacking: Rejected) -> Response:
    """Return where a browser proves what is lacking; programs are told what that is."""
    response = problems.answer(lacking)
    if not _is_person(request, target):
        response.headers["www-authenticate"] = "Cookie"
        return response
    settings = parts_of(request).settings
    response.headers["location"] = settings.url + onward.way_to(target, https=settings.https)
    if way.redirects:
        # 302 keeps what was asked safely a GET; 303 makes one of what was sent.
        response.status_code = 302 if target.method in {"GET", "HEAD", "OPTIONS"} else 303
    return response


def _is_person(request: Request, target: Target) -> bool:
    """Return whether a page is to be shown, and not a script or a program to be answered."""
    headers = request.headers
    if headers.get("x-requested-with", "").lower() == "xmlhttprequest":
        return False
    mode = headers.get("sec-fetch-mode")
    if mode is not None:
        return mode == "navigate"
    return target.method in {"GET", "HEAD", "POST"} and "text/html" in headers.get("accept", "")
