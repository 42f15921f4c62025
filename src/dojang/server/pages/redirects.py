"""Where a visitor is sent on to: always a page of our own."""

import re
from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse

__all__ = ["HOME", "local_path", "see"]

HOME = "/account"

_LONGEST = 2048  # characters, inclusive
_DEEPEST = 4  # readings, the text as it is among them; nobody means more, and each costs
_ASCII_OF_URLS = "/?#%:@!$&'()*+,;=-._~[]"  # RFC 3986 section 2.2, 2.3 and the percent sign
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Segments between single slashes, none of them empty, `.` or `..` (nor `..;`, as Tomcat reads it).
_SEGMENT = r"(?!\.{1,2}(?:[/;]|$))[^/\\]+"
_PATH = re.compile(rf"/(?:{_SEGMENT}(?:/{_SEGMENT})*/?)?")


def local_path(text: str) -> str:
    """Return `text` if it is a path of this origin that everybody reads alike, else `HOME`.

    One slash and no backslash at the beginning, no empty and no dot segment, no control
    character: as written, and again after each percent-decoding, because something between us
    and the browser might decode. A query and a fragment may follow. What a URL spells with
    percent signs (blanks, Korean) is spelled so.

    Args:
        text: Of a query or a form, decoded once; any text is safe to pass.

    Source: WHATWG URL Standard, section 4.4 (backslashes, tabs and dots of special URLs).
    """
    if not text.startswith("/") or len(text) > _LONGEST or "\\" in text:
        return HOME
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    if len(_readings(text)) > _DEEPEST:
        return HOME
    if any(_CONTROL.search(reading) for reading in _readings(text)):
        return HOME
    if not all(_PATH.fullmatch(reading) for reading in _readings(path)):
        return HOME
    try:
        encoded = quote(text, safe=_ASCII_OF_URLS)
    except UnicodeEncodeError:  # half of a surrogate pair
        return HOME
    return HOME if _BROKEN_PERCENT.search(encoded) else encoded


def see(path: str) -> RedirectResponse:
    """Return an answer that makes the browser get `path`, whatever it sent before.

    Args:
        path: Our own, or as `local_path` returned it.

    Source: RFC 9110 section 15.4.4; never 307, which would send a password on (RFC 9700 4.12).
    """
    return RedirectResponse(path, 303, {"cache-control": "no-store"})


def _readings(text: str) -> list[str]:
    readings = [text]
    while (decoded := unquote(readings[-1])) != readings[-1]:
        readings.append(decoded)
        if len(readings) > _DEEPEST:
            break
    return readings
