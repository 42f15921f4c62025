"""Cookies as RFC 6265bis has them: reading a Cookie header, and cookies that cannot be wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from dojang.errors import InvalidCookie, TooLarge
from dojang.wire.chunking import Chunking
from dojang.wire.js.date import http_date
from dojang.wire.seconds import whole

__all__ = ["MAX_AGE", "MAX_COOKIE", "Cookie", "SameSite", "parse", "values"]

#: Bytes of the whole Set-Cookie line, inclusive. Browsers count name and value only; iron-session
#: and we count everything, so that what we send is kept everywhere.
MAX_COOKIE = 4096

#: Seconds, inclusive: browsers cut longer lives to 400 days (RFC 6265bis section 5.5).
MAX_AGE = 400 * 24 * 3600

#: Bytes of one attribute's value, inclusive (RFC 6265bis section 5.6).
_MAX_ATTRIBUTE = 1024

SameSite = Literal["strict", "lax", "none"]
Priority = Literal["low", "medium", "high"]

#  token        = 1*tchar                       (RFC 9110 section 5.6.2)
#  cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
#  path-value   = *av-octet                     (any CHAR except CTLs or ";")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
_PATH = re.compile(r"/[\x20-\x3a\x3c-\x7e]*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_ADDRESS = re.compile(r".*:.*")
#: A host whose last label looks like this is an address (URL standard, "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parse(header: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a Cookie header, in its order, duplicates included.

    Nothing is unquoted or decoded. What no browser sends is passed over: pairs without `=`,
    without a name, or with a control character.

    Args:
        header: The value of the header; several headers are joined by `; `.

    Source: RFC 6265bis section 4.2.1, read as leniently as section 5.7 writes.
    """
    for piece in header.split(";"):
        name, equals, value = piece.partition("=")
        name, value = name.strip(" \t"), value.strip(" \t")
        if equals and name and not _CONTROL.search(piece):
            yield name, value


