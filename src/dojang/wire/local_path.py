"""Paths of our own that somebody else wrote down."""

import re
from urllib.parse import quote, unquote

__all__ = ["local_path"]

_LONGEST = 2048  # characters, inclusive
_DEEPEST = 4  # readings, the text as it is among them; nobody means more, and each costs
_ASCII_OF_URLS = "/?#%:@!$&'()*+,;=-._~[]"  # RFC 3986 section 2.2, 2.3 and the percent sign
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Segments between single slashes, none of them empty, `.` or `..` (nor `..;`, as Tomcat reads it).
_SEGMENT = r"(?!\.{1,2}(?:[/;]|$))[^/\\]+"
_PATH = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?")


def local_path(text: str, *, home: str) -> str:
    """Return `text` if it is a path of this origin that everybody reads alike, else `home`.

    One slash and no backslash at the beginning, no empty and no dot segment, no control
    character: as written, and again after each percent-decoding, because something between us
    and the browser might decode. A query and a fragment may follow. What a URL spells with
    percent signs (blanks, Korean) is spelled so.

    Args:
        text: Of a query or a form, decoded once; any text is safe to pass.
        home: A path of our own.

    Source: WHATWG URL Standard, section 4.4 (backslashes, tabs and dots of special URLs).
    """
    if not text.startswith("/") or len(text) > _LONGEST or "\\" in text:
        return home
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    if len(_readings(text)) > _DEEPEST:
        return home
    if any(_CONTROL.search(reading) for reading in _readings(text)):
        return home
    if not all(_PATH.fullmatch(reading) for reading in _readings(path)):
        return home
    try:
        encoded = quote(text, safe=_ASCII_OF_URLS)
    except UnicodeEncodeError:  # half of a surrogate pair
        return home
    return home if _BROKEN_PERCENT.search(encoded) else encoded


def _readings(text: str) -> list[str]:
    readings = [text]
    while (decoded := unquote(readings[-1])) != readings[-1]:
        readings.append(decoded)
        if len(readings) > _DEEPEST:
            break
    return readings
