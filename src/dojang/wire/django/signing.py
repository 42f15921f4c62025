"""JSON values as `django.core.signing.dumps` signs them."""

from collections.abc import Sequence
from typing import Any

from dojang.errors import Oversized
from dojang.wire import json
from dojang.wire.django.signer import TimestampSigner
from dojang.wire.keyring import Keyring
from dojang.wire.python import jsons, packed
from dojang.wire.python.timed import Timed

__all__ = ["MAX_LENGTH", "Signing"]

#: Characters that are looked at, inclusive.
MAX_LENGTH = 16_384


class Signing:
    """Signs JSON values for one purpose, and reads them."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str = "django.core.signing",
        limit: int = MAX_LENGTH,
        inflated: int = packed.MAX_INFLATED,
    ) -> None:
        """Take the secrets as Django has them.

        Args:
            secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
            salt: As `dumps` and `loads` were given it.
            limit: Characters that are looked at, inclusive.
            inflated: Bytes that they may inflate to, inclusive.

        Raises:
            WeakSecret: There is no secret, or one is empty.
        """
        self._signer = TimestampSigner(secrets, salt=salt)
        self._limit, self._inflated = limit, inflated

    def dumps(self, value: object, *, now: int, compress: bool = False) -> str:
        """Return a JSON value as signed text.

        Args:
            value: Any JSON.
            now: Unix milliseconds, written in whole seconds.
            compress: Whether to deflate what gets shorter by that.

        Raises:
            NotJson: Something in it is not JSON.

        Source: Django 5.2 (`signing.dumps`).
        """
        return self._signer.sign(packed.pack(jsons.dumps(value), compress=compress), now=now)

    def loads(self, text: str, *, now: int, max_age: int | None = None) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what `dumps` was given.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.
            max_age: Seconds, inclusive, that may have passed; None for any number.

        Raises:
            Rejected: As `read`, or not over JSON without integers that JavaScript would round.

        Source: Django 5.2 (`signing.loads`).
        """
        return json.loads(self.read(text, now=now, max_age=max_age)[0], exact=True)

    def read(self, text: str, *, now: int, max_age: int | None = None) -> tuple[bytes, Timed]:
        """Return the bytes that were signed, and what else was signed with them.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.
            max_age: As for `loads`.

        Raises:
            Oversized: Longer than it may be, or once it is inflated.
            BadSignature: No secret made it.
            Expired: More than `max_age` seconds old.
            Malformed: No time in it, or not what Django packs.
        """
        if len(text) > self._limit:
            raise Oversized(f"{len(text)} characters, at most {self._limit} are looked at")
        timed = self._signer.unsign(text, now=now, max_age=max_age)
        return packed.unpack(timed.value, limit=self._inflated), timed
