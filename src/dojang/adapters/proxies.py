"""Behind proxies: scheme, host and client address are those that the browser knows."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dojang.adapters.asgi.messages import AnyApp, Scope
from dojang.wire.forwarded import NAMES, Proxies, Told

__all__ = ["PROXY", "Proxies", "ProxyMiddleware", "WSGIProxyMiddleware"]

#: In the scope of a connection that came from a proxy that is trusted.
PROXY = "dojang.proxy"

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_LOG = logging.getLogger("dojang")

#: Peers after which nothing more is logged, inclusive.
_ENOUGH = 32

_SOCKET_SCHEMES = {"http": "ws", "https": "wss"}


class _Trust:
    """Asks the proxies, and says once whose word was not taken."""

    def __init__(self, proxies: Proxies) -> None:
        self._proxies = proxies
        self._told: set[str] = set()

    def trusts(self, peer: str) -> bool:
        return self._proxies.trusts(peer)

    def ask(self, peer: str, headers: Mapping[str, str]) -> Told:
        if not self.trusts(peer):
            for name in NAMES:
                if name in headers:
                    self._tell(peer or "a Unix socket", name)
                    break
        return self._proxies.told(peer, headers)

    def _tell(self, peer: str, name: str) -> None:
        if peer not in self._told and len(self._told) < _ENOUGH:
            self._told.add(peer)
            _LOG.warning(
                "%s came from %s and is not believed; if that is a proxy of yours, name it in "
                "Proxies([...])", name.title(), peer,
            )  # fmt: skip


class ProxyMiddleware:
    """Corrects the scope of an ASGI application; it stands outside of everything else."""

    def __init__(self, app: AnyApp, proxies: Proxies) -> None:
        """Wrap `app`.

        Args:
            app: Any ASGI application.
            proxies: Whose word is taken.
        """
        self._app = app
        self._trust = _Trust(proxies)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of `AnyApp`
        """Serve one connection."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._corrected(scope)
        await self._app(scope, receive, send)

    def _corrected(self, scope: Scope) -> Scope:
        headers: dict[str, str] = {}
        for raw, value in scope["headers"]:
            name = raw.decode("latin-1").lower()
            if name in NAMES:
                text = value.decode("latin-1")
                headers[name] = f"{headers[name]}, {text}" if name in headers else text
        peer = (scope.get("client") or ("",))[0]
        told = self._trust.ask(peer, headers)
        changed: dict[str, Any] = {PROXY: self._trust.trusts(peer)}
        if told.client is not None:
            changed["client"] = (told.client, 0)
        if told.scheme is not None:
            is_socket = scope["type"] == "websocket"
            changed["scheme"] = _SOCKET_SCHEMES[told.scheme] if is_socket else told.scheme
        if told.host is not None:
            kept = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
            changed["headers"] = [(b"host", told.host.encode("latin-1")), *kept]
        return {**scope, **changed}


class WSGIProxyMiddleware:
    """Corrects the environ of a WSGI application; it stands outside of everything else.

    A WSGI server makes one of `X-Forwarded-For` and `X_Forwarded_For`: the proxy has to drop
    names with underscores, as nginx does.
    """

    def __init__(self, app: WSGIApp, proxies: Proxies) -> None:
        """Wrap `app`.

        Args:
            app: Any WSGI application (PEP 3333).
            proxies: Whose word is taken.
        """
        self._app = app
        self._trust = _Trust(proxies)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        names = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in NAMES}
        headers = {name: environ[key] for name, key in names.items() if key in environ}
        told = self._trust.ask(environ.get("REMOTE_ADDR") or "", headers)
        for key, value in (
            ("REMOTE_ADDR", told.client),
            ("wsgi.url_scheme", told.scheme),
            ("HTTP_HOST", told.host),
        ):
            if value is not None:
                environ[key] = value
        return self._app(environ, start_response)
