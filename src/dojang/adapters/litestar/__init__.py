"""Litestar: `request.session` as it was, kept where `Sessions` says; users, guards, a plugin."""

from dojang.extras import extra

with extra("litestar"):
    from dojang.adapters.asgi import session_of
    from dojang.adapters.litestar.backend import SessionBackend, SessionConfig
    from dojang.adapters.litestar.guards import fresh, having, signed_in
    from dojang.adapters.litestar.plugin import Dojang

__all__ = [
    "Dojang",
    "SessionBackend",
    "SessionConfig",
    "fresh",
    "having",
    "session_of",
    "signed_in",
]
