"""Argon2 hashes as text: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<digest>`, base64 unpadded.

Everything here blocks for as long as the hash costs; `dojang.auth.passwords` moves it off
the event loop.
"""

import base64
import hmac
import re
from dataclasses import dataclass, replace

from argon2 import Type
from argon2.exceptions import HashingError
from argon2.low_level import hash_secret_raw
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from dojang.auth.forms import Forms
from dojang.errors import Unavailable

__all__ = ["CHEAPEST", "OWASP", "Argon2", "Cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Argon2 hash costs.

    Attributes:
        memory: KiB, at least 8 for each lane, and at most 2 GiB.
        passes: Over that memory, 1 or more; at most 4 GiB in all of them.
        lanes: Computed side by side, 1 to 255; at most 16,384 in all passes.
    """

    memory: int
    passes: int
    lanes: int

    @property
    def computable(self) -> bool:
        """Whether Argon2 can compute it, within about four seconds."""
        least = self.passes >= 1 and self.lanes >= 1 and self.memory >= 8 * self.lanes
        return (
            least
            and self.lanes <= _LANES_MAX
            and self.memory <= _MEMORY_MAX
            and self.memory * self.passes <= _FILLED_MAX
            and self.lanes * self.passes <= _STARTED_MAX
        )


_LANES_MAX = 255  # each lane is a thread
_STARTED_MAX = 16_384  # and begins anew with each pass
_MEMORY_MAX = 2 * 1024 * 1024  # RFC 9106 section 4: the first of the recommended options
_FILLED_MAX = 2 * _MEMORY_MAX


# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane, as a minimum.
OWASP = Cost(memory=19456, passes=2, lanes=1)

# The least that Argon2 computes. Only for tests: such a hash protects nothing.
CHEAPEST = Cost(memory=8, passes=1, lanes=1)

_VERSION = 19  # RFC 9106 section 3.1: 0x13
_FIRST_VERSION = 16  # 0x10; a text that names none means this
_SALT_BYTES = 16  # RFC 9106 section 3.1; at least 8 to be computable
_DIGEST_BYTES = 32  # at least 4 to be computable
_TYPES = {"id": Type.ID, "i": Type.I, "d": Type.D}

_TEXT = re.compile(
    r"\$argon2(?P<type>id|i|d)\$(?:v=(?P<version>16|19)\$)?(?P<cost>[mtp0-9=,]{11,40})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,128})\$(?P<digest>[A-Za-z0-9+/]{6,256})"
)
_COSTS = re.compile(r"([mtp])=([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Argon2:
    """One Argon2 hash, taken apart."""

    type: Type
    version: int
    cost: Cost
    salt: bytes
    digest: bytes

    @classmethod
    def make(cls, password: bytes, *, cost: Cost, salt: bytes, pepper: bytes = b"") -> "Argon2":
        """Return the Argon2id hash of `password`.

        Args:
            password: Any bytes.
            cost: What it should cost.
            salt: 16 random bytes, for this hash alone.
            pepper: A secret that is not in the text; empty for none.

        Raises:
            Unavailable: There is no memory for it.

        Source: RFC 9106.
        """
        blank = cls.blank(cost=cost, salt=salt)
        return replace(blank, digest=blank.derive(password, pepper))

    @classmethod
    def blank(cls, *, cost: Cost, salt: bytes) -> "Argon2":
        """Return a hash that no password has, and that costs the same to check."""
        return cls(Type.ID, _VERSION, cost, salt, bytes(_DIGEST_BYTES))

    @classmethod
    def parse(cls, text: str) -> "Argon2 | None":
        """Return the hash in `text`; None for what is none, or would take too long.

        The costs may stand in any order: the npm package argon2 writes m, p, t.

        Source: PHC string format.
        """
        match = _TEXT.fullmatch(text)
        cost = _parse_cost(match["cost"]) if match else None
        if not match or not cost:
            return None
        version = int(match["version"] or _FIRST_VERSION)
        salt, digest = _decode(match["salt"]), _decode(match["digest"])
        return cls(_TYPES[match["type"]], version, cost, salt, digest) if salt and digest else None

    @property
    def work(self) -> tuple[object, ...]:
        """What a check takes: equal for hashes that cost the same."""
        return (self.type, self.version, self.cost)

    def is_weaker_than(self, cost: Cost) -> bool:
        """Whether `Argon2.make` with `cost` would make a better one."""
        return (
            (self.type, self.version) != (Type.ID, _VERSION)
            or self.cost.memory < cost.memory
            or self.cost.passes < cost.passes
            or len(self.salt) < _SALT_BYTES
            or len(self.digest) < _DIGEST_BYTES
        )

    def matches(self, forms: Forms, *, pepper: bytes = b"") -> bool:
        """Whether this is the hash of one of `forms`; a second costs only where it differs.

        Raises:
            Unavailable: There is no memory to find out.
        """
        return any(
            hmac.compare_digest(self.derive(form, pepper), self.digest)
            for form in dict.fromkeys((forms.normal, forms.typed))
        )

    def derive(self, password: bytes, pepper: bytes) -> bytes:
        """Return the digest that `password` has with this salt at this cost.

        Raises:
            Unavailable: There is no memory for it.
        """
        try:
            return self._peppered(password, pepper) if pepper else self._plain(password)
        except (HashingError, MemoryError) as error:
            raise Unavailable(f"a password could not be hashed: {error}") from error

    def __str__(self) -> str:
        cost = f"m={self.cost.memory},t={self.cost.passes},p={self.cost.lanes}"
        kind = f"argon2{self.type.name.lower()}"
        return f"${kind}$v={self.version}${cost}${_encode(self.salt)}${_encode(self.digest)}"

    def _plain(self, password: bytes) -> bytes:
        return hash_secret_raw(
            password,
            self.salt,
            time_cost=self.cost.passes,
            memory_cost=self.cost.memory,
            parallelism=self.cost.lanes,
            hash_len=len(self.digest),
            type=self.type,
            version=self.version,
        )

    def _peppered(self, password: bytes, pepper: bytes) -> bytes:
        # argon2-cffi offers no pepper, and cryptography only the newest version and type.
        if (self.type, self.version) != (Type.ID, _VERSION):
            return b""
        return Argon2id(
            salt=self.salt,
            length=len(self.digest),
            iterations=self.cost.passes,
            lanes=self.cost.lanes,
            memory_cost=self.cost.memory,
            secret=pepper,
        ).derive(password)


def _parse_cost(text: str) -> Cost | None:
    named = dict(_COSTS.findall(text))
    if (
        len(named) != len("mtp")
        or text.count("=") != len("mtp")
        or text.count(",") != len("mtp") - 1
    ):
        return None
    cost = Cost(memory=int(named["m"]), passes=int(named["t"]), lanes=int(named["p"]))
    return cost if cost.computable else None


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return b""


def _encode(octets: bytes) -> str:
    return base64.b64encode(octets).decode().rstrip("=")
