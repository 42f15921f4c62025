"""ASGI: `scope["session"]`, which Starlette, FastAPI and others show as `request.session`."""

from dojang.adapters.asgi.handler import with_session
from dojang.adapters.asgi.messages import App, Message, Receive, Scope, Send
from dojang.adapters.asgi.middleware import SessionMiddleware
from dojang.adapters.asgi.opening import HOPELESS, Connection, session_of

__all__ = [
    "HOPELESS",
    "App",
    "Connection",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "SessionMiddleware",
    "session_of",
    "with_session",
]
