"""The ASGI application: the API, the pages, and what surrounds them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TextIO

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Router

from dojang import clock
from dojang.adapters.asgi import SessionMiddleware
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.proxies import ProxyMiddleware
from dojang.auth import PasswordHasher
from dojang.auth.events import Hook
from dojang.server import addresses, assembly, health, mailing, openapi, refusals
from dojang.server.afterwards import Afterwards
from dojang.server.body_limit import BodyLimit
from dojang.server.forward_auth.endpoints import routes as proxy_routes
from dojang.server.log import RequestLog, open_log
from dojang.server.metrics import endpoint as metrics
from dojang.server.origin import OriginCheck
from dojang.server.own_cookies import OwnCookies
from dojang.server.pages import routes as page_routes
from dojang.server.parts import Parts
from dojang.server.routes import api_routes
from dojang.server.security_headers import SecurityHeaders
from dojang.server.settings import Settings
from dojang.wire.forwarded import Proxies

__all__ = ["create"]

#: Bytes of a body, inclusive: no form of ours comes near.
_BODY_LIMIT = 64 * 1024


def create(
    settings: Settings | None = None,
    *,
    hasher: PasswordHasher | None = None,
    clock: Callable[[], int] = clock.now,
    log: TextIO | None = None,
    hooks: Sequence[Hook] = (),
) -> Starlette:
    """Return the server as an ASGI application.

    Args:
        settings: How it runs; those of the environment by default.
        hasher: Argon2id as OWASP advises, by default.
        clock: Returns unix milliseconds.
        log: Where its lines go; standard error by default.
        hooks: Coroutine functions that are told of every event, in this order.

    Raises:
        BadSettings: It cannot start as it is configured.
    """
    settings = settings or Settings.load()
    parts = assembly.assemble(settings, hasher=hasher, clock=clock, hooks=hooks)
    app = Starlette(
        routes=_routes(parts),
        middleware=_outer(parts, log),
        exception_handlers=refusals.HANDLERS,
        lifespan=_lifespan,
    )
    app.state.parts = parts
    return app


def _routes(parts: Parts) -> list[BaseRoute]:
    # What watches the server gets by without a session; everything else has one.
    settings = parts.settings
    api = AuthApi(
        parts.sessions,
        parts.accounts,
        tokens=parts.tokens,
        throttle=parts.throttle,
        journal=parts.journal,
        mailing=mailing.of(settings) if parts.mailer else None,
        factors=parts.factors,
        fresh=settings.fresh_login,
    )
    within = Router([*api_routes(api), *page_routes], redirect_slashes=False)
    return [
        *health.routes,
        *openapi.routes,
        *metrics.routes,
        *_forward_auth(parts),
        Mount("", app=within, middleware=_inner(parts)),
    ]


def _forward_auth(parts: Parts) -> list[BaseRoute]:
    # What a proxy passes on comes from any page, and without its body.
    if parts.settings.forward_auth is None:
        return []
    behind = [Middleware(SessionMiddleware, sessions=parts.sessions)]
    return proxy_routes(parts.rules, behind)


def _outer(parts: Parts, log: TextIO | None) -> list[Middleware]:
    # The first sees a request first.
    settings = parts.settings
    # What the log says is counted.
    out = open_log(as_json=settings.production, stream=log, counting=[parts.numbers])
    proxies = Proxies(settings.proxies, hops=settings.proxy_hops) if settings.proxies else None
    return [
        *([Middleware(ProxyMiddleware, proxies=proxies)] if proxies else []),
        Middleware(Afterwards, spread=settings.mail_spread),
        Middleware(OwnCookies),
        Middleware(SecurityHeaders, url=settings.url),
        Middleware(RequestLog, log=out, fault=refusals.answer),
    ]


def _inner(parts: Parts) -> list[Middleware]:
    return [
        Middleware(OriginCheck, origins=addresses.origins(parts.settings.url)),
        Middleware(BodyLimit, limit=_BODY_LIMIT),
        Middleware(SessionMiddleware, sessions=parts.sessions),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    parts: Parts = app.state.parts
    assembly.close(parts)
