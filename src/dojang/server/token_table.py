"""The routes of tokens, which the server has beside those of every API."""

from dojang.adapters.auth_api.errors import BodyTooLarge, SessionNeeded
from dojang.adapters.auth_api.models import (
    ActiveAnswer,
    CookieHeader,
    KeysAnswer,
    KnownSessionAnswer,
    PairAnswer,
    Refresh,
    Token,
    TokenRequest,
)
from dojang.adapters.auth_api.table import BODY, CREDENTIALS, NOBODY, PASSWORD, Entry, Errors
from dojang.errors import (
    BadSignature,
    Malformed,
    Oversized,
    Reused,
    Revoked,
    Rotated,
    Unavailable,
    Unknown,
)
from dojang.server import introspection, oauth, tokens
from dojang.server.errors import InvalidClient, InvalidRequest

__all__ = ["TOKENS"]

#: Why a refresh token is not good.
_REFRESH: Errors = (Malformed, Oversized, BadSignature, Unknown, Revoked, Rotated, Reused)

TOKENS = (
    Entry(
        method="POST",
        path="/token",
        handler=tokens.make_token,
        body=TokenRequest,
        answer=PairAnswer,
        errors=(*BODY, *CREDENTIALS, *NOBODY, SessionNeeded, *PASSWORD, Unavailable),
    ),
    Entry(
        method="POST",
        path="/token/refresh",
        handler=tokens.refresh_token,
        body=Refresh,
        answer=PairAnswer,
        errors=(*BODY, *_REFRESH, Unavailable),
    ),
    Entry(
        method="POST",
        path="/oauth/revoke",
        handler=oauth.revoke,
        body=Token,
        errors=(InvalidRequest, BodyTooLarge, Unavailable),
        at_root=True,
        form=True,
    ),
    Entry(
        method="POST",
        path="/oauth/introspect",
        handler=oauth.introspect,
        body=Token,
        answer=ActiveAnswer,
        errors=(InvalidRequest, InvalidClient, BodyTooLarge, Unavailable),
        at_root=True,
        form=True,
    ),
    Entry(
        method="POST",
        path="/introspect-session",
        handler=introspection.introspect_session,
        body=CookieHeader,
        answer=KnownSessionAnswer,
        errors=(*BODY, InvalidClient, Unavailable),
    ),
    Entry(
        method="GET",
        path="/.well-known/jwks.json",
        handler=oauth.publish_keys,
        answer=KeysAnswer,
        errors=(Unavailable,),
        at_root=True,
    ),
)
