"""What the tests of the accounts share."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dojang.auth import Accounts, PasswordHasher
from dojang.auth.passwords import CHEAPEST, Verified

T = TypeVar("T")

NOW = 1_790_000_000_123  # unix milliseconds
PASSWORD = "correct horse battery"


class CountingHasher(PasswordHasher):
    """A real hasher of the cheapest kind that notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(CHEAPEST)
        self.hashed = 0
        self.verified: list[str | None] = []
        self.beside: list[Sequence[str]] = []

    async def hash(self, password: str) -> str:
        self.hashed += 1
        return await super().hash(password)

    async def verify(
        self, encoded: str | None, password: str, *, beside: Sequence[str] = ()
    ) -> Verified:
        self.verified.append(encoded)
        self.beside.append(beside)
        return await super().verify(encoded, password, beside=beside)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result under an event loop."""
    return asyncio.run(coroutine)


def accounts_in(directory: Path, hasher: PasswordHasher | None = None, **options: Any) -> Accounts:
    """Return accounts in a file of `directory`, with cheap hashes and a clock at `NOW`."""
    return Accounts.on_sqlite(
        directory / "accounts.db",
        clock=lambda: NOW,
        hasher=hasher or PasswordHasher(CHEAPEST),
        **options,
    )
