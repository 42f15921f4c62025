"""What a store promises that lends out names: one owner at a time, and never for good."""

from typing import Protocol, runtime_checkable

__all__ = ["Leases"]


@runtime_checkable
class Leases(Protocol):
    """A store in which one of many callers may hold a name until an instant.

    Whoever dies holding one keeps it no longer than they had asked for.
    """

    async def acquire(self, name: str, owner: str, *, until: int, now: int) -> bool:
        """Lend `name` to `owner`, and say whether it is theirs now.

        Args:
            name: What is lent.
            owner: Random for each attempt. One who holds it already holds it until then from now
                on.
            until: When it is free again, in unix milliseconds.
            now: Unix milliseconds.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def release(self, name: str, owner: str) -> bool:
        """Give `name` back; say whether `owner` still held it.

        Raises:
            Unavailable: The store did not answer.
        """
        ...
