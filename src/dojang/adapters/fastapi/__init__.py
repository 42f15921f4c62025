"""FastAPI: sessions and users as dependencies, with their security schemes in OpenAPI."""

from dojang.adapters.asgi import SessionMiddleware
from dojang.extras import extra

with extra("fastapi"):
    from dojang.adapters.fastapi.dependencies import CurrentUser, current_session
    from dojang.adapters.starlette import with_session

__all__ = ["CurrentUser", "SessionMiddleware", "current_session", "with_session"]
