"""What may be the password of an Fe26.2 seal, and how a seal finds the one it was made with."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import UnknownKey, WeakSecret
from dojang.wire.js.text import units, utf8

__all__ = ["MIN_PASSWORD", "Password", "PasswordBook", "Passwords", "Secret", "derive", "is_one"]

#: UTF-16 units of text, or bytes of a key of the MAC, inclusive; as @hapi/iron has it.
MIN_PASSWORD = 32

#: Bytes of a key for encryption: AES-256, or AES-128.
_KEY_SIZES = (32, 16)

Secret = str | bytes


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """One password, with the id under which a seal names it.

    Args:
        encryption: Text goes through PBKDF2; bytes are the key itself, 32 for aes-256-cbc and 16
            for aes-128-ctr.
        integrity: The same for the HMAC, whose key may be longer than `MIN_PASSWORD`.
        id: Written into the seal; letters, digits and `_`, or empty for none.

    Raises:
        WeakSecret: A secret is shorter than `MIN_PASSWORD`, a key for encryption has a size that no
            algorithm takes, or the id has another character.
    """

    encryption: Secret
    integrity: Secret
    id: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.encryption, str):
            _check_length(self.encryption)
        elif len(self.encryption) not in _KEY_SIZES:
            raise WeakSecret(
                f"a key of {len(self.encryption)} bytes fits no algorithm: write 32 bytes for "
                "aes-256-cbc, 16 for aes-128-ctr, or text of any length"
            )
        _check_length(self.integrity)
        if self.id and not (self.id.isascii() and self.id.replace("_", "a").isalnum()):
            raise WeakSecret("the id of an iron password is made of letters, digits and _")

    @classmethod
    def of(cls, value: "Password | Secret | Mapping[str, Secret]", *, id: str = "") -> "Password":
        """Return `value` as a password, in every form @hapi/iron takes.

        Args:
            value: Text, bytes, `{id?, secret}` or `{id?, encryption, integrity}`.
            id: Used when `value` has none of its own.

        Raises:
            WeakSecret: A secret is missing or too short.
        """
        if isinstance(value, Password):
            return value
        if isinstance(value, str | bytes):
            return cls(value, value, id)
        named = str(value.get("id", id))
        if "encryption" in value and "integrity" in value:
            return cls(value["encryption"], value["integrity"], named)
        if "secret" in value:
            return cls(value["secret"], value["secret"], named)
        raise WeakSecret("an iron password has a secret, or encryption and integrity")


#: One password in any of its forms, several newest first, or a map of ids.
Passwords = Password | Secret | Sequence[Secret] | Mapping[Any, Any]


class PasswordBook:
    """The passwords a reader has: under ids, or newest first with every one tried."""

    __slots__ = ("_any", "_by_id", "writer")

    def __init__(self, passwords: Passwords) -> None:
        """Take passwords as they are configured.

        Args:
            passwords: One password (text, bytes, `{id?, secret}`, `{id?, encryption, integrity}`),
                which writes under the id `1` as iron-session does unless it has its own; a list,
                newest first, of which every one is tried whatever the id; or a map of ids, of
                which the highest number writes and only the named one is tried.

        Raises:
            WeakSecret: There is none, or one is too short.
        """
        if isinstance(passwords, Mapping) and is_one(passwords):
            passwords = Password.of(passwords, id="1")
        if isinstance(passwords, Mapping):
            self._by_id = {
                str(id): Password.of(value, id=str(id)) for id, value in passwords.items()
            }
            self._any: tuple[Password, ...] = ()
            numbers = sorted((int(id), id) for id in self._by_id if id.isdecimal())
            newest = numbers[-1][1] if numbers else next(reversed(self._by_id), None)
            writer = self._by_id.get(newest) if newest is not None else None
        else:
            several = [passwords] if isinstance(passwords, str | bytes | Password) else passwords
            self._by_id = {}
            self._any = tuple(Password.of(value, id="1") for value in several)
            writer = self._any[0] if self._any else None
        if writer is None:
            raise WeakSecret("a seal needs a password; `dojang keys new` prints one")
        self.writer = writer

    @classmethod
    def of_iron_session(cls, passwords: Passwords) -> "PasswordBook":
        """Return the book of what iron-session is given, where a single text means `{1: text}`.

        Raises:
            WeakSecret: There is none, or one is too short.
        """
        return cls({"1": passwords} if isinstance(passwords, str) else passwords)

    def __iter__(self) -> Iterator[Password]:
        return iter(self._any or self._by_id.values())

    def named(self, id: str) -> Sequence[Password]:
        """Return the passwords to try for a seal that names `id`.

        Raises:
            UnknownKey: There is none of that id.
        """
        if self._any:
            return self._any
        password = self._by_id.get(id or "default")
        if password is None:
            raise UnknownKey("the seal names a password that is not in use")
        return (password,)


def _check_length(secret: Secret) -> None:
    size = units(secret) if isinstance(secret, str) else len(secret)
    if size < MIN_PASSWORD:
        raise WeakSecret(
            f"an iron password of {size} characters is too short, at least {MIN_PASSWORD} "
            "are needed; `dojang keys new` prints a good one"
        )


def is_one(passwords: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is one password, and not several under their ids."""
    secrets = passwords.keys() - {"id"}
    return secrets in ({"secret"}, {"encryption", "integrity"})


def derive(secret: Secret, salt: str, *, iterations: int, length: int) -> bytes:
    """Return the key of a secret: PBKDF2-HMAC-SHA1 of text over the salt's text, bytes as given.

    Args:
        secret: Text of any length, or the key itself.
        salt: The 64 hexadecimal digits as they stand in the seal; as text, not as the bytes they
            spell.
        iterations: 1 in every seal of iron-session.
        length: Bytes of a key derived from text.

    Source: @hapi/iron 7.0.1 (`generateKey`).
    """
    if isinstance(secret, bytes):
        return secret
    return hashlib.pbkdf2_hmac("sha1", utf8(secret), utf8(salt), iterations, length)
