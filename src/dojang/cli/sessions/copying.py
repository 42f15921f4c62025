"""Sessions from one store to another, page by page, so that it can be gone on with."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from dojang import clock
from dojang.cli.sessions.bookmark import Bookmark
from dojang.errors import Conflict, Misuse, Refused, Rejected
from dojang.session.principal import Place
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.stores.foreign.source import Source
from dojang.stores.whole import WholeStore
from dojang.wire import json

__all__ = ["Copied", "Copying"]

#: Sessions under way at once.
_PAGE = 500


@dataclass(slots=True)
class Copied:
    """How many went over, how many had before, and how many could not be read or written."""

    new: int = 0
    there_already: int = 0
    left_behind: int = 0


class Copying:
    """One copy under way."""

    def __init__(
        self,
        source: Source,
        target: WholeStore,
        bookmark: Bookmark,
        principal: Place | None = None,
    ) -> None:
        """Copy from `source` to `target`, from the bookmark on.

        Args:
            source: Where they are.
            target: Where they should be too.
            bookmark: How far another copy came.
            principal: Where the data say whose a session is, if nothing else does.

        Raises:
            Misuse: `target` needs what `source` does not have.
        """
        if target.by_id and not source.by_id:
            raise Misuse(
                "the store copied to files sessions under their ids, and the other one has only "
                "their hashes; this way people have to sign in again"
            )
        self.source, self.copied = source, Copied()
        self._target, self._bookmark, self._principal = target, bookmark, principal

    async def pages(self) -> AsyncIterator[tuple[int, Sequence[Unreadable]]]:
        """Copy page by page; yield how many sessions each had, and which of them were left."""
        while True:
            page = await self.source.scan(after=self._bookmark.cursor, limit=_PAGE, now=clock.now())
            outcomes = await asyncio.gather(*(self._put(record) for record in page.records))
            left = [*page.refused, *(one for one in outcomes if one is not None)]
            self.copied.left_behind += len(left)
            yield len(page.records) + len(page.refused), left
            if not page.cursor:
                return
            self._bookmark.move(page.cursor)

    async def _put(self, record: Record) -> Unreadable | None:
        """Copy one session; return it with the reason where the other store does not take it."""
        try:
            known = self._owned(record if self._target.by_id else replace(record, id=""))
            await self._target.insert(known, now=clock.now())
        except Conflict:
            self.copied.there_already += 1
        except (Misuse, Refused, Rejected) as error:
            return Unreadable(record.handle, str(error))
        else:
            self.copied.new += 1
        return None

    def _owned(self, record: Record) -> Record:
        if self._principal is None or record.user is not None:
            return record
        return replace(record, user=self._principal.find(json.loads_object(record.data)))
