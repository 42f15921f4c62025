"""The one place that reads the time."""

import time

__all__ = ["now"]


def now() -> int:
    """Return unix milliseconds."""
    return time.time_ns() // 1_000_000
