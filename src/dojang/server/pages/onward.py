"""The way to an application behind a proxy, through whatever has to be proven first."""

from collections.abc import Mapping
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
from dojang.wire.python.packed import pack, unpack

__all__ = ["PATH", "show", "way_to"]

PATH = "/onward"

_LONGEST = 16_384  # characters of an address once it is unpacked, inclusive


def way_to(target: Target, *, https: bool) -> str:
    """Return the address of this page for a target.

    Whatever stands in it has to pass every page on the way unharmed: where an address that can be
    read is too long for that, or has a line break in it, it goes packed, and where that is too long
    as well it is that of the host alone.

    Args:
        target: Of a host that the rules are about.
        https: Whether sessions need it; then browsers come over it, whatever a proxy sees that
            somebody else ends TLS for.
    """
    target = target.over_https if https else target
    whole, first_page = target.url, replace(target, uri="/").url
    ways = ({"rd": whole}, {"to": pack(whole.encode())}, {"rd": first_page})
    paths = [f"{PATH}?{urlencode(way)}" for way in ways]
    return next((path for path in paths if local_path(path) == path), paths[-1])


async def show(request: Request) -> Response:
    """Send a visitor on to `rd`, or `to`, an address of a host that the rules are about."""
    target = _target(request)
    user, session = await signed_in(request), session_of(request)
    here = way_to(target, https=parts_of(request).settings.https)
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
    parts = parts_of(request)
    try:
        target = Target.of_url(_written(request.query_params))
    except (BadRequest, Rejected, UnicodeDecodeError):
        raise BadRequest("rd is no address that anybody can be sent on to") from None
    if not parts.rules.knows(target.host):
        raise BadRequest("rd leads to none of the hosts that the rules of this server name")
    return target.over_https if parts.settings.https else target


def _written(query: Mapping[str, str]) -> str:
    if "to" in query:
        return unpack(query["to"], limit=_LONGEST).decode("ascii")
    return query.get("rd", "")
