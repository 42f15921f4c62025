"""The seals of iron-session: Fe26.2 over a JSON object, with `~2` behind."""

from collections.abc import Collection, Mapping
from typing import Any, cast

from dojang.errors import Malformed, Misuse, Oversized
from dojang.wire.format import Opened, Own
from dojang.wire.iron import fe26, payload, suffix
from dojang.wire.iron.passwords import Password, PasswordBook, Passwords

__all__ = ["METHODS", "IronSeal"]

#: Characters, inclusive: four cookies, which is what iron-session 9 joins at most.
MAX_LENGTH = 4 * 4096

#: Members that a session of iron-session has for itself: 9 throws on `save()` over data with one of
#: them, and 6 and 8 lose it.
METHODS = ("destroy", "save", "updateConfig")

#: Seals that share a pair of salts before new ones are drawn.
_SEALS_PER_SALT = 1024

#: Pairs of salts whose keys a reader remembers; each entry is about 400 bytes.
_KEPT_KEYS = 1024


class IronSeal:
    """Writes what iron-session 9 writes and reads the seals of 6, 8 and 9.

    Salts are drawn once per 1,024 seals and the keys of salts that verified are kept, because the
    two PBKDF2 derivations are most of the cost of a seal; the bytes on the wire are as ever and
    the IV is fresh every time.
    """

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        password: Passwords,
        *,
        legacy: bool = False,
        reserved: Collection[str] = (),
    ) -> None:
        """Take the passwords.

        Args:
            password: One; a list, newest first; or `{1: ..., 2: ...}` as iron-session takes it.
                At least 32 UTF-16 units each.
            legacy: Whether a seal without `~2` is read as next-iron-session wrote it, with the
                data under `persistent`. Off by default, because the suffix is not authenticated:
                whoever holds a seal may take it off.
            reserved: Members that are not written; see `METHODS`.

        Raises:
            WeakSecret: There is no password, one is too short, or a key is not of 32 bytes.
        """
        self._passwords = PasswordBook.of_iron_session(password)
        for each in self._passwords:
            fe26.check(each)
        self._legacy = legacy
        self._reserved = frozenset(reserved)
        self._kept: dict[tuple[int, str, str], fe26.Keys] = {}
        self._writing: fe26.Keys | None = None
        self._left = 0

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as a seal.

        Args:
            claims: A JSON object without a `__proto__` member anywhere.
            expires: Unix milliseconds, or None for never.
            now: Not used: a seal does not say when it was made.

        Raises:
            NotJson: Something in `claims` is not JSON.
            Misuse: `claims` have a reserved member.

        Source: iron-session 9.0.1 (`sealData`).
        """
        del now
        if taken := sorted(self._reserved & claims.keys()):
            raise Misuse(f"the member {taken[0]} is a method over there; choose another name")
        plaintext = payload.encode(claims)
        sealed = fe26.seal(
            plaintext, self._passwords.writer, expires=expires, keys=self._writing_keys()
        )
        return sealed + suffix.CURRENT

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a seal, once time and MAC hold.

        Args:
            text: Any text is safe to pass. Everything from the first `~` on is ignored.
            now: Unix milliseconds.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            Malformed: Not a seal, or not over a JSON object.
            Expired: Its time is over.
            UnknownKey: It names a password that is not in use.
            BadSignature: No password made it.

        Source: iron-session 9.0.1 (`unsealData`).
        """
        if len(text) > self.limit:
            raise Oversized(f"{len(text)} characters, at most {self.limit} are looked at")
        sealed, current = suffix.split(text)
        opened = fe26.unseal(sealed, self._passwords, now=now, key_maker=self._reading_keys)
        self._keep(opened.password, opened.keys)
        claims = payload.decode(opened.plaintext)
        if not isinstance(claims, dict):
            raise Malformed("expected a JSON object")
        if self._legacy and not current:
            claims = suffix.unwrap(claims)
        newest = opened.password is self._passwords.writer
        members = cast("dict[str, Any]", claims)
        # What stands behind the seal, anybody may have written there.
        return Opened(members, opened.expires, newest, proven=sealed)

    def _writing_keys(self) -> fe26.Keys:
        if self._writing is None or self._left <= 0:
            self._writing = fe26.new_keys(self._passwords.writer)
            self._left = _SEALS_PER_SALT
        self._left -= 1
        return self._writing

    def _reading_keys(
        self, password: Password, encryption_salt: str, integrity_salt: str
    ) -> fe26.Keys:
        kept = self._kept.get((id(password), encryption_salt, integrity_salt))
        return kept or fe26.new_keys(password, salts=(encryption_salt, integrity_salt))

    def _keep(self, password: Password, keys: fe26.Keys) -> None:
        if len(self._kept) >= _KEPT_KEYS:
            self._kept.clear()
        self._kept[id(password), keys.encryption_salt, keys.integrity_salt] = keys
