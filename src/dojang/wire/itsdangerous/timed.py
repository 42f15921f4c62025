"""`<value>.<time>.<signature>`: what itsdangerous signs together with the second it does so."""

from collections.abc import Sequence

from dojang.errors import Expired, Malformed
from dojang.wire import base64url
from dojang.wire.itsdangerous.signer import Derivation, Digest, Signer
from dojang.wire.keyring import Keyring
from dojang.wire.python.timed import Timed

__all__ = ["TimestampSigner"]

_SEPARATOR = "."

#: Bytes of a time, inclusive; 5 last until the year 36,812.
_TIME_BYTES = 5


class TimestampSigner:
    """Signs text and the time."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str = "itsdangerous.Signer",
        digest: Digest = "sha1",
        derivation: Derivation = "django-concat",
    ) -> None:
        """Take the secrets; see `Signer`."""
        self._signer = Signer(secrets, salt=salt, digest=digest, derivation=derivation)

    def sign(self, value: str, *, now: int) -> str:
        """Return `<value>.<time>.<signature>`.

        Args:
            value: Text that UTF-8 can carry.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            Malformed: `value` has half a surrogate pair.

        Source: itsdangerous 2.2.0 (`TimestampSigner.sign`).
        """
        return self._signer.sign(f"{value}{_SEPARATOR}{_time(now // 1000)}")

    def unsign(self, text: str, *, now: int, max_age: int | None = None) -> Timed:
        """Return what `sign` was given.

        Args:
            text: Any text is safe to pass; the caller has looked at its length.
            now: Unix milliseconds.
            max_age: Seconds, inclusive, that may have passed; None for any number.

        Raises:
            BadSignature: No key made it.
            Malformed: No time in it.
            Expired: More than `max_age` seconds old; or, as in the peer, made in the future, by
                however little. Not looked at without a `max_age`.

        Source: itsdangerous 2.2.0 (`TimestampSigner.unsign`).
        """
        signed, newest = self._signer.unsign(text)
        value, separator, written = signed.rpartition(_SEPARATOR)
        if not separator:
            raise Malformed("expected a time before the signature")
        at = _seconds(written)
        if max_age is not None:
            _check_age(now // 1000 - at, max_age)
        return Timed(value, at * 1000, newest)


def _check_age(age: int, max_age: int) -> None:
    if age > max_age:
        raise Expired(f"signed {age} s ago, at most {max_age} s are allowed")
    if age < 0:
        raise Expired(f"signed {-age} s in the future; set the clocks of both sides")


def _time(seconds: int) -> str:
    return base64url.encode(seconds.to_bytes(_TIME_BYTES, "big").lstrip(b"\x00"))


def _seconds(text: str) -> int:
    data = base64url.decode(text)
    if len(data) > _TIME_BYTES or data.startswith(b"\x00"):
        raise Malformed(f"expected a time of at most {_TIME_BYTES} bytes, without leading zeros")
    return int.from_bytes(data, "big")
