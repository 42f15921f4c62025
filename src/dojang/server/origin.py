"""An ASGI middleware that refuses what comes from pages of other sites."""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from dojang.server.log import log_of
from dojang.wire.cross_site import CrossSite, UnprovenOrigin, Verdict, judge

__all__ = ["VERDICT", "OriginCheck"]

#: Where in the scope the verdict stands, for pages to ask for their token by.
VERDICT = "dojang.verdict"

#: What the forms of any page can send without a script (HTML standard, section 4.10.19.6).
_FORM_METHODS = {"GET", "POST"}


class OriginCheck:
    """Judges each request, and refuses the foreign ones before anything else sees them.

    A request of no browser needs a token: pages look for theirs, the API has none and refuses.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        """Wrap `app`, whose own `origins` are given as browsers write them."""
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection.

        Raises:
            CrossSite: It comes from another site.
            UnprovenOrigin: Nothing says that it does not.
        """
        if scope["type"] == "http":
            self._check(scope)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        verdict = scope[VERDICT] = judge(scope["method"], headers, origins=self._origins)
        if verdict is Verdict.FOREIGN:
            # Whoever set DOJANG_URL wrongly finds here what browsers say instead.
            log_of(scope).warning("cross-site", origin=headers.get("origin"), ours=[*self._origins])
            raise CrossSite
        if verdict is Verdict.NEEDS_TOKEN and _is_form_for_api(scope):
            raise UnprovenOrigin


def _is_form_for_api(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] in _FORM_METHODS and path.startswith("/api/")
