"""A cookie and the cookie `<name>.sig` that signs it, as one text: `<value>.<signature>`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dojang.errors import BadSignature, InvalidCookie, Oversized
from dojang.wire.chunking import Chunking
from dojang.wire.keygrip import signature
from dojang.wire.keygrip.signature import Algorithm, Encoding
from dojang.wire.keyring import Keyring

__all__ = ["MAX_LENGTH", "Pair", "SignedPair"]

#: Characters of value and signature that are looked at, inclusive: two cookies.
MAX_LENGTH = 8_192

_SUFFIX, _SEPARATOR = ".sig", "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Chunking):
    """How a text is cut into the two cookies, and joined again: the `chunks` of such a `Cookie`."""

    def names(self, name: str) -> list[str]:
        """Return what the cookie beside `name` is called."""
        return [name + _SUFFIX]

    def join(self, name: str, whole: Sequence[str], pieces: Mapping[str, str]) -> list[str]:
        """Return the texts that a request may mean by `name`; see `Chunking.join`."""
        signature = pieces.get(name + _SUFFIX)
        if not signature:
            return [*whole]  # without a signature, for the format to say so
        return [f"{value}{_SEPARATOR}{signature}" for value in whole]

    def cut(self, name: str, text: str, room: int) -> dict[str, str]:
        """Return the values of both cookies; each has its own limit."""
        del room
        value, _, signature = text.rpartition(_SEPARATOR)
        return {name: value, name + _SUFFIX: signature}


class SignedPair:
    """Signs the value of one cookie, and reads it."""

    def __init__(
        self,
        keys: Keyring | str | bytes | Sequence[str | bytes],
        *,
        name: str,
        algorithm: Algorithm = "sha1",
        encoding: Encoding = "base64",
    ) -> None:
        """Take the keys as the peer has them.

        Args:
            keys: One or several, newest first.
            name: Of the cookie; it is signed too.
            algorithm: What its Keygrip was made with.
            encoding: Likewise.

        Raises:
            WeakSecret: There is no key, or one is empty.
        """
        self.name = name
        self._keys = [*(keys if isinstance(keys, Keyring) else Keyring.dictated(keys))]
        self._algorithm: Algorithm = algorithm
        self._encoding: Encoding = encoding

    def sign(self, value: str) -> str:
        """Return `<value>.<signature>`, the text that a `Pair` cuts into two cookies.

        Args:
            value: What the cookie holds as it is; nothing is percent-encoded.

        Raises:
            InvalidCookie: It begins with a quote, which the peer takes off again unsigned.

        Source: cookies 0.9.2 (`Cookies.prototype.set`).
        """
        if value.startswith('"'):
            raise InvalidCookie("a value that begins with a quote is read without it over there")
        made = signature.sign(
            f"{self.name}={value}",
            key=self._keys[0],
            algorithm=self._algorithm,
            encoding=self._encoding,
        )
        return f"{value}{_SEPARATOR}{made}"

    def unsign(self, text: str) -> tuple[str, bool]:
        """Return the value that `sign` was given, and whether the newest key signed it.

        Args:
            text: Any text is safe to pass.

        Raises:
            Oversized: Longer than `MAX_LENGTH`.
            BadSignature: There is no signature, or no key made it for a cookie of this name.

        Source: cookies 0.9.2 (`Cookies.prototype.get`).
        """
        if len(text) > MAX_LENGTH:
            raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
        value, separator, given = text.rpartition(_SEPARATOR)
        if not separator or value.startswith('"'):
            raise BadSignature(f"no cookie {self.name}{_SUFFIX} signs the value")
        data = f"{self.name}={value}"
        index = signature.verify(
            data, given, keys=self._keys, algorithm=self._algorithm, encoding=self._encoding
        )
        return value, index == 0
