"""An `APIRouter` with the routes of the server's JSON API."""

from collections import defaultdict
from functools import partial
from typing import Any

from fastapi import APIRouter, Security
from pydantic import BaseModel

from dojang.adapters.fastapi.schemes import schemes
from dojang.extras import extra
from dojang.sessions import Sessions
from dojang.wire import problem

with extra("accounts"):
    from dojang.adapters.auth_api.api import AuthApi
    from dojang.adapters.auth_api.entrance import Factors
    from dojang.adapters.auth_api.journal import Journal
    from dojang.adapters.auth_api.models import ProblemAnswer
    from dojang.adapters.auth_api.second_factor_table import SECOND_FACTOR
    from dojang.adapters.auth_api.table import TABLE, Entry
    from dojang.auth import Accounts, Events, Throttle

__all__ = ["auth_router"]


def auth_router(
    sessions: Sessions,
    accounts: Accounts,
    *,
    throttle: Throttle | None = None,
    events: Events | None = None,
    factors: Factors | None = None,
) -> APIRouter:
    """Return the routes for sign-up, login, logout, and who is signed in where.

    `app.include_router(auth_router(sessions, accounts), prefix="/api/auth")`. They are those of
    `dojang serve`, with the same bodies and codes; `POST token` is there where bearer tokens may
    come, and the list of sessions where sessions can be listed.

    Args:
        sessions: The middleware's.
        accounts: Who may sign in.
        throttle: How often passwords may be tried; counted in the store of the sessions, and in
            memory where they have none, unless given.
        events: Where what happens is kept, as `Events(accounts.engine, clock=accounts.clock)`; it
            is in the log `dojang` in any case.
        factors: The second factors of accounts, as `Factors.of(SecondFactor(...), sessions,
            issuer="example.org")`; without them there are none.
    """
    journal = Journal(events=events)
    api = AuthApi(sessions, accounts, throttle=throttle, journal=journal, factors=factors)
    router = APIRouter(tags=["auth"])
    shown = [Security(scheme) for scheme in schemes(sessions).values()]
    for entry in (*TABLE, *(SECOND_FACTOR if factors else ())):
        if entry.serves(sessions):
            router.add_api_route(
                entry.path,
                partial(entry.handler, api),
                methods=[entry.method],
                status_code=entry.status,
                name=entry.handler.__name__,
                summary=entry.handler.__doc__,
                description="",
                response_model=None,
                dependencies=shown if entry.private else [],
                responses=_responses(entry),
                openapi_extra=_body(entry),
            )
    return router


def _responses(entry: Entry) -> dict[int | str, dict[str, Any]]:
    codes: dict[int, list[str]] = defaultdict(list)
    for error in entry.errors:
        codes[error.status].append(error.code)
    done: dict[str, Any] = {"description": "done"}
    if entry.answer:
        done["model"] = entry.answer
    answers: dict[int | str, dict[str, Any]] = {entry.status: done}
    for status in sorted(codes):
        content = {problem.MEDIA_TYPE: {"schema": _schema(ProblemAnswer)}}
        answers[status] = {"description": " or ".join(codes[status]), "content": content}
    return answers


def _body(entry: Entry) -> dict[str, Any]:
    parameters = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in entry.path.split("/")
        if part.startswith("{")
    ]
    extra: dict[str, Any] = {"parameters": parameters} if parameters else {}
    if entry.body is not None:
        required = any(field.is_required() for field in entry.body.model_fields.values())
        content = {"application/json": {"schema": _schema(entry.body)}}
        extra["requestBody"] = {"required": required, "content": content}
    return extra


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    # In place: FastAPI gathers only the models that it reads itself.
    return model.model_json_schema()
