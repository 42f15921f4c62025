"""What OAuth has for tokens: revocation (RFC 7009), introspection (RFC 7662), keys (RFC 7517)."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.auth_api.answers import Answer
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.models import ActiveAnswer, KeysAnswer, Token
from dojang.server.errors import InvalidRequest
from dojang.server.log import log_of
from dojang.server.parts import parts_of
from dojang.server.services import check_service
from dojang.tokens.stored_keys import MAX_AGE
from dojang.wire import json

__all__ = ["introspect", "publish_keys", "revoke"]

_FIELDS = 16
_MEDIA_TYPE = "application/x-www-form-urlencoded"


async def revoke(api: AuthApi, request: Request) -> Response:
    """End what a token belongs to. Fine for any text: there is nothing to learn here."""
    del api
    form = await _read(request)
    if await parts_of(request).tokens.revoke(form.token):
        log_of(request.scope).info("token-revoked")
    return Response(headers={"Cache-Control": "no-store"})


async def introspect(api: AuthApi, request: Request) -> Response:
    """Say what is known of a token, to a service that has a key."""
    del api
    await check_service(request)
    form = await _read(request)
    known = await parts_of(request).tokens.introspect(form.token)
    return Answer(ActiveAnswer.model_validate(known))


async def publish_keys(api: AuthApi, request: Request) -> Response:
    """Publish the keys that verify access tokens, and the next one before it signs."""
    del api
    tokens = parts_of(request).tokens
    keys = (await tokens.keys.current(now=tokens.clock())).published()
    return Response(
        json.dumps(KeysAnswer.model_validate(keys).model_dump()),
        media_type="application/json",
        headers={"Cache-Control": f"public, max-age={MAX_AGE}"},
    )


async def _read(request: Request) -> Token:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise InvalidRequest(f"this address takes a form, sent as {_MEDIA_TYPE}")
    text = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise InvalidRequest(f"the form has more than {_FIELDS} fields") from None
    tokens = [value for name, value in fields if name == "token"]
    if len(tokens) != 1:
        raise InvalidRequest(f"the form has {len(tokens)} fields named token; it needs one")
    if not tokens[0]:
        raise InvalidRequest("the field named token is empty")
    return Token(token=tokens[0])
