"""What a store promises that counts events for rate limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Counters", "Hit", "judge"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What became of one event.

    Attributes:
        allowed: Whether it was counted; one beyond the limit is not.
        count: Events counted in the window, this one included.
        retry_after: Milliseconds after which one would be counted; 0 when this one was.
    """

    allowed: bool
    count: int
    retry_after: int


@runtime_checkable
class Counters(Protocol):
    """A store that counts events in a window which slides along with time, one by one."""

    async def hit(self, key: str, *, limit: int, window: int, now: int) -> Hit:
        """Count one event under `key`, unless `limit` were counted in the window before `now`.

        Of events at the same time no more than `limit` are allowed, whoever asks.

        Args:
            key: What is limited, as `login:203.0.113.9`; at most 2,048 bytes of UTF-8.
            limit: Events in a window, inclusive; at least 1.
            window: Milliseconds; an event that is just as old no longer counts.
            now: Unix milliseconds.

        Raises:
            Misuse: The key is longer.
            Unavailable: The store did not answer.
        """
        ...

    async def take_back(self, key: str) -> bool:
        """Drop the newest event under `key`; say whether there was one.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def forget(self, key: str) -> bool:
        """Drop what was counted under `key`; say whether there was something.

        Raises:
            Unavailable: The store did not answer.
        """
        ...


def judge(counted: Sequence[int], *, limit: int, window: int, now: int) -> Hit:
    """Return what becomes of one more event.

    Args:
        counted: When those in the window happened, oldest first, in unix milliseconds.
        limit: Events in a window, inclusive.
        window: Milliseconds.
        now: Unix milliseconds.
    """
    if len(counted) < limit:
        return Hit(allowed=True, count=len(counted) + 1, retry_after=0)
    return Hit(
        allowed=False, count=len(counted), retry_after=counted[len(counted) - limit] + window - now
    )
