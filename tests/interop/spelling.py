"""Set-Cookie lines as other libraries spell them: the same attributes, in their order and letters.

Our own line says the same to every browser, so the product has no other.
"""

from collections.abc import Callable

from dojang.wire.cookies import Cookie


def as_it_is(part: str) -> str:
    return part


def respelled(line: str, order: list[str], letters: Callable[[str], str] = as_it_is) -> str:
    """Return `line` with its attributes in `order`, each in other letters.

    Args:
        line: Ours.
        order: Names in lower case; all that the line has must be there.
        letters: What becomes of an attribute.
    """
    pair, *parts = line.split("; ")
    named = {part.partition("=")[0].lower(): part for part in parts}
    assert named.keys() <= set(order), named
    return "; ".join([pair, *(letters(named[name]) for name in order if name in named)])


def lowered(part: str) -> str:
    """Return an attribute with its name in lower case, and SameSite's value too."""
    name, equals, value = part.partition("=")
    name = name.lower()
    return name + equals + (value.lower() if name in {"samesite", "priority"} else value)


def plain_cookie(name: str, **attributes: object) -> Cookie:
    """Return a cookie that has nothing but what is given."""
    nothing = {"secure": False, "http_only": False, "same_site": None}
    return Cookie(name=name, **{**nothing, **attributes})  # type: ignore[arg-type] # of any attribute
