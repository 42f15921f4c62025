"""The keys of one party, through their changes: one signs, more verify."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from dojang.errors import Malformed, MissingExtra, Misuse, Oversized
from dojang.wire import json
from dojang.wire.jose.jwk import Key

__all__ = ["MAX_LENGTH", "KeySet"]

#: Characters of a published set that are looked at, inclusive; ten RSA keys take about 5,000.
MAX_LENGTH = 131_072

#: Keys of a published set that are read, inclusive; the rest is left out.
MAX_KEYS = 100


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys with their parts in a rotation.

    A new key is published before it signs, so that no reader meets it first in a token; an old one
    verifies until the last token it signed has expired.

    Attributes:
        signing: The one that signs, or None for a set of somebody else.
        coming: Published and ready to verify, not signing yet; the first is next.
        past: No longer signing, still verifying.

    Raises:
        Misuse: Two keys have one name, shared secrets stand beside keys with a public half, or
            one that is to sign is only a public half.
    """

    signing: Key | None
    coming: tuple[Key, ...] = ()
    past: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        names = [key.kid for key in self if key.kid is not None]
        if len(names) != len(set(names)):
            raise Misuse("two keys of one set have the same kid; name them apart")
        if len({key.kty == "oct" for key in self}) > 1:
            raise Misuse("shared secrets and keys with a public half are not for one set")
        for key in self._signers():
            if not (key.private and key.signs):
                raise Misuse("a key that is to sign has a private half and is for signatures")

    @classmethod
    def of(cls, keys: "KeySet | Key | Sequence[Key]") -> "KeySet":
        """Return `keys` as a set; of several the first signs and all verify.

        Raises:
            Misuse: There is none, or as the constructor.
        """
        if isinstance(keys, KeySet):
            return keys
        several = (keys,) if isinstance(keys, Key) else tuple(keys)
        if not several:
            raise Misuse("a set of keys needs a key")
        return cls(several[0], past=several[1:])

    @classmethod
    def parse(cls, text: str | bytes) -> "KeySet":
        """Return the keys that somebody else publishes.

        Args:
            text: Any text is safe to pass. What cannot be read as a public key is left out, as
                RFC 7517 section 5 asks: unknown kinds, weak keys, secrets, private halves, and
                all keys that share a name.

        Raises:
            Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
            Malformed: Not a JSON object with a list of `keys`.
            MissingExtra: joserfc is not installed.
        """
        if len(text) > MAX_LENGTH:
            raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
        listed = json.loads_object(text).get("keys")
        if not isinstance(listed, list):
            raise Malformed("expected a set of keys: an object with a list of keys")
        found = _readable(cast("list[object]", listed)[:MAX_KEYS])
        names = [key.kid for key in found]
        return cls(None, past=tuple(key for key in found if names.count(key.kid) == 1))

    def __iter__(self) -> Iterator[Key]:
        return iter(((self.signing,) if self.signing else ()) + self.coming + self.past)

    def find(self, header: Mapping[str, Any]) -> Sequence[Key]:
        """Return the keys to try for a token: those of its `kid`, or all where it names none.

        The name is compared, whole, and used for nothing else. Keys without a name, as a peer's
        shared secret is, are tried for every name that no other key has.
        """
        if "kid" not in header:
            return tuple(self)
        named = tuple(key for key in self if key.kid is not None and key.kid == header["kid"])
        return named or tuple(key for key in self if key.kid is None)

    def find_or_all(self, header: Mapping[str, Any]) -> Sequence[Key]:
        """Return the same, but all keys for a name that none of them has."""
        return self.find(header) or tuple(self)

    def published(self) -> dict[str, list[dict[str, str]]]:
        """Return the set for everybody: public members only, and no shared secret."""
        return {"keys": [key.public_jwk for key in self if key.kty != "oct"]}

    def rotated(self, new: Key) -> "KeySet":
        """Return the set after a step: the coming key signs, the signing one is past.

        Args:
            new: The key to come next; it is published from now on and signs after the next step.

        Raises:
            Misuse: As the constructor.
        """
        first, *rest = (*self.coming, new)
        past = (self.signing, *self.past) if self.signing else self.past
        return KeySet(first, coming=tuple(rest), past=past)

    def retired(self, kid: str) -> "KeySet":
        """Return the set without a past key, whose tokens are refused from now on.

        Raises:
            Misuse: No past key has this name.
        """
        left = tuple(key for key in self.past if key.kid != kid)
        if len(left) == len(self.past):
            raise Misuse("only a past key retires, and none of them has this kid")
        return replace(self, past=left)

    def _signers(self) -> tuple[Key, ...]:
        return self.coming if self.signing is None else (self.signing, *self.coming)


def _readable(listed: Iterable[object]) -> list[Key]:
    found: list[Key] = []
    for entry in listed:
        if not isinstance(entry, dict):
            continue
        jwk = cast("dict[str, Any]", entry)
        if jwk.get("kty") == "oct":
            continue
        try:
            key = Key.from_jwk(jwk)
        except MissingExtra:
            raise
        except (Malformed, Misuse):
            continue
        if not key.private:
            found.append(key)
    return found
