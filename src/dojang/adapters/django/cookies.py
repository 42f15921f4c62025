"""Set-Cookie lines of ours among the cookies of a Django response, where others look at them."""

from collections.abc import Sequence
from http.cookies import Morsel
from typing import Any

from django.http.response import HttpResponseBase

__all__ = ["add"]

#: What a line may have and `http.cookies` of Python 3.11 does not know.
_NEWER = {"partitioned": "Partitioned", "priority": "Priority"}


def add(response: HttpResponseBase, lines: Sequence[str]) -> None:
    """Let a response have cookies that other middleware can read, change, copy and keep.

    Args:
        response: Its cookies of these names are replaced.
        lines: Of `Visit.close`; no two of them are for one place of a browser.
    """
    taken: set[str] = set()
    for line in lines:
        morsel = _morsel(line)
        # Of one name there may be several, for other domains and paths.
        where = line if morsel.key in taken else morsel.key
        taken.add(morsel.key)
        dict.__setitem__(response.cookies, where, morsel)


class _Cookie(Morsel[str]):
    """A `Morsel` that writes what is newer than `http.cookies`, too."""

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802, ANN401 - as http.cookies has it
        newer = [
            name if self[key] is True else f"{name}={self[key]}"
            for key, name in _NEWER.items()
            if self.get(key)
        ]
        known = Morsel[str]()
        known.set(self.key, self.value, self.coded_value)
        dict.update(known, {key: self[key] for key in self if key not in _NEWER})
        return "; ".join([known.OutputString(attrs), *newer])

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 - as http.cookies has it
        if key.lower() in _NEWER:
            dict.__setitem__(self, key.lower(), value)
        else:
            super().__setitem__(key, value)

    def copy(self) -> "Morsel[str]":
        twin = _Cookie()
        dict.update(twin, self)
        twin.set(self.key, self.value, self.coded_value)
        return twin

    __copy__ = copy


def _morsel(line: str) -> _Cookie:
    pair, *attributes = line.split("; ")
    name, _, value = pair.partition("=")
    morsel = _Cookie()
    morsel.set(name, value, value)
    for attribute in attributes:
        key, given, text = attribute.partition("=")
        morsel[key] = int(text) if key == "Max-Age" else text if given else True
    return morsel
