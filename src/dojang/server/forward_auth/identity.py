"""What an application behind the proxy is told about who asks."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from dojang.auth import User

__all__ = ["NAMES", "headers"]

#: Every one of them is in every answer that lets a request pass, empty where nothing is known: what
#: an answer leaves out, a proxy may take from the client.
NAMES = (
    "Remote-User",
    "Remote-Sub",
    "Remote-Groups",
    "Remote-Name",
    "Remote-Email",
    "X-Auth-Request-User",
    "X-Auth-Request-Groups",
    "X-Auth-Request-Preferred-Username",
    "X-Auth-Request-Email",
)

_VISIBLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


def headers(user: User | None) -> Sequence[tuple[str, str]]:
    """Return the headers about a user; all are empty for nobody.

    `Remote-User` is the user name, or `~` and the id where there is none. An address is told once
    it is proven to be theirs: anybody may write that of somebody else into their account. What is
    not visible ASCII is percent-encoded, and so is `%`; in the name of a role a comma, too, and at
    the beginning of a user name `~`.
    """
    if user is None:
        return [(name, "") for name in NAMES]
    # What begins with ~ is an id, whatever user names may be like here.
    login = re.sub(r"\A~", "%7E", _value(user.username)) if user.username else f"~{user.id}"
    groups = ",".join(_value(role, but=",") for role in user.roles)
    email = user.email if user.email_verified else None
    told = {
        "Remote-User": login,
        "Remote-Sub": user.id,
        "Remote-Groups": groups,
        "Remote-Name": _value(user.name or user.username or ""),
        "Remote-Email": _value(email or ""),
        "X-Auth-Request-User": user.id,
        "X-Auth-Request-Groups": groups,
        "X-Auth-Request-Preferred-Username": login,
        "X-Auth-Request-Email": _value(email or ""),
    }
    return [(name, told[name]) for name in NAMES]


def _value(text: str, *, but: str = "") -> str:
    return quote(text, safe=_VISIBLE.replace(but, "") if but else _VISIBLE)
