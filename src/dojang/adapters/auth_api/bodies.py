"""Reading the body of an API request into a form."""

from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from dojang.adapters.auth_api.errors import (
    BadJson,
    BodyTooLarge,
    InvalidBody,
    UnsupportedMediaType,
)
from dojang.adapters.auth_api.models import Form
from dojang.errors import Malformed
from dojang.wire import json

__all__ = ["read"]

F = TypeVar("F", bound=Form)

#: Bytes of a body, inclusive: no form of ours comes near.
_LIMIT = 64 * 1024

#: Characters of a member's name that an error repeats.
_SHOWN = 64

_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is not a member of this body",
    "string_type": "has to be text",
    "string_unicode": "has half of a surrogate pair, which is not a character",
    "bool_type": "has to be true or false",
}


async def read(request: Request, form: type[F]) -> F:
    """Return the body of a request.

    An empty body is an empty object, whatever it is called.

    Raises:
        BodyTooLarge: There is more than is read.
        UnsupportedMediaType: It is not called `application/json`.
        BadJson: It is not JSON, a member stands twice, or it is not an object.
        InvalidBody: A member is missing, unknown or not of its type; its value is not repeated.
    """
    body = await _whole(request)
    if body and not _is_json(request):
        raise UnsupportedMediaType
    try:
        members = json.loads_object(body or b"{}")
    except Malformed as malformed:
        raise BadJson(f"the body cannot be read: {malformed}") from None
    try:
        return form.model_validate(members)
    except ValidationError as error:
        raise _invalid(error.errors(include_input=False, include_url=False)[0]) from None


async def _whole(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LIMIT:
            raise BodyTooLarge(_LIMIT)
    return bytes(body)


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == "application/json"


def _invalid(error: Any) -> InvalidBody:  # noqa: ANN401 - of pydantic
    field = str(error["loc"][0])[:_SHOWN]
    return InvalidBody(field, f"{field} {_PROBLEMS.get(error['type'], 'is not of its type')}")
