"""A dict that says when it is looked at and before it is changed."""

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any, SupportsIndex

__all__ = ["NotLookedAt", "WatchedDict"]


class NotLookedAt:
    """In a dict that is not open yet: C code that reads it without asking finds no JSON there.

    Code that is about to do that calls `session.mark_accessed()` first, or copies the session.
    """


_NOT_OPEN = {"not looked at": NotLookedAt()}


class WatchedDict(dict[str, Any]):
    """Every way to read calls `_look` first, every way to change calls `_change` first."""

    __slots__ = ()

    def __init__(self) -> None:
        """Be there without being open, and not empty: C code would take that for no session."""
        super().__init__(_NOT_OPEN)

    def _look(self) -> None:
        raise NotImplementedError

    def _change(self) -> None:
        raise NotImplementedError

    def _unwatched(self) -> dict[str, Any]:
        # Not copy(), which asks a subclass for its keys.
        return dict(super().items())

    def _fill(self, data: dict[str, Any]) -> None:
        super().clear()
        super().update(data)

    def __getitem__(self, key: str, /) -> Any:
        self._look()
        return super().__getitem__(key)

    def __contains__(self, key: object, /) -> bool:
        self._look()
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._look()
        return super().__iter__()

    def __reversed__(self) -> Iterator[str]:
        self._look()
        return super().__reversed__()

    def __len__(self) -> int:
        self._look()
        return super().__len__()

    def __eq__(self, other: object, /) -> bool:
        self._look()
        return super().__eq__(other)

    def __ne__(self, other: object, /) -> bool:
        self._look()
        return super().__ne__(other)

    __hash__ = None

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[Any, ...]:
        # A copy, a deep one, or a pickle is a plain dict: it does not change with the session.
        self._look()
        return dict, (self._unwatched(),)

    def __or__(self, other: dict[str, Any], /) -> dict[str, Any]:  # type: ignore[override]
        self._look()
        return {**self, **other}

    def __ror__(self, other: dict[str, Any], /) -> dict[str, Any]:  # type: ignore[override]
        self._look()
        return {**other, **self}

    def get(self, key: str, default: Any = None, /) -> Any:
        self._look()
        return super().get(key, default)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        self._look()
        return super().keys()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        self._look()
        return super().values()

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        self._look()
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._look()
        return super().copy()

    def __setitem__(self, key: str, value: Any, /) -> None:
        self._change()
        super().__setitem__(key, value)

    def __delitem__(self, key: str, /) -> None:
        self._change()
        super().__delitem__(key)

    def __ior__(self, other: Any, /) -> "WatchedDict":  # type: ignore[override,misc] # noqa: PYI034 - what comes back is the session itself
        self._change()
        super().update(other)
        return self

    def setdefault(self, key: str, default: Any = None, /) -> Any:
        self._change()
        return super().setdefault(key, default)

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._change()
        super().update(*args, **kwargs)

    def pop(self, key: str, /, *default: Any) -> Any:
        self._change()
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, Any]:
        self._change()
        return super().popitem()

    def clear(self) -> None:
        self._change()
        super().clear()
