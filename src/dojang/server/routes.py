"""The routes of the server's API, which it serves and OpenAPI describes."""

from dataclasses import replace
from functools import partial

from starlette.routing import Route

from dojang.adapters.auth_api import table
from dojang.adapters.auth_api.api import AuthApi
from dojang.adapters.auth_api.second_factor_table import SECOND_FACTOR
from dojang.adapters.auth_api.table import Entry
from dojang.server.closing_table import CLOSING
from dojang.server.email_table import EMAILS
from dojang.server.recovery_table import RECOVERY
from dojang.server.token_table import TOKENS
from dojang.wire.cross_site import CrossSite, UnprovenOrigin

__all__ = ["PREFIX", "TABLE", "address", "api_routes"]

PREFIX = "/api/auth"

_SAFE = {"GET", "HEAD"}


def _judged(entry: Entry) -> Entry:
    """Return an entry with what the origin check refuses before it."""
    if entry.method in _SAFE:
        return entry
    # Of what a page can send without a script, only bodies are of any use.
    more = (CrossSite, UnprovenOrigin) if entry.body and not entry.form else (CrossSite,)
    return replace(entry, errors=(*more, *entry.errors))


#: A session as a token is not for this server, which has tokens that rotate.
TABLE = tuple(
    _judged(entry)
    for entry in (*table.TABLE, *SECOND_FACTOR, *TOKENS, *EMAILS, *RECOVERY, *CLOSING)
    if entry.only != "bearer"
)


def address(entry: Entry) -> str:
    """Return the whole path of an entry."""
    return entry.path if entry.at_root else PREFIX + entry.path


def api_routes(api: AuthApi) -> list[Route]:
    """Return the routes."""
    return [
        Route(address(entry), partial(entry.handler, api), methods=[entry.method])
        for entry in TABLE
    ]
