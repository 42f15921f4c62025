"""`<value>:<time>:<signature>`, as Django's TimestampSigner writes it."""

import hashlib
import hmac
import re
from collections.abc import Sequence

from dojang.errors import BadSignature, Expired, Malformed
from dojang.wire import base64url
from dojang.wire.keyring import Keyring
from dojang.wire.python.timed import Timed, utf8

__all__ = ["TimestampSigner"]

_SEPARATOR = ":"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

#: A time without leading zeros; eight digits last until the year 6,900,000.
_TIME = re.compile(r"0|[1-9A-Za-z][0-9A-Za-z]{0,7}")


class TimestampSigner:
    """Signs text and the time with the newest secret; what any of them signed is good."""

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        salt: str,
        prefix: bytes = b"",
    ) -> None:
        """Take the secrets as Django has them.

        Args:
            secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
            salt: Keeps apart what is signed for different purposes with one secret.
            prefix: Stands before each secret; of signed cookies, `django.http.cookies`.

        Raises:
            WeakSecret: There is no secret, or one is empty.

        Source: Django 5.2 (`Signer`, `salted_hmac`).
        """
        ring = secrets if isinstance(secrets, Keyring) else Keyring.dictated(secrets)
        label = f"{salt}signer".encode()
        self._keys = [hashlib.sha256(label + prefix + secret).digest() for secret in ring]

    def sign(self, value: str, *, now: int) -> str:
        """Return `<value>:<time>:<signature>`.

        Args:
            value: Text that UTF-8 can carry.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            Malformed: `value` has half a surrogate pair.

        Source: Django 5.2 (`TimestampSigner.sign`).
        """
        signed = f"{value}{_SEPARATOR}{_time(now // 1000)}"
        return f"{signed}{_SEPARATOR}{_signature(utf8(signed), self._keys[0])}"

    def unsign(self, text: str, *, now: int, max_age: int | None = None) -> Timed:
        """Return what `sign` was given.

        Args:
            text: Any text is safe to pass; the caller has looked at its length.
            now: Unix milliseconds.
            max_age: Seconds, inclusive, that may have passed; None for any number.

        Raises:
            BadSignature: There is no signature, or no secret made it.
            Malformed: No time in it, or half a surrogate pair.
            Expired: More than `max_age` seconds old.

        Source: Django 5.2 (`TimestampSigner.unsign`).
        """
        signed, newest = self._verified(text)
        value, separator, written = signed.rpartition(_SEPARATOR)
        if not separator or not _TIME.fullmatch(written):
            raise Malformed("expected a time before the signature")
        at = _seconds(written) * 1000
        if max_age is not None and now - at > max_age * 1000:
            raise Expired(f"signed {(now - at) // 1000} s ago, at most {max_age} s are allowed")
        return Timed(value, at, newest)

    def _verified(self, text: str) -> tuple[str, bool]:
        signed, separator, signature = text.rpartition(_SEPARATOR)
        message, given = utf8(signed), utf8(signature)
        for key in self._keys if separator else ():
            if hmac.compare_digest(_signature(message, key).encode(), given):
                return signed, key is self._keys[0]
        raise BadSignature("no secret made this signature")


def _signature(message: bytes, key: bytes) -> str:
    return base64url.encode(hmac.digest(key, message, "sha256"))


def _time(seconds: int) -> str:
    digits = ""
    while seconds or not digits:
        seconds, digit = divmod(seconds, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _seconds(written: str) -> int:
    seconds = 0
    for digit in written:
        seconds = seconds * len(_DIGITS) + _DIGITS.index(digit)
    return seconds
