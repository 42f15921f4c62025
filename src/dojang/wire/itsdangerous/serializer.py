"""JSON values in signed text, as `URLSafeSerializer` and `URLSafeTimedSerializer` write them."""

from collections.abc import Sequence
from typing import Any

from dojang.errors import Oversized
from dojang.wire import json
from dojang.wire.itsdangerous.signer import Derivation, Digest, Signer
from dojang.wire.itsdangerous.timed import TimestampSigner
from dojang.wire.keyring import Keyring
from dojang.wire.python import jsons, packed

__all__ = ["MAX_LENGTH", "SALT", "TimedSerializer", "UrlSafeSerializer"]

#: Characters that are looked at, inclusive.
MAX_LENGTH = 16_384

#: What the peer's serializers are salted with, unless they are told otherwise.
SALT = "itsdangerous"


class UrlSafeSerializer:
    """Values that are good for ever."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str = SALT,
        digest: Digest = "sha1",
        derivation: Derivation = "django-concat",
    ) -> None:
        """Take the secrets; see `Signer`."""
        self._signer = Signer(secrets, salt=salt, digest=digest, derivation=derivation)

    def dumps(self, value: object) -> str:
        """Return a JSON value as signed text.

        Raises:
            NotJson: Something in it is not JSON.

        Source: itsdangerous 2.2.0 (`URLSafeSerializer.dumps`).
        """
        return self._signer.sign(_payload(value))

    def loads(self, text: str) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what `dumps` was given.

        Args:
            text: Any text is safe to pass.

        Raises:
            Oversized: Longer than `MAX_LENGTH`, or than `packed.MAX_INFLATED` when inflated.
            BadSignature: No key made it.
            Malformed: Not over JSON, or with an integer that JavaScript would round.

        Source: itsdangerous 2.2.0 (`URLSafeSerializer.loads`).
        """
        check_size(text)
        value, _ = self._signer.unsign(text)
        return json.loads(packed.unpack(value), exact=True)


class TimedSerializer:
    """Values that say when they were signed."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str = SALT,
        digest: Digest = "sha1",
        derivation: Derivation = "django-concat",
    ) -> None:
        """Take the secrets; see `Signer`."""
        self._signer = TimestampSigner(secrets, salt=salt, digest=digest, derivation=derivation)

    def dumps(self, value: object, *, now: int) -> str:
        """Return a JSON value as signed text.

        Args:
            value: Any JSON.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            NotJson: Something in it is not JSON.

        Source: itsdangerous 2.2.0 (`URLSafeTimedSerializer.dumps`).
        """
        return self._signer.sign(_payload(value), now=now)

    def loads(self, text: str, *, now: int, max_age: int | None = None) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what `dumps` was given.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.
            max_age: Seconds, inclusive, that may have passed; None for any number.

        Raises:
            Oversized: Longer than `MAX_LENGTH`, or than `packed.MAX_INFLATED` when inflated.
            BadSignature: No key made it.
            Expired: Too old, or made in the future.
            Malformed: Not over JSON, or with an integer that JavaScript would round.

        Source: itsdangerous 2.2.0 (`URLSafeTimedSerializer.loads`).
        """
        check_size(text)
        timed = self._signer.unsign(text, now=now, max_age=max_age)
        return json.loads(packed.unpack(timed.value), exact=True)


def check_size(text: str) -> None:
    """Refuse a text before anything in it is decoded.

    Raises:
        Oversized: Longer than `MAX_LENGTH`.
    """
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")


def _payload(value: object) -> str:
    return packed.pack(jsons.dumps(value, ascii=False))
