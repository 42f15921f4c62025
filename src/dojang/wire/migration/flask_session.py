"""What Flask-Session stores."""

from typing import Any, cast

from dojang.errors import Malformed
from dojang.wire import json
from dojang.wire.migration import msgpack, pickled

__all__ = ["PREFIX", "read"]

#: Of its keys, unless `SESSION_KEY_PREFIX` says otherwise.
PREFIX = "session:"

_REMEDY = "Flask-Session 0.8 writes it as MessagePack when its session is next used"


def read(value: bytes) -> dict[str, Any]:
    """Return the session that a value spells, `_permanent` among its members.

    Args:
        value: What is stored; any bytes are safe to pass.

    Raises:
        Malformed: A pickle, as 0.6 and older write them: it is never loaded. Or neither MessagePack
            nor JSON; or not an object.

    Source: Flask-Session 0.8.0 (`MsgSpecSerializer`).
    """
    pickled.refuse(value, _REMEDY)
    session = json.loads(value, exact=True) if value.startswith(b"{") else msgpack.loads(value)
    if not isinstance(session, dict):
        raise Malformed("expected a session")
    return cast("dict[str, Any]", session)
