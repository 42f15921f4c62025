"""A Cookie header as Express and its kin read it: through the npm package cookie."""

from dojang.errors import Malformed
from dojang.wire.js import percent

__all__ = ["parse", "unescape"]

#: What every JavaScript object has already; up to 0.6 the package takes the name for one it has
#: read.
_INHERITED = {
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
}


def parse(header: str, *, inherited: bool = False) -> dict[str, str]:
    """Return the cookies of a header by name, in its order; of two with one name, the first.

    Values lose the quotes around them and are percent-decoded; what cannot be decoded stays as it
    is. A name may be empty. Pairs without `=` are passed over, and so are a header of one
    character and `__proto__`, which no JavaScript object takes for a name of its own.

    Args:
        header: The value of the header; any text is safe to pass.
        inherited: Whether names that every JavaScript object has (`constructor`) are read, as
            since 0.7, or passed over as well.

    Source: cookie 0.7.2 (`parse`), and 0.6.0 for `inherited`.
    """
    found: dict[str, str] = {}
    if len(header) < len("a="):
        return found
    refused = {"__proto__"} if inherited else {"__proto__", *_INHERITED}
    for piece in header.split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip(" \t")
        if equals and name not in found and name not in refused:
            found[name] = unescape(value.strip(" \t"))
    return found


def unescape(value: str) -> str:
    """Return a cookie's value without the quotes around it, and percent-decoded where it can be."""
    quoted = value.startswith('"') and value.endswith('"')
    inner = value[1:-1] if quoted else value
    try:
        return percent.decode(inner)
    except Malformed:
        return inner
