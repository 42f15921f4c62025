"""Turns of phrase that several checks share, and what must not be shown."""

import re

from dojang.doctor.set_cookie import SameSite
from dojang.doctor.sites import read

__all__ = ["address", "attribute", "redacted", "shown"]

#: Characters of somebody else's text, inclusive.
_LONGEST = 120

#: Another cookie within an attribute, where lines were folded into one.
_FOLDED = re.compile(r",\s*[^=;,]+=[^;]*")

#: Attributes that say nothing but what a cookie is for.
_HARMLESS = frozenset({"domain", "expires", "max-age", "path", "priority", "samesite"})
#: Those that have no value.
_FLAGS = frozenset({"httponly", "partitioned", "secure"})

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def shown(text: str) -> str:
    """Return `text`, an attribute, no longer than a line can bear and without another's value."""
    safe = _FOLDED.sub(", ...", text[: 2 * _LONGEST])
    printable = "".join(char if char.isprintable() else _UNKNOWN for char in safe)
    return printable if len(printable) <= _LONGEST else f"{printable[:_LONGEST]}..."


def redacted(set_cookie: str) -> str:
    """Return a Set-Cookie line without its value.

    Args:
        set_cookie: Any text is safe to pass.
    """
    pair, semicolon, attributes = set_cookie.partition(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    told = ";".join(_told(each) for each in attributes.split(";")) if semicolon else ""
    return f"{shown(name.strip())}=<{_size(value)} bytes>{semicolon}{told}"


def address(url: str) -> str:
    """Return where `url` is, without user, password, query and fragment.

    Args:
        url: Any text is safe to pass.
    """
    place = read(url)
    return "an unreadable address" if place is None else f"{place.origin}{shown(place.path)}"


def _told(attribute: str) -> str:
    """Return one attribute; what browsers do not know may be a piece of a value."""
    name, equals, value = attribute.partition("=")
    known = name.strip().lower()
    if known in _HARMLESS or (known in _FLAGS and not value) or not attribute.strip():
        return shown(attribute)
    if not equals:
        return f" <{_size(name)} bytes>"
    return f"{shown(name)}=<{_size(value)} bytes>"


def _size(text: str) -> int:
    return len(text.strip().encode("utf-8", "surrogatepass"))


def attribute(same_site: SameSite | None) -> str:
    """Return SameSite in words, for an engine whose default is Lax."""
    if same_site is None:
        return "without SameSite, which means Lax"
    return f"SameSite={same_site.capitalize()}"
