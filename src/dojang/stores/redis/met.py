"""Sessions this process met a moment ago."""

import threading

__all__ = ["Met"]

#: More than are under way at once; beyond, the oldest is forgotten, which costs a question.
_AT_MOST = 10_000


class Met:
    """The id behind a handle, and the stored text as it was: a guess that spares a question."""

    def __init__(self) -> None:
        """Begin with none."""
        self._met: dict[str, tuple[str, bytes]] = {}
        self._lock = threading.Lock()

    def note(self, handle: str, id: str, text: bytes) -> None:
        """Remember a session."""
        with self._lock:
            self._met.pop(handle, None)
            self._met[handle] = id, text
            if len(self._met) > _AT_MOST:
                del self._met[next(iter(self._met))]

    def id(self, handle: str) -> str | None:
        """Return the id of a session that was met."""
        id, _ = self._met.get(handle, (None, b""))
        return id

    def text(self, handle: str, id: str) -> bytes | None:
        """Return the text of a session that was met under this very id."""
        met, text = self._met.get(handle, ("", b""))
        return text if met == id and text else None

    def forget(self, handle: str) -> None:
        """Forget the text of a session that was written."""
        with self._lock:
            id, _ = self._met.get(handle, (None, b""))
            if id is not None:
                self._met[handle] = id, b""
