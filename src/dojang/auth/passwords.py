"""Hashing passwords, and verifying them, beside the event loop."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dojang.auth.argon2_hashes import CHEAPEST, OWASP, Argon2, Cost
from dojang.auth.bcrypt_hashes import Bcrypt
from dojang.auth.errors import InvalidInput
from dojang.auth.forms import MAXIMUM_BYTES, Forms
from dojang.auth.pbkdf2_hashes import Pbkdf2
from dojang.auth.scrypt_hashes import Scrypt
from dojang.auth.threads import Queue
from dojang.errors import Misuse
from dojang.wire import entropy

__all__ = ["CHEAPEST", "OWASP", "Cost", "PasswordHasher", "Verified"]

_SALT_BYTES = 16  # RFC 9106 section 3.1

#: Every kind of hash that is read; all but Argon2 were made elsewhere.
_Hash = Argon2 | Bcrypt | Scrypt | Pbkdf2


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of `PasswordHasher.verify`.

    Attributes:
        ok: The password is the one that was hashed.
        rehash: It is, and the hash should be replaced by a stronger one now.
    """

    ok: bool
    rehash: bool


class PasswordHasher:
    """Argon2id, off the event loop, a bounded number at a time.

    Reads hashes made elsewhere: all variants of Argon2, bcrypt, the scrypt of better-auth and
    Lucia, and the PBKDF2 of Django and passlib. Whatever it is asked to verify, it does at least
    the work of one hash of its own `cost`, so that time does not tell which accounts exist.
    """

    def __init__(
        self,
        cost: Cost = OWASP,
        *,
        workers: int | None = None,
        waiting: int = 64,
        pepper: bytes = b"",
    ) -> None:
        """Keep the parameters; nothing is computed.

        Args:
            cost: Of the hashes made from now on; weaker ones are reported by `verify`.
            workers: Hashes computed at once in each event loop; one for each core by default.
            waiting: Callers that may wait for their turn; one more is told `TooBusy`.
            pepper: A secret mixed into Argon2 hashes; another one makes the existing useless.

        Raises:
            Misuse: A number is too small, or `cost` too large to be waited for.
        """
        if not cost.computable:
            raise Misuse(
                f"{cost} is not computed: at least 8 KiB for each lane, at most 2 GiB, and 4 GiB "
                "in all passes; write passwords.OWASP if in doubt"
            )
        workers = os.cpu_count() or 1 if workers is None else workers
        if workers < 1 or waiting < 0:
            raise Misuse(f"{workers=}, {waiting=}: write workers=1 and waiting=0, or more")
        self.cost = cost
        self._pepper = pepper
        self._queue = Queue(workers=workers, waiting=waiting)
        self._decoy = Argon2.blank(cost=cost, salt=entropy.random_bytes(_SALT_BYTES))

    async def hash(self, password: str) -> str:
        """Return the hash of the NFKC form of `password`, all of it.

        Raises:
            InvalidInput: More than 4,096 bytes, or half a surrogate pair; nothing was hashed.
            TooBusy: Too many callers wait already.
            Unavailable: There is no memory for it.
        """
        forms = Forms.of(password)
        if forms is None:
            raise InvalidInput("password", f"a password has at most {MAXIMUM_BYTES} bytes")
        return await self._queue.run(partial(self._make, forms))

    async def verify(
        self, encoded: str | None, password: str, *, beside: Sequence[str] = ()
    ) -> Verified:
        """Return whether `password` is the one of `encoded`; the same work either way.

        Args:
            encoded: `$argon2id$...` (or i, d), `$2a$...`, `$2b$...`, `$2y$...`, `<salt>:<hex>`,
                `s2:<salt>:<hex>`, `pbkdf2_sha256$...`, `pbkdf2_sha1$...`, `$pbkdf2-sha256$...`.
                None, for nobody's password, and any other text are never right and do the work.
            password: As typed. Over 4,096 bytes it is wrong, and nothing is hashed.
            beside: Hashes of other kinds that other accounts still have (their parameters count,
                not their passwords). The work of one of each is done too, whoever asks, so that
                time does not tell those accounts from the others.

        Raises:
            TooBusy: Too many callers wait already.
            Unavailable: There is no memory to find out.
        """
        forms = Forms.of(password)
        if forms is None:
            return Verified(ok=False, rehash=False)
        return await self._queue.run(partial(self._compare, encoded or "", forms, beside))

    @staticmethod
    def check_imported(encoded: str) -> None:
        """Pass for a hash made elsewhere that `verify` computes; to ask before it is stored.

        Args:
            encoded: As it stands at the other system.

        Raises:
            Misuse: It is malformed, of another kind, or would take too long.
        """
        if _parsed(encoded) is None:
            raise Misuse(
                f"a text of {len(encoded)} characters is no hash that is computed here: Argon2 in "
                "at most 2 GiB, and 4 GiB in all passes; bcrypt of a cost from 4 to 16; scrypt of "
                "better-auth or Lucia; PBKDF2 of Django or passlib with at most 9,999,999 "
                "iterations. Leave the hash out, and send its owner a link to set a password"
            )

    def _make(self, forms: Forms) -> str:
        salt = entropy.random_bytes(_SALT_BYTES)
        return str(Argon2.make(forms.normal, cost=self.cost, salt=salt, pepper=self._pepper))

    def _compare(self, encoded: str, forms: Forms, beside: Sequence[str]) -> Verified:
        found = _parsed(encoded)
        ok = found is not None and self._matches(found, forms)
        # Each work once: of ours, of what others have, and not again what was just done.
        others = {other.work: other for other in (self._decoy, *map(_parsed, beside)) if other}
        for work, decoy in others.items():
            if found is None or found.work != work:
                self._matches(decoy, forms)
        weak = not isinstance(found, Argon2) or found.is_weaker_than(self.cost)
        return Verified(ok=ok, rehash=ok and weak)

    def _matches(self, found: _Hash, forms: Forms) -> bool:
        if isinstance(found, Argon2):
            return found.matches(forms, pepper=self._pepper)
        return found.matches(forms)


def _parsed(encoded: str) -> _Hash | None:
    kinds = (Argon2.parse, Bcrypt.parse, Scrypt.parse, Pbkdf2.parse)
    return next((found for parse in kinds if (found := parse(encoded))), None)
