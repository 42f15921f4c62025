"""How a client shows its session, as OpenAPI says it."""

import inspect
from typing import Annotated, Any

from fastapi import Security
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase

from dojang.sessions import Sessions

__all__ = ["Scheme", "schemes", "signature"]


class Scheme(SecurityBase):
    """A line in the document; whether anybody is signed in is asked of the session."""

    def __init__(self, name: str, model: APIKey | HTTPBearer) -> None:
        """Take its name in the document, and what it says."""
        self.scheme_name = name
        self.model = model

    def __call__(self) -> None:
        """Ask for nothing."""


def schemes(sessions: Sessions) -> dict[str, Scheme]:
    """Return the ways to show a session: the very cookie, and a token where one may come."""
    cookie = APIKey.model_validate({"in": APIKeyIn.cookie, "name": sessions.cookie.name})
    ways = {"session": Scheme("session", cookie)}
    if sessions.bearer:
        ways["token"] = Scheme("token", HTTPBearer(description="What a login returned."))
    return ways


def signature(sessions: Sessions) -> inspect.Signature:
    """Return what a dependency takes: the connection, and the ways to show its session."""
    parameters: dict[str, Any] = {"connection": HTTPConnection} | {
        name: Annotated[None, Security(scheme)] for name, scheme in schemes(sessions).items()
    }
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [inspect.Parameter(name, kind, annotation=given) for name, given in parameters.items()]
    )
