"""The protected header of a JOSE token, before anything in it has been believed."""

from typing import Any

from dojang.errors import Malformed
from dojang.wire import base64url, json

__all__ = ["read"]

#: Characters, inclusive; a header with a key id takes about 200.
MAX_HEADER = 4096

#: Members that bring a key along, fetch one, or change what the rest of the token means.
_REFUSED = ("crit", "zip", "b64", "jwk", "jku", "x5u", "x5c")


def read(protected: str) -> dict[str, Any]:
    """Return the header that `protected` encodes.

    Args:
        protected: The first part of a token; any text is safe to pass.

    Raises:
        Malformed: Longer than `MAX_HEADER`, not canonical base64url of a JSON object, without an
            `alg`, or with a member that would make us trust the token about itself.

    Source: RFC 7515 section 4, RFC 8725 section 3.
    """
    if len(protected) > MAX_HEADER:
        raise Malformed(f"a header of {len(protected)} characters, at most {MAX_HEADER}")
    header = json.loads_object(base64url.decode(protected))
    for name in _REFUSED:
        if name in header:
            raise Malformed(f"a header with {name}, which is never followed")
    if not isinstance(header.get("alg"), str):
        raise Malformed("a header without alg")
    return header
