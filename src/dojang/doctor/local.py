"""Cookies of a deployed API on plain http of this machine, and back."""

from dojang.doctor.prescription import PREFIXES

__all__ = ["from_local", "to_local"]

#: Before names that promise https; behind it they promise nothing.
_MARK = "local."

#: What ties a cookie to its host, to https or to a top-level site.
_DROPPED = {"domain", "secure", "samesite", "partitioned"}


def to_local(set_cookie: str) -> str:
    """Return a Set-Cookie value that every browser keeps on http://localhost.

    Domain, Secure and Partitioned are gone, SameSite is Lax, and a name that begins with `__Host-`
    or another prefix that needs https has `local.` before it.

    Args:
        set_cookie: Any text is safe to pass.
    """
    pair, *attributes = set_cookie.split(";")
    kept = [each for each in attributes if _name(each) not in _DROPPED]
    if pair.strip().lower().startswith(PREFIXES):
        pair = f"{_MARK}{pair.strip()}"
    return ";".join([pair, *kept, " SameSite=Lax"])


def from_local(cookie: str) -> str:
    """Return a Cookie value with the names that the API gave.

    Args:
        cookie: Any text is safe to pass.
    """
    pairs = (each.strip() for each in cookie.split(";"))
    return "; ".join(_unmarked(pair) for pair in pairs)


def _name(attribute: str) -> str:
    return attribute.partition("=")[0].strip().lower()


def _unmarked(pair: str) -> str:
    name = pair.removeprefix(_MARK)
    return name if name.lower().startswith(PREFIXES) else pair
