"""From a cookie that is wrong to one that is right."""

from dataclasses import replace
from typing import Any

from dojang.doctor.set_cookie import Line
from dojang.errors import InvalidCookie
from dojang.wire.cookies import Cookie

__all__ = ["PREFIXES", "is_plain", "prescribe", "without_prefix"]

#: Where a name is nothing that a program could be told by.
_SOME_NAME = "session"

#: The longest first, because one is within another.
PREFIXES = ("__host-http-", "__secure-", "__host-", "__http-")


def prescribe(line: Line, **changes: Any) -> Line:
    """Return the cookie of `line` with `changes`, and whatever else no browser would accept mended.

    Its texts are plain enough to stand between quotes of any language.
    """
    cookie = replace(line, **changes)
    cookie = _in_the_clear(cookie) if changes.get("secure") is False else _consistent(cookie)
    if not is_plain(cookie.name):
        cookie = replace(cookie, name=_SOME_NAME)
    if not _is_path(cookie.path or "/"):
        cookie = replace(cookie, path=None)
    return cookie if _is_cookie(cookie) else replace(cookie, domain=None)


def is_plain(name: str) -> bool:
    """Return whether `name` needs no quoting anywhere."""
    return bool(name) and all(char.isascii() and (char.isalnum() or char in "-_.") for char in name)


def without_prefix(name: str) -> str:
    """Return `name` without what promises https."""
    prefix = next((known for known in PREFIXES if name.lower().startswith(known)), "")
    return name[len(prefix) :] or _SOME_NAME


def _in_the_clear(cookie: Line) -> Line:
    same_site = "lax" if cookie.same_site == "none" else cookie.same_site
    name = without_prefix(cookie.name)
    return replace(cookie, name=name, partitioned=False, same_site=same_site)


def _consistent(cookie: Line) -> Line:
    name = cookie.name.lower()
    if cookie.same_site == "none" or cookie.partitioned or name.startswith(PREFIXES):
        cookie = replace(cookie, secure=True)
    if name.startswith(("__http-", "__host-http-")):
        cookie = replace(cookie, http_only=True)
    if name.startswith("__host-"):
        cookie = replace(cookie, domain=None, path="/")
    return cookie


def _is_path(path: str) -> bool:
    return all(char.isascii() and (char.isalnum() or char in "/-_.~") for char in path)


def _is_cookie(cookie: Line) -> bool:
    try:
        Cookie(name=cookie.name, domain=cookie.domain or None, secure=cookie.secure, same_site=None)
    except InvalidCookie:
        return False
    return True
