"""The routes by which people close their accounts."""

from dojang.adapters.auth_api.errors import SessionNeeded
from dojang.adapters.auth_api.models import Nothing
from dojang.adapters.auth_api.table import BODY, NOBODY, Entry
from dojang.errors import StaleLogin, Unavailable
from dojang.server import closing

__all__ = ["CLOSING"]

CLOSING = (
    Entry(
        method="POST",
        path="/account/disable",
        handler=closing.disable_account,
        body=Nothing,
        status=204,
        errors=(*BODY, *NOBODY, SessionNeeded, StaleLogin, Unavailable),
    ),
    Entry(
        method="DELETE",
        path="/account",
        handler=closing.delete_account,
        status=204,
        errors=(*NOBODY, SessionNeeded, StaleLogin, Unavailable),
    ),
)
