"""What a proxy asks about: read from its headers, and from no other spelling of them."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from dojang.server.errors import BadRequest
from dojang.server.forward_auth import identity
from dojang.server.forward_auth.target import Target

__all__ = ["Header", "envoy", "forwarded", "nginx"]

Header = tuple[bytes, bytes]

_ASCII = "".join(map(chr, range(0x80)))

_ORIGINAL = ("x-original-url", "x-original-method")
_FORWARDED = ("x-forwarded-proto", "x-forwarded-host", "x-forwarded-uri", "x-forwarded-method")

#: Under these some application, framework or proxy reads where a request is going.
_ALIASES = (
    "x-original-uri",
    "x-original-host",
    "x-rewrite-url",
    "x-rewrite-uri",
    "x-forwarded-path",
    "x-forwarded-url",
    "x-envoy-original-path",
)

#: Gateways of WSGI, CGI and PHP take an underscore for a hyphen.
_WATCHED = frozenset(
    {
        *_ORIGINAL,
        *_FORWARDED,
        *_ALIASES,
        *(name.lower() for name in identity.NAMES),
        "x-forwarded-for",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-server",
        "x-real-ip",
    }
)


def nginx(headers: Sequence[Header]) -> Target:
    """Return what `auth_request` of nginx asks about, in X-Original-URL and X-Original-Method.

    Raises:
        BadRequest: They are missing, or a header is there that only a client can have written.
    """
    named = _read(headers, _ORIGINAL, others=(*_FORWARDED[2:], *_ALIASES))
    return Target.of_url(named["x-original-url"], method=named["x-original-method"])


def forwarded(headers: Sequence[Header]) -> Target:
    """Return what Traefik and Caddy ask about, in X-Forwarded-Proto, -Host, -Uri and -Method.

    Raises:
        BadRequest: They are missing, or a header is there that only a client can have written.
    """
    named = _read(headers, _FORWARDED, others=(*_ORIGINAL, *_ALIASES))
    proto, host, uri, method = (named[name] for name in _FORWARDED)
    return Target.of(method=method, scheme=proto.lower(), host=host, uri=uri)


def envoy(headers: Sequence[Header], *, method: str, uri: str) -> Target:
    """Return what `ext_authz` of Envoy asks about: the request itself, below a path of ours.

    Args:
        headers: With Host and X-Forwarded-Proto.
        method: Of the request.
        uri: Path and query, without the path of ours.

    Raises:
        BadRequest: They are missing, or a header is there that only a client can have written.
    """
    named = _read(headers, ("host", "x-forwarded-proto"), others=(*_ORIGINAL, *_ALIASES))
    scheme = named["x-forwarded-proto"].lower()
    return Target.of(method=method, scheme=scheme, host=named["host"], uri=uri)


def _read(
    headers: Sequence[Header], wanted: Sequence[str], *, others: Sequence[str]
) -> dict[str, str]:
    # What a client did not percent-encode, some proxies do, and some pass on as it is.
    named = [(name.decode("latin-1").lower(), quote(value, safe=_ASCII)) for name, value in headers]
    count = Counter(name for name, _ in named)
    for name in count:
        if "_" in name and name.replace("_", "-") in _WATCHED:
            raise BadRequest(f"{name} is another spelling of {name.replace('_', '-')}")
        if name in others:
            asked = " and ".join(wanted)
            raise BadRequest(f"{name} came, which the proxy should not pass on: {asked} count")
    for name in wanted:
        if count[name] != 1:
            raise BadRequest(f"{name} came {count[name]} times; the proxy has to write it once")
    return {name: value for name, value in named if name in wanted}
