"""A JOSE token taken apart, and its header, before anything in it has been believed."""

from collections.abc import Mapping
from typing import Any, Literal

from dojang.errors import Malformed, Misuse, Oversized
from dojang.wire import base64url, json

__all__ = ["MAX_TOKEN", "Encoding", "parts", "read", "write"]

#: Characters of a token that are looked at, inclusive; `jwt` and the sessions look at fewer.
MAX_TOKEN = 1 << 20

#: Characters, inclusive; a header with a key id takes about 200.
MAX_HEADER = 4096

#: Members that bring a key along, fetch one, or change what the rest of the token means.
_REFUSED = ("crit", "zip", "b64", "jwk", "jku", "x5u", "x5c")

#: jsonwebtoken takes the low byte of each UTF-16 unit, everybody else UTF-8.
Encoding = Literal["utf-8", "latin-1"]


def parts(text: str, count: int) -> list[str]:
    """Return the parts of a token, of which the first is its header.

    Args:
        text: Any text is safe to pass.
        count: How many there are in this kind of token.

    Raises:
        Oversized: Longer than `MAX_TOKEN`; nothing in it was looked at.
        Malformed: There are more, or fewer.

    Source: RFC 7515 section 3.1, RFC 7516 section 3.1.
    """
    if len(text) > MAX_TOKEN:
        raise Oversized(f"{len(text)} characters, at most {MAX_TOKEN} are looked at")
    found = text.split(".")
    if len(found) != count:
        raise Malformed(f"expected {count} parts, found {len(found)}")
    return found


def write(header: Mapping[str, object], encoding: Encoding = "utf-8") -> str:
    """Return a header as the first part of a token, in its own order.

    Args:
        header: A JSON object.
        encoding: `latin-1` cuts what it has no byte for, as jsonwebtoken does: beyond ASCII such
            a header says something else than it was given.

    Raises:
        NotJson: Something in `header` is not JSON.
        Misuse: A member that `read` refuses.
    """
    for name in _REFUSED:
        if name in header:
            raise Misuse(f"leave {name} out of the header: it is refused when read")
    text = json.dumps(header, root="header")
    if encoding == "latin-1":
        return base64url.encode(text.encode("utf-16-le", "surrogatepass")[::2])
    return base64url.encode(text.encode("utf-8"))


def read(protected: str, encoding: Encoding = "utf-8") -> dict[str, Any]:
    """Return the header that `protected` encodes.

    Args:
        protected: The first part of a token; any text is safe to pass.
        encoding: What its bytes are read as.

    Raises:
        Malformed: Longer than `MAX_HEADER`, not canonical base64url of a JSON object, without an
            `alg`, or with a member that would make us trust the token about itself.

    Source: RFC 7515 section 4, RFC 8725 section 3.
    """
    if len(protected) > MAX_HEADER:
        raise Malformed(f"a header of {len(protected)} characters, at most {MAX_HEADER}")
    data = base64url.decode(protected)
    header = json.loads_object(data.decode("latin-1") if encoding == "latin-1" else data)
    for name in _REFUSED:
        if name in header:
            raise Malformed(f"a header with {name}, which is never followed")
    if not isinstance(header.get("alg"), str):
        raise Malformed("a header without alg")
    return header
