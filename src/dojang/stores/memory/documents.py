"""Documents in memory."""

import threading
from collections.abc import Sequence

from dojang.stores.documents import Document

__all__ = ["MemoryDocuments"]

#: Documents beyond which those that are over are dropped.
_TIDY_BEYOND = 1_000


class MemoryDocuments:
    """Documents by their names."""

    def __init__(self) -> None:
        """Begin with none."""
        self._documents: dict[str, Document] = {}
        self._documents_beyond = _TIDY_BEYOND
        self._document_lock = threading.Lock()

    async def document(self, name: str, *, now: int) -> Document | None:
        found = self._documents.get(name)
        return found if found is not None and _is_live(found, now) else None

    async def put(self, before: Document | None, after: Document, *, now: int) -> bool:
        with self._document_lock:
            there = self._documents.get(after.name)
            if there is not None and not _is_live(there, now):
                there = None
            if (there and there.text) != (before and before.text):
                return False
            self._documents[after.name] = after
            self._tidy_documents(now)
            return True

    async def discard(self, before: Document) -> bool:
        with self._document_lock:
            there = self._documents.get(before.name)
            if there is None or there.text != before.text:
                return False
            del self._documents[before.name]
            return True

    async def documents(self, owner: str, *, now: int) -> Sequence[Document]:
        with self._document_lock:
            found = [one for one in self._documents.values() if one.owner == owner]
        return sorted((one for one in found if _is_live(one, now)), key=lambda one: one.name)

    def _tidy_documents(self, now: int) -> None:
        if len(self._documents) >= self._documents_beyond:
            live = {name: one for name, one in self._documents.items() if _is_live(one, now)}
            self._documents = live
            self._documents_beyond = max(_TIDY_BEYOND, 2 * len(live))


def _is_live(document: Document, now: int) -> bool:
    return document.expires is None or now < document.expires
