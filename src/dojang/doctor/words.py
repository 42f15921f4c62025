"""Turns of phrase that several checks share, and what must not be shown."""

import re

from dojang.doctor.set_cookie import SameSite

__all__ = ["attribute", "redacted", "shown"]

#: Characters of somebody else's text, inclusive.
_LONGEST = 120

#: Another cookie within an attribute, where lines were folded into one.
_FOLDED = re.compile(r",\s*[^=;,]+=[^;]*")

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
    size = len(value.strip().encode("utf-8", "surrogatepass"))
    return f"{shown(name.strip())}=<{size} bytes>{semicolon}{shown(attributes)}"


def attribute(same_site: SameSite | None) -> str:
    """Return SameSite in words, for an engine whose default is Lax."""
    if same_site is None:
        return "without SameSite, which means Lax"
    return f"SameSite={same_site.capitalize()}"
