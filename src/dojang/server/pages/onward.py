"""The way to an application behind a proxy, through whatever has to be proven first."""

from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.errors import Rejected, StaleLogin
from dojang.server.errors import BadRequest
from dojang.server.forward_auth.admission import OneFactor, admit
from dojang.server.forward_auth.target import Target
from dojang.server.pages import confirm, second_factor
from dojang.server.pages.redirects import local_path, see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of

__all__ = ["PATH", "show", "way_to"]

PATH = "/onward"


def way_to(target: Target) -> str:
    """Return the address of this page for a target, or for its host where that is too long."""
    whole = f"{PATH}?{urlencode({'rd': target.url})}"
    if local_path(whole) == whole:
        return whole
    return f"{PATH}?{urlencode({'rd': replace(target, uri='/').url})}"


async def show(request: Request) -> Response:
    """Send a visitor on to `rd`, an address of a host that the rules are about."""
    target = _target(request)
    user, session = await signed_in(request), session_of(request)
    here = way_to(target)
    try:
        admit(parts_of(request).rules.needs(target), user, lambda: session)
    except StaleLogin:
        return see(_confirming(here))
    except OneFactor:
        assert user is not None
        there = await parts_of(request).factors.second.needed(user.id)
        return see(_confirming(here) if there else second_factor.PATH)
    except Rejected:
        return see(f"/sign-in?{urlencode({'next': here})}")
    # A page, and no redirect: browsers hold the whole way of a form, through all that it is sent
    # on to, against `form-action`, which says that our forms lead nowhere else.
    return page(request, "onward", host=target.host, address=target.url)


def _confirming(here: str) -> str:
    return f"{confirm.PATH}?{urlencode({'next': here})}"


def _target(request: Request) -> Target:
    parts, given = parts_of(request), request.query_params.get("rd", "")
    try:
        target = Target.of_url(given)
    except BadRequest:
        raise BadRequest("rd is no address that anybody can be sent on to") from None
    if target.scheme == "http" and parts.settings.https:
        raise BadRequest("rd is an address of http, which no session reaches here: tell https")
    if not parts.rules.knows(target.host, target.port, target.scheme):
        raise BadRequest("rd leads to none of the hosts that the rules of this server name")
    return target
