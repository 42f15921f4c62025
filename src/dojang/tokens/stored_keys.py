"""Keys of access tokens in a store, sealed: one signs, the next is published, old ones verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dojang.errors import Misuse, Rejected, Unavailable
from dojang.stores.documents import Document, Documents
from dojang.wire import json, sealed_box
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
from dojang.wire.jose.new_key import new_pem
from dojang.wire.keyring import Keyring

__all__ = ["MAX_AGE", "StoredKey", "StoredKeys"]

#: Seconds for which others may keep the published set.
MAX_AGE = 300

#: Milliseconds for which this process goes by the set it has read.
_FRESH = 30_000

#: Milliseconds that a key is published before it signs: every copy of the set has been renewed.
_AHEAD = MAX_AGE * 1000 + 2 * _FRESH

_NAME = "signing-keys"
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """One key and its part in the rotation.

    Attributes:
        pem: The private key.
        algorithm: What it signs with.
        part: Whether it is yet to sign, signs, or has signed.
        since: When its part began, in unix milliseconds.
        until: When a past key goes, because no token of it can be good any more; else None.
    """

    pem: str
    algorithm: str
    part: Literal["coming", "signing", "past"]
    since: int
    until: int | None = None

    @property
    def key(self) -> Key:
        """The key itself, named by its thumbprint."""
        return Key.from_pem(self.pem, algorithms=(self.algorithm,))


Stored = tuple[StoredKey, ...]


class StoredKeys:
    """A set of keys that all processes share and whoever has the secret can rotate.

    Where nothing is stored, the first use makes two keys: one signs at once, and one comes next.
    """

    def __init__(self, documents: Documents, *, secret: Keyring, algorithm: str, life: int) -> None:
        """Keep the keys in `documents`.

        Args:
            documents: A store.
            secret: Seals them; a key for this purpose alone is derived.
            algorithm: What new keys sign with: ES256, EdDSA or RS256.
            life: Seconds of the longest token that is signed.
        """
        self._documents = documents
        self._keys = secret.derive("signing-keys")
        self._algorithm = algorithm
        self._life = life * 1000
        self._cached: tuple[KeySet, int] | None = None

    async def current(self, *, now: int) -> KeySet:
        """Return the keys as of some seconds ago.

        Raises:
            Unavailable: The store did not answer, or what it keeps cannot be opened.
            MissingExtra: joserfc is not installed.
        """
        if self._cached is not None and 0 <= now - self._cached[1] < _FRESH:
            return self._cached[0]
        keys = _as_set(await self.all(now=now))
        self._cached = keys, now
        return keys

    async def all(self, *, now: int) -> Stored:
        """Return the keys with their parts: coming, signing, past.

        Raises:
            Unavailable: As `current`.
        """
        stored = await self._change(lambda there: there or self._first(now), now)
        return tuple(one for one in stored if one.until is None or now < one.until)

    async def publish(self, *, now: int) -> StoredKey:
        """Add a key that comes after those that are to come already.

        Raises:
            Unavailable: As `current`.
        """
        new = self._new("coming", now)
        await self._change(lambda there: (*(there or self._first(now)), new), now)
        return new

    async def rotate(self, *, now: int, at_once: bool = False) -> Stored:
        """Let the next key sign, and publish one more; return all.

        Args:
            now: Unix milliseconds.
            at_once: Whether also a key signs that not everybody can have seen: when the old one
                is in wrong hands.

        Raises:
            Misuse: The next key was published too short a time ago.
            Unavailable: As `current`.
        """
        return await self._change(lambda there: self._rotated(there, now, at_once), now)

    async def retire(self, kid: str, *, now: int) -> None:
        """Drop a key that does not sign; its tokens are refused as soon as every copy is renewed.

        Raises:
            Misuse: It signs, or there is none of this name.
            Unavailable: As `current`.
        """
        await self._change(lambda there: _without(there, kid), now)

    def _first(self, now: int) -> Stored:
        return self._new("signing", now), self._new("coming", now)

    def _new(self, part: Literal["coming", "signing"], now: int) -> StoredKey:
        algorithm = self._algorithm
        return StoredKey(pem=new_pem(algorithm), algorithm=algorithm, part=part, since=now)

    def _rotated(self, there: Stored, now: int, at_once: bool) -> Stored:
        coming = [one for one in there if one.part == "coming"] or [self._new("coming", now)]
        age = now - coming[0].since
        if age < _AHEAD and not at_once:
            raise Misuse(
                f"the next key was published {max(0, age) // 1000} s ago, and not everybody has "
                f"seen it before {_AHEAD // 1000} s; wait, or write --at-once if the one that "
                "signs is in wrong hands"
            )
        until = now + self._life + _AHEAD
        past = [
            one if one.part == "past" else replace(one, part="past", since=now, until=until)
            for one in there
            if one.part != "coming" and (one.until is None or now < one.until)
        ]
        signing = replace(coming[0], part="signing", since=now)
        return (signing, *coming[1:], self._new("coming", now), *past)

    async def _change(self, change: Callable[[Stored], Stored], now: int) -> Stored:
        for _ in range(_TRIES):
            before = await self._documents.document(_NAME, now=now)
            stored = () if before is None else self._read(before.text)
            after = change(stored)
            if after == stored:
                return after
            self._cached = None
            document = Document(name=_NAME, text=self._write(after))
            if await self._documents.put(before, document, now=now):
                return after
        raise Unavailable("the signing keys keep changing")

    def _write(self, stored: Stored) -> str:
        listed = [[one.pem, one.algorithm, one.part, one.since, one.until] for one in stored]
        return sealed_box.seal(json.dumps(listed).encode(), name=_NAME, keys=self._keys)

    def _read(self, text: str) -> Stored:
        try:
            opened = sealed_box.open_box(text, name=_NAME, keys=self._keys)
            listed: Any = json.loads(opened.decode())
        except Rejected as error:
            raise Unavailable(
                "the signing keys were sealed with a secret that is not here: configure it behind "
                "the new one"
            ) from error
        return tuple(
            StoredKey(pem=pem, algorithm=algorithm, part=part, since=since, until=until)
            for pem, algorithm, part, since, until in listed
        )


def _as_set(stored: Sequence[StoredKey]) -> KeySet:
    def of(part: str) -> tuple[Key, ...]:
        return tuple(one.key for one in stored if one.part == part)

    return KeySet(of("signing")[0], coming=of("coming"), past=of("past"))


def _without(stored: Stored, kid: str) -> Stored:
    named = [one for one in stored if one.key.kid == kid]
    if not named:
        raise Misuse("there is no key of this name; `dojang keys list` shows them")
    if named[0].part == "signing":
        raise Misuse("this key signs: rotate first")
    return tuple(one for one in stored if one is not named[0])
