"""The addresses of the server: where it listens, and what browsers call it."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

__all__ = ["ANYWHERE", "host_of", "is_loopback", "is_within", "local", "origin", "origins"]

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: Addresses that listen to everybody.
ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
#: Letters of any language, digits, dots and hyphens, as they are before IDNA.
_NAME = re.compile(r"[\w.-]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def local(host: str, port: int, *, tls: bool = False) -> str:
    """Return the address of a server that nobody gave a public one.

    Args:
        host: Where it listens; every name of this machine becomes `localhost`.
        port: Where it listens.
        tls: Whether browsers come over https.
    """
    bracketed = f"[{host}]" if ":" in host else host
    name = "localhost" if host in ANYWHERE or bracketed in _LOOPBACK else bracketed
    return origin(f"{'https' if tls else 'http'}://{name}:{port}")


def origin(url: str) -> str:
    """Return the origin of `url` as browsers write it: lower-case, without a default port.

    Raises:
        ValueError: Not `http://host` or `https://host`, a port aside.

    Source: RFC 6454 section 6.2.
    """
    parts = urlsplit(url.strip())
    host, port = parts.hostname, parts.port
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        raise ValueError("not an address of http or https")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("has a path")
    if not (":" in host or _NAME.fullmatch(host)):
        raise ValueError("has a character that no host name has")
    shown = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if default else f":{port}")


def is_loopback(url: str) -> bool:
    """Return whether `url` is of this machine, which browsers trust without https."""
    return host_of(url) in _LOOPBACK


def is_within(host: str, domain: str) -> bool:
    """Return whether a host is a domain or below it.

    Source: RFC 6265 section 5.1.3.
    """
    return f".{host}".endswith(f".{domain.lower()}")


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case; an IPv6 address in brackets."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def origins(url: str) -> Collection[str]:
    """Return the origins that are ours: that of `url`, and on this machine its other names."""
    own = host_of(url)
    if own not in _LOOPBACK:
        return {url}
    return {url.replace(f"://{own}", f"://{name}", 1) for name in _LOOPBACK}
