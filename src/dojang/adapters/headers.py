"""What a session reads from the headers of a request, and owes to those of the answer."""

from collections.abc import Iterable, Sequence

from dojang.session.record import Device
from dojang.visits.visit import Visit

__all__ = ["Headers", "answered", "bearer", "device"]

#: Names and values, in their order; a name may come twice.
Headers = list[tuple[str, str]]

#: Characters of a User-Agent that are kept for the device list.
_AGENT_LENGTH = 512


def bearer(authorization: str) -> str | None:
    """Return the token of an Authorization header, or None if it is of another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def device(address: str | None, agent: str) -> Device:
    """Return what a device list shows if somebody logs in with this request."""
    return Device(address or "", agent[:_AGENT_LENGTH])


def answered(
    given: Iterable[tuple[str, str]], lines: Sequence[str], visit: Visit, *, status: int
) -> Headers:
    """Return the headers of an answer with what its session adds.

    Args:
        given: What the application says.
        lines: The Set-Cookie lines of the session.
        visit: Whether the session was looked at decides on Vary.
        status: Of the answer; a 401 says how to come instead.
    """
    # A shared cache must not keep an answer that hands out a session.
    headers = [
        (name, value) for name, value in given if not (lines and name.lower() == "cache-control")
    ]
    if visit.session.accessed:
        named = _named_in_vary(headers)
        headers += [("vary", name) for name in visit.depends_on if name.lower() not in named]
    challenge = visit.challenge(status)
    if challenge and not any(name.lower() == "www-authenticate" for name, _ in headers):
        headers.append(("www-authenticate", challenge))
    if lines:
        headers.append(("cache-control", "no-store"))
    return [*headers, *(("set-cookie", line) for line in lines)]


def _named_in_vary(headers: Headers) -> set[str]:
    values = [value for name, value in headers if name.lower() == "vary"]
    return {name.strip().lower() for value in values for name in value.split(",")}
