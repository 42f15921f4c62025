"""A lock between processes that lets them take turns."""

import fcntl
import os
from pathlib import Path

__all__ = ["Turnstile"]


class Turnstile:
    """Two file locks: whoever wants the inner one waits for it holding the outer one.

    A plain lock is taken again at once by the process that released it, and the others starve. Here
    the one that waits inside the gate is next, whatever the holder does, and the holder can see
    that somebody is there.
    """

    def __init__(self, path: Path) -> None:
        """Use `<path>.gate` and `<path>.turn`, created when missing."""
        self._gate = os.open(f"{path}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._turn = os.open(f"{path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._held = False

    def enter(self) -> None:
        """Wait for the turn, unless it is still ours."""
        if self._held:
            return
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        self._held = True

    def leave(self, *, idle: bool) -> None:
        """Give the turn away if somebody waits, or if there is nothing left to do.

        Args:
            idle: Whether this process has no more work at hand.
        """
        if idle or self._somebody_waits():
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            self._held = False

    def close(self) -> None:
        """Give everything away."""
        os.close(self._turn)
        os.close(self._gate)

    def _somebody_waits(self) -> bool:
        try:
            fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        return False
