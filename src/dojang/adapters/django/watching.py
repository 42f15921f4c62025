"""What `Watch` says of a request that Django's own session middleware serves."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.conf import settings

from dojang.adapters.django.conf import sessions
from dojang.adapters.hopeless import Watch, in_environ
from dojang.errors import DojangError
from dojang.wire.cookies import Cookie

__all__ = ["STOCK", "watch"]

#: Ours looks for itself.
STOCK = "django.contrib.sessions.middleware.SessionMiddleware"


def watch(
    *, environ: Mapping[str, Any] | None = None, scope: Mapping[str, Any] | None = None, **_: object
) -> None:
    """Receive `request_started`, in both colours."""
    if STOCK not in settings.MIDDLEWARE:
        return
    meta = _meta(scope) if environ is None else environ
    # What is wrong with the settings is said by whoever needs them.
    with suppress(DojangError):
        watcher = _watch(sessions().cookie)
        watcher.look(in_environ(meta), scheme=_scheme(meta), peer=meta.get("REMOTE_ADDR") or "")


@lru_cache(maxsize=8)
def _watch(cookie: Cookie) -> Watch:
    return Watch(cookie)


def _meta(scope: Mapping[str, Any] | None) -> Mapping[str, Any]:
    given = scope or {}
    named = {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
        for name, value in given.get("headers", ())
    }
    client = given.get("client") or ("",)
    return {**named, "REMOTE_ADDR": client[0], "wsgi.url_scheme": given.get("scheme", "http")}


def _scheme(meta: Mapping[str, Any]) -> str:
    # As `HttpRequest.scheme` has it.
    name, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    told = meta.get(name)
    if told is None:
        return str(meta.get("wsgi.url_scheme", "http"))
    return "https" if told.partition(",")[0].strip() == secure else "http"
