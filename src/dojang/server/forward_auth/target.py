"""What a browser asked a proxy for, in the one spelling that rules are held against."""

import re
import unicodedata
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes, urlsplit

from dojang.server.errors import BadRequest

__all__ = ["DEFAULT_PORTS", "Target"]

DEFAULT_PORTS = {"http": 80, "https": 443}

#: What proxies call the schemes of WebSockets.
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}

_LONGEST = 8192  # characters of a path with its query, inclusive
_METHOD = re.compile(r"[A-Z]{1,16}")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"({_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]{{2,45}}\])(?::([0-9]{{1,5}}))?")
_HOST_LONGEST = 253
_PORT_HIGHEST = 65535
_URL = re.compile(r"(https?)://([^/?#]+)(/.*)?", re.IGNORECASE)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_URI = re.compile(r"/[!-\"$-~]*")  # what is visible in ASCII, but for #
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
#: What applications read in two ways where a path has it, percent-decoded once. To Windows dots
#: and blanks at the end of a name are nothing, and `::$DATA` is the file itself.
_AMBIGUOUS = re.compile(r"[\\;%?#\x00-\x1f\x7f]|//|[. ](?:/|\Z)|::|:\$")
#: What is not seen, and compared by some as if it were not there (Default_Ignorable_Code_Point of
#: Unicode 16, DerivedCoreProperties.txt).
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One request as it reached the proxy.

    Attributes:
        method: In capitals.
        scheme: `http` or `https`.
        host: In lower case, without a dot at its end; an IPv6 address in brackets.
        port: That of the scheme unless another was named.
        uri: Path and query, as they came.
        path: Percent-decoded, without a slash at its end unless it is all there is; None where
            applications may read it in more than one way.
    """

    method: str
    scheme: str
    host: str
    port: int
    uri: str
    path: str | None

    @classmethod
    def of(cls, *, method: str, scheme: str, host: str, uri: str) -> "Target":
        """Return what a proxy says.

        Args:
            method: Of the request; any text is safe to pass, here and in the others.
            scheme: `http`, `https`, or `ws` and `wss` as Traefik calls them.
            host: With a port where it has one.
            uri: Path and query.

        Raises:
            BadRequest: One of them is none.
        """
        if not _METHOD.fullmatch(method):
            raise BadRequest("the method that the proxy passes on is none")
        if scheme not in _SCHEMES:
            raise BadRequest("the scheme that the proxy passes on is neither http nor https")
        named = _HOST.fullmatch(host.lower())
        if named is None or len(named[1]) > _HOST_LONGEST:
            raise BadRequest("the host that the proxy passes on is none")
        if len(uri) > _LONGEST or not _URI.fullmatch(uri):
            raise BadRequest(
                f"the path that the proxy passes on is none, or longer than {_LONGEST} characters"
            )
        scheme = _SCHEMES[scheme]
        port = DEFAULT_PORTS[scheme] if named[2] is None else int(named[2])
        if not 1 <= port <= _PORT_HIGHEST:
            raise BadRequest("the port that the proxy passes on is none")
        path = _canonical(uri.partition("?")[0])
        return cls(
            method=method,
            scheme=scheme,
            host=named[1].removesuffix("."),
            port=port,
            uri=uri,
            path=path,
        )

    @classmethod
    def of_url(cls, url: str, *, method: str = "GET") -> "Target":
        """Return what a whole address stands for.

        Args:
            url: Of http or https, without a fragment; any text is safe to pass.
            method: With which it is asked for.

        Raises:
            BadRequest: It is none.
        """
        parts = _URL.fullmatch(url)
        if parts is None:
            raise BadRequest("this is no address of http or https")
        return cls.of(method=method, scheme=parts[1].lower(), host=parts[2], uri=parts[3] or "/")

    @classmethod
    def typed(cls, text: str) -> "Target":
        """Return what a browser asks for when somebody types an address: it encodes the rest.

        Args:
            text: Of http or https; any text is safe to pass.

        Raises:
            BadRequest: It is no address.
        """
        try:
            parts = urlsplit(text.strip())
            host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
        except ValueError:
            raise BadRequest("this is no address") from None
        query = f"?{parts.query}" if parts.query else ""
        uri = quote((parts.path or "/") + query, safe=_ASCII, errors="replace")
        return cls.of_url(f"{parts.scheme}://{host}{uri}")

    @property
    def over_https(self) -> "Target":
        """The same where browsers come over https."""
        port = DEFAULT_PORTS["https"] if self.port == DEFAULT_PORTS["http"] else self.port
        return replace(self, scheme="https", port=port)

    @property
    def url(self) -> str:
        """Where the browser was; it can be sent back there."""
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.uri}"


def _canonical(path: str) -> str | None:
    if _BROKEN_PERCENT.search(path):
        return None
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None
    # A slash that was written as %2F is one for some and none for others.
    if decoded.count("/") != path.count("/") or _AMBIGUOUS.search(decoded):
        return None
    if _UNSEEN.search(decoded) or unicodedata.normalize("NFKC", decoded) != decoded:
        return None
    return decoded.rstrip("/") or "/"
