"""A clock that is moved by hand."""

__all__ = ["Clock"]


class Clock:
    """Unix milliseconds that stand still until they are moved; give it as `clock=`."""

    def __init__(self, now: int = 1_767_225_600_000) -> None:
        """Begin at `now`; 2026-01-01T00:00:00Z unless given."""
        self.now = now

    def __call__(self) -> int:
        """Return the time."""
        return self.now

    def tick(self, seconds: float) -> None:
        """Move by `seconds`; a negative number moves back."""
        self.now += round(seconds * 1000)
