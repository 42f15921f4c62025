"""Sessions this process met a moment ago."""

import threading

from dojang.stores.redis.connect_redis_records import There

__all__ = ["Met"]

#: More than are under way at once; beyond, the oldest is forgotten, which costs a question.
_AT_MOST = 10_000


class Met:
    """The id behind a handle, and what was there: a guess that spares a question."""

    def __init__(self) -> None:
        """Begin with none."""
        self._met: dict[str, tuple[str, There | None]] = {}
        self._lock = threading.Lock()

    def note(self, handle: str, id: str, there: There | None = None) -> None:
        """Remember a session."""
        with self._lock:
            self._met.pop(handle, None)
            self._met[handle] = id, there
            if len(self._met) > _AT_MOST:
                del self._met[next(iter(self._met))]

    def id(self, handle: str) -> str | None:
        """Return the id of a session that was met."""
        id, _ = self._met.get(handle, (None, None))
        return id

    def there(self, handle: str, id: str) -> There | None:
        """Return what was there when a session was met under this very id."""
        met, there = self._met.get(handle, ("", None))
        return there if met == id else None

    def forget(self, handle: str) -> None:
        """Forget what was there, because it was written."""
        with self._lock:
            id, _ = self._met.get(handle, (None, None))
            if id is not None:
                self._met[handle] = id, None
