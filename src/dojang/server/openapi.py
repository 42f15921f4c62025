"""The OpenAPI document of the API, made from the table of its routes and the models."""

import inspect
from collections import defaultdict
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dojang.adapters.auth_api.models import ProblemAnswer
from dojang.adapters.auth_api.table import Entry
from dojang.server.parts import parts_of
from dojang.server.routes import TABLE, address
from dojang.wire import json, problem

__all__ = ["document", "routes"]

_REFERENCE = "#/components/schemas/"


def document(*, url: str, cookie: str) -> dict[str, Any]:
    """Return the document of a server.

    Args:
        url: Where it is.
        cookie: The name of its session cookie.

    Source: OpenAPI 3.1.1.
    """
    return {
        "openapi": "3.1.1",
        "info": {"title": "dojang", "version": version("dojang")},
        "servers": [{"url": url}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = defaultdict(dict)
    for entry in TABLE:
        paths[address(entry)][entry.method.lower()] = _operation(entry)
    return dict(paths)


def _operation(entry: Entry) -> dict[str, Any]:
    operation = {
        "operationId": entry.handler.__name__,
        "summary": inspect.getdoc(entry.handler),
        "parameters": _parameters(entry.path),
        "responses": {
            str(entry.status): _done(entry.answer),
            **({"202": {"description": "the rest is mailed"}} if entry.mailed else {}),
            **_refusals(entry),
        },
    }
    if entry.body:
        required = any(field.is_required() for field in entry.body.model_fields.values())
        kind = "application/x-www-form-urlencoded" if entry.form else "application/json"
        operation["requestBody"] = {"required": required, "content": _content(entry.body, kind)}
    return operation


def _parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _done(answer: type[BaseModel] | None) -> dict[str, Any]:
    return {"description": "done"} | ({"content": _content(answer)} if answer else {})


def _refusals(entry: Entry) -> dict[str, Any]:
    codes: dict[int, list[str]] = defaultdict(list)
    for error in entry.errors:
        codes[error.status].append(error.code)
    return {
        str(status): {
            "description": " or ".join(codes[status]),
            "content": _content(ProblemAnswer, problem.MEDIA_TYPE),
        }
        for status in sorted(codes)
    }


def _content(model: type[BaseModel], media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REFERENCE + model.__name__}}}


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [ProblemAnswer]
    for entry in TABLE:
        models += [model for model in (entry.body, entry.answer) if model]
    unique = [(model, "validation") for model in dict.fromkeys(models)]
    _, schemas = models_json_schema(unique, ref_template=_REFERENCE + "{model}")  # type: ignore[arg-type]
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions


class _Document(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        parts = parts_of(request)
        made = document(url=parts.settings.url, cookie=parts.sessions.cookie.name)
        return Response(json.dumps(made), media_type="application/json")


routes = [Route("/openapi.json", _Document)]
