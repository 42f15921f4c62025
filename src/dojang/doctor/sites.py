"""Where a URL is, as cookies see it: host, site, and whether one of them may speak for another."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

__all__ = [
    "Place",
    "Suffixes",
    "default_path",
    "domain_match",
    "is_address",
    "is_loopback",
    "path_match",
    "read",
    "same_site",
    "site",
]

#: From a host to the public suffix it ends with, or None: `PublicSuffixList().publicsuffix` of
#: the package publicsuffixlist, its private section included, as browsers have it.
Suffixes = Callable[[str], str | None]

_URL = re.compile(
    r"(?P<scheme>https?|wss?)://(?:[^/?#]*@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\x00-\x20\x7f-\x9f\"#%/:<>?@\[\\\]^`{|}]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_SECURE = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}

_MAX_PORT = 65_535
#: Characters of a host name and of one label of it, inclusive (RFC 1035 section 2.3.4).
_MAX_HOST, _MAX_LABEL = 253, 63


@dataclass(frozen=True, slots=True)
class Place:
    """What matters of a URL.

    Attributes:
        scheme: `http` or `https`; WebSockets count as what they begin as.
        host: Lower case, internationalised names in ASCII.
        port: A number, the scheme's own by default.
        path: Without query and fragment.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write them."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def https(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"


def read(url: str) -> Place | None:
    """Return where `url` is, or None where it is not an absolute URL of http, https, ws or wss.

    Args:
        url: Any text is safe to pass.

    Source: WHATWG URL Standard, as far as cookies look.
    """
    found = _URL.fullmatch(url.strip())
    if found is None:
        return None
    host = ascii_host(found["host"])
    scheme = _SECURE[found["scheme"].lower()]
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if host is None or not _is_host(host) or port > _MAX_PORT:
        return None
    return Place(scheme, host, port, found["path"] or "/")


def ascii_host(host: str) -> str | None:
    """Return `host` in lower case and ASCII, or None where it has no such form."""
    try:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    fits = all(0 < len(label) <= _MAX_LABEL for label in labels)
    return len(host) <= _MAX_HOST and (fits or host.startswith("["))


def is_address(host: str) -> bool:
    """Return whether `host` is an address in numbers, which has no domains above it."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine by any of its names.

    Source: Secure Contexts (W3C), section 3.1.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return is_address(host) and ip_address(host.strip("[]")).is_loopback


def site(host: str, suffixes: Suffixes) -> str:
    """Return the registrable domain of `host`, or the host itself where it has none.

    Source: HTML Standard, "obtain a site".
    """
    suffix = None if is_address(host) else suffixes(host)
    if suffix is None or not host.endswith(f".{suffix}"):
        return host
    label = host[: -len(suffix) - 1].rpartition(".")[2]
    return f"{label}.{suffix}" if label else host


def same_site(one: Place, other: Place, suffixes: Suffixes, *, schemeful: bool) -> bool:
    """Return whether two places are of one site; ports never matter.

    Args:
        one: A place.
        other: Another.
        suffixes: The public suffix list.
        schemeful: Whether http and https of one domain are two sites, as for Chromium.

    Source: HTML Standard, "same site" and "schemelessly same site".
    """
    if schemeful and one.scheme != other.scheme:
        return False
    return site(one.host, suffixes) == site(other.host, suffixes)


def domain_match(host: str, domain: str) -> bool:
    """Return whether a cookie of `domain` belongs to `host`.

    Source: RFC 6265bis section 5.1.3.
    """
    return host == domain or (host.endswith(f".{domain}") and not is_address(host))


def default_path(path: str) -> str:
    """Return the path of a cookie that names none: the folder of what set it.

    Source: RFC 6265bis section 5.1.4.
    """
    return path[: path.rindex("/")] or "/" if path.startswith("/") else "/"


def path_match(path: str, wanted: str) -> bool:
    """Return whether a cookie of the path `wanted` goes to `path`: whole segments only.

    Source: RFC 6265bis section 5.1.4.
    """
    if path == wanted:
        return True
    return path.startswith(wanted) and (wanted.endswith("/") or path[len(wanted)] == "/")