def values(header: str, name: str) -> list[str]:
    """Return every value that a Cookie header has for `name`, in its order."""
    if name not in header:
        return []
    return [value for found, value in parse(header) if found == name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """Name and attributes of a cookie; one that no browser would accept cannot be made.

    Args:
        name: A token. `__Host-` needs Secure, Path=/ and no Domain; `__Secure-` needs Secure.
        path: Begins with `/`, or None for the browser's own choice, the folder of the page.
        domain: A host name without a leading dot, or None for this host only.
        secure: Sent over https only.
        http_only: Kept from scripts.
        same_site: `lax`, `strict`, `none` (which needs Secure), or None to leave it to the browser.
        partitioned: Kept apart per top-level site (which needs Secure).
        priority: What Chromium evicts first, or None.
        chunks: How a value too large for one cookie is cut into several, `Chunking()` for the
            rules of iron-session 9; None if it is not, and no pieces are read.
        dated: Whether its end is written as an instant, Expires, as Express and Auth.js write it,
            instead of as Max-Age.
        lasting: Whether it may outlive the browser; a peer's may not, whoever asks to be
            remembered.
        margin: Seconds by which it ends before its session, where the session lives longer than
            that; iron-session has 60.
        fixed: Seconds it lives from each writing on, at least 1, whatever is left of its session;
            None to follow the session.

    Raises:
        InvalidCookie: The combination would be refused; the error says why and what to write.
        Misuse: `margin` or `fixed` is no whole number of seconds.

    Source: RFC 6265bis sections 4.1 and 5.6 to 5.7.
    """

    name: str = "__Host-session"
    path: str | None = "/"
    domain: str | None = None
    secure: bool = True
    http_only: bool = True
    same_site: SameSite | None = "lax"
    partitioned: bool = False
    priority: Priority | None = None
    chunks: Chunking | None = None
    dated: bool = False
    lasting: bool = True
    margin: int = 0
    fixed: int | None = None
    _attributes: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.name):
            raise InvalidCookie(
                f"{self.name!r} cannot be a cookie's name: use letters, digits, - and _"
            )
        if self.path is not None:
            _check_path(self.path)
        if self.domain is not None:
            _check_domain(self.domain)
        self._check_prefix()
        self._check_secure()
        if self.same_site not in {"strict", "lax", "none", None}:
            raise InvalidCookie(f"same_site is strict, lax, none or None, not {self.same_site!r}")
        if self.priority not in {"low", "medium", "high", None}:
            raise InvalidCookie(f"priority is low, medium, high or None, not {self.priority!r}")
        object.__setattr__(self, "margin", whole(self.margin, "the margin of a cookie"))
        if self.fixed is not None:
            fixed = whole(self.fixed, "the fixed life of a cookie")
            if fixed < 1:
                raise InvalidCookie(f"a cookie of {fixed} s is deleted at once; write 1 or more")
            object.__setattr__(self, "fixed", fixed)
        object.__setattr__(self, "_attributes", self._render())

    def beside(self, name: str, *, comes_back: bool = False) -> "Cookie":
        """Return one for this host alone, as secure as this one.

        Whatever this one is called and shared with: where it is secure, the browser takes the other
        from no other host of the domain, so that none plants what this host would believe.

        Args:
            name: Without a prefix.
            comes_back: Whether it has to come along from a page of another site, or from a mail:
                then `SameSite=Strict` is read as Lax.

        Source: RFC 6265bis section 4.1.3.2 (`__Host-`).
        """
        site = "lax" if comes_back and self.same_site == "strict" else self.same_site
        return Cookie(
            name=f"__Host-{name}" if self.secure else name, secure=self.secure, same_site=site
        )

    @classmethod
    def for_local_development(cls, name: str = "session") -> "Cookie":
        """Return a cookie that plain http on this machine can carry: no prefix, no Secure.

        Args:
            name: Without the prefixes `__Host-` and `__Secure-`, which need https.

        Raises:
            InvalidCookie: The name has such a prefix.
        """
        return cls(name=name, secure=False)

    def renamed(self, name: str) -> "Cookie":
        """Return the same cookie under another name.

        Raises:
            InvalidCookie: The name is not a token, or its prefix does not fit the attributes.
        """
        return replace(self, name=name)

    def life(self, seconds: int | None, *, now: int) -> tuple[int | None, str | None]:
        """Return the `max_age` and `expires` of a cookie whose session lives that long.

        Neither is beyond `MAX_AGE`, which is applied last.

        Args:
            seconds: From now on, or None for a cookie that ends with the browser.
            now: Unix milliseconds.
        """
        if seconds is None or not self.lasting:
            return None, None
        if self.fixed is not None:
            seconds = self.fixed
        elif seconds > self.margin:
            seconds -= self.margin
        seconds = min(seconds, MAX_AGE)
        return (None, http_date(now + seconds * 1000)) if self.dated else (seconds, None)

    def set(self, value: str, *, max_age: int | None = None, expires: str | None = None) -> str:
        """Return the Set-Cookie line that stores `value`.

        Args:
            value: Cookie octets only: no space, quote, comma, semicolon, backslash or control.
            max_age: Seconds, or None for a cookie that ends with the browser. Capped at `MAX_AGE`.
            expires: An HTTP date beside or instead of it, for peers that write one.

        Raises:
            InvalidCookie: `value` has a character that no cookie may have, or `expires` is no date.
            TooLarge: The line is longer than `MAX_COOKIE` bytes.

        Source: RFC 6265bis section 4.1; the order of attributes is that of the npm package cookie.
        """
        if not _OCTETS.fullmatch(value):
            raise InvalidCookie(f"the value of {self.name} has a character cookies cannot carry")
        if expires is not None and not _HTTP_DATE.fullmatch(expires):
            raise InvalidCookie(f"{expires!r} is not an HTTP date; write js_date.http_date(...)")
        line = f"{self.name}={value}"
        if max_age is not None:
            line += f"; Max-Age={min(max_age, MAX_AGE)}"
        line += self._attributes if expires is None else self._render(expires)
        if len(line) > MAX_COOKIE:
            raise TooLarge(
                f"the cookie {self.name} takes {len(line)} bytes, and browsers keep {MAX_COOKIE}: "
                "store less in the session, allow chunks, let it spill, or keep it on the server",
                size=len(line),
                limit=MAX_COOKIE,
            )
        return line

    def delete(self) -> str:
        """Return the Set-Cookie line that makes a browser drop the cookie.

        The attributes are repeated, because a browser tells cookies apart by name, domain and path.
        """
        return f"{self.name}=; Max-Age=0{self._attributes}"

    def _render(self, expires: str | None = None) -> str:
        parts = [
            f"Domain={self.domain}" if self.domain else "",
            f"Path={self.path}" if self.path else "",
            f"Expires={expires}" if expires else "",
            "HttpOnly" if self.http_only else "",
            "Secure" if self.secure else "",
            "Partitioned" if self.partitioned else "",
            f"Priority={self.priority.capitalize()}" if self.priority else "",
            f"SameSite={self.same_site.capitalize()}" if self.same_site else "",
        ]
        return "".join(f"; {part}" for part in parts if part)

    def _check_prefix(self) -> None:
        # Browsers compare the prefixes without regard to case (RFC 6265bis section 5.7).
        lowered = self.name.lower()
        if lowered.startswith("__host-") and not self.secure:
            raise InvalidCookie(
                f"{self.name} needs Secure; on plain http use Cookie.for_local_development()"
            )
        if lowered.startswith("__host-") and (self.domain is not None or self.path != "/"):
            raise InvalidCookie(
                f"{self.name} may have no Domain and needs Path=/; to share it between hosts, "
                f"call it __Secure-{self.name[7:]}"
            )
        if lowered.startswith(("__http-", "__host-http-")) and not (self.http_only and self.secure):
            raise InvalidCookie(f"{self.name} needs HttpOnly and Secure; choose another name")
        if lowered.startswith("__secure-") and not self.secure:
            raise InvalidCookie(
                f"{self.name} needs Secure; on plain http use Cookie.for_local_development()"
            )

    def _check_secure(self) -> None:
        if self.same_site == "none" and not self.secure:
            raise InvalidCookie("SameSite=None needs Secure; write secure=True or same_site='lax'")
        if self.partitioned and not self.secure:
            raise InvalidCookie("Partitioned needs Secure; write secure=True")


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path):
        raise InvalidCookie(f"{path!r} cannot be a cookie's path: it begins with / and has no ;")
    if len(path) > _MAX_ATTRIBUTE:
        raise InvalidCookie(f"a path of {len(path)} bytes is ignored, at most {_MAX_ATTRIBUTE}")


def _check_domain(domain: str) -> None:
    if domain.startswith("."):
        raise InvalidCookie(f"write domain={domain[1:]!r}: the leading dot is ignored by browsers")
    if _ADDRESS.fullmatch(domain):
        raise InvalidCookie(f"{domain} is an address: browsers want no Domain there, write None")
    labels = domain.lower().split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise InvalidCookie(f"{domain} is an address: browsers want no Domain there, write None")
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - RFC 1035
        raise InvalidCookie(f"{domain!r} is not a host name; write example.com, without * or port")
    if len(labels) == 1 and domain.lower() != "localhost":
        raise InvalidCookie(f"{domain} is a whole top-level domain; write example.{domain}")
