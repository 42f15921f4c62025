"""What a store promises that keeps revocations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from dojang.session.fence import Revocation
from dojang.stores.contract import Store

__all__ = ["Pulled", "RevocationLog"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is new in a log, and what a reader checks its own copy against.

    Attributes:
        generation: Random; another one means that the log was lost and begun anew. Empty for one
            that has not begun.
        begun: When this generation began, in unix milliseconds.
        live: How many revocations are alive in the whole log.
        entries: Those alive behind the number that was asked for, in the order of their commits,
            with their numbers, which rise.
    """

    generation: str
    begun: int
    live: int
    entries: Sequence[Revocation]


@runtime_checkable
class RevocationLog(Store, Protocol):
    """A store that also keeps an ordered log of revocations until they expire."""

    async def begin(self, *, now: int) -> None:
        """Begin the log, if it has not begun: nothing from before `now` is known to be good.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def revoke(self, revocation: Revocation, *, now: int) -> None:
        """Append a revocation; once this returns, every later pull has it.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def revocations(self, *, after: int, now: int) -> Pulled:
        """Return what was appended behind the number `after`; 0 for everything alive.

        A log that has not begun is one that begins now.

        Raises:
            Unavailable: The store did not answer.
        """
        ...
