"""How a client shows its session, as OpenAPI says it."""

import inspect
from typing import Annotated

from fastapi import Security
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase

from dojang.sessions import Sessions

__all__ = ["signature"]


class _Scheme(SecurityBase):
    """A line in the document; whether anybody is signed in is asked of the session."""

    def __init__(self, name: str, model: APIKey | HTTPBearer) -> None:
        self.scheme_name = name
        self.model = model

    def __call__(self) -> None:
        """Ask for nothing."""


def signature(sessions: Sessions) -> inspect.Signature:
    """Return what a dependency takes: the connection, and the schemes that may open its session."""
    cookie = APIKey.model_validate({"in": APIKeyIn.cookie, "name": sessions.cookie.name})
    schemes = {"session": _Scheme("session", cookie)}
    if sessions.bearer:
        schemes["token"] = _Scheme("token", HTTPBearer(description="What a login returned."))
    parameters = {"connection": HTTPConnection} | {
        name: Annotated[None, Security(scheme)] for name, scheme in schemes.items()
    }
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [inspect.Parameter(name, kind, annotation=given) for name, given in parameters.items()]
    )
