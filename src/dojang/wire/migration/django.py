"""What Django's `db`, `cached_db` and `file` backends store: JSON, often deflated, and signed."""

from collections.abc import Iterable
from typing import Any

from dojang.wire import json
from dojang.wire.django.signing import Signing
from dojang.wire.migration import pickled

__all__ = ["MAX_LENGTH", "read", "write"]

#: Characters that are looked at, and bytes that they may inflate to, inclusive.
MAX_LENGTH, _MAX_INFLATED = 4_194_304, 33_554_432

_SALT = "django.contrib.sessions.SessionStore"
_REMEDY = "let Django write it again with its JSONSerializer"


def read(text: str, *, secrets: Iterable[str]) -> dict[str, Any]:
    """Return the session that `session_data` of a row of `django_session` spells.

    Whether it is over is in the row: `expire_date`.

    Args:
        text: Any text is safe to pass.
        secrets: `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.

    Raises:
        Oversized: Longer than 4 MiB, or 32 MiB once it is inflated.
        BadSignature: No secret made the signature.
        Malformed: Not what Django's JSONSerializer writes; a pickle is never loaded.

    Source: Django 5.2 (`django.core.signing.dumps`, `SessionBase.encode`).
    """
    data, _ = _signing(secrets).read(text, now=0)  # no age is asked of a row
    pickled.refuse(data, _REMEDY)
    return json.loads_object(data, exact=True)


def write(session: dict[str, Any], *, secrets: Iterable[str], now: int) -> str:
    """Return a session as Django writes it into `session_data`.

    Args:
        session: A JSON object.
        secrets: `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.
        now: Unix milliseconds, written in whole seconds.

    Raises:
        NotJson: Something in it is not JSON.

    Source: Django 5.2 (`SessionBase.encode`).
    """
    return _signing(secrets).dumps(session, now=now, compress=True)


def _signing(secrets: Iterable[str]) -> Signing:
    return Signing(list(secrets), salt=_SALT, limit=MAX_LENGTH, inflated=_MAX_INFLATED)
