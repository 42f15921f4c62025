"""A lock between processes that lets them take turns."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

__all__ = ["Turnstile"]

#: Seconds between two looks at a lock that somebody else holds.
_LOOK_EVERY = 0.0005


class Turnstile:
    """Two file locks: whoever wants the inner one waits for it holding the outer one.

    A plain lock is taken again at once by the process that released it, and the others starve. Here
    the one that waits inside the gate is next, whatever the holder does, and the holder can see
    that somebody is there.
    """

    def __init__(self, path: Path) -> None:
        """Use `<path>.gate` and `<path>.turn`, created when missing.

        Raises:
            OSError: They cannot be opened.
        """
        self._gate = _open(f"{path}.gate")
        self._turn = _open(f"{path}.turn")
        self._held = False

    def enter(self, *, seconds: float) -> None:
        """Wait for the turn, unless it is still ours.

        Args:
            seconds: How long at the most: a process that was stopped may hold it for ever.

        Raises:
            TimeoutError: Nobody gave it away in that time.
            OSError: The file system cannot lock.
        """
        if self._held:
            return
        end = time.monotonic() + seconds
        _wait(self._gate, end)
        try:
            _wait(self._turn, end)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        self._held = True

    def leave(self, *, idle: bool) -> None:
        """Give the turn away if somebody waits, or if there is nothing left to do.

        Args:
            idle: Whether this process has no more work at hand.

        Raises:
            OSError: The file system cannot lock.
        """
        if self._held and (idle or self._somebody_waits()):
            fcntl.flock(self._turn, fcntl.LOCK_UN)
            self._held = False

    def close(self) -> None:
        """Give everything away."""
        with suppress(OSError):
            self.leave(idle=True)
        self.abandon()

    def abandon(self) -> None:
        """Close the files without giving the turn away, as the child of a fork must.

        The lock belongs to the parent; a copy of it in the child would outlive the parent's.
        """
        os.close(self._turn)
        os.close(self._gate)

    def _somebody_waits(self) -> bool:
        if not _taken(self._gate):
            return True
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        return False


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(lock: int, end: float) -> None:
    while not _taken(lock):
        if time.monotonic() >= end:
            raise TimeoutError("another process holds it and does not go on")
        time.sleep(_LOOK_EVERY)
