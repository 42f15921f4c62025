"""Sessions from one store to another, page by page, so that it can be gone on with."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from dojang import clock
from dojang.errors import Conflict, Misuse
from dojang.session.principal import Place
from dojang.session.record import Record
from dojang.stores.foreign.source import Source
from dojang.stores.whole import WholeStore
from dojang.wire import json

__all__ = ["Bookmark", "Copied", "Copying"]

#: Sessions under way at once.
_PAGE = 500


@dataclass(slots=True)
class Copied:
    """How many went over, how many had before, and how many could not be read, by why."""

    new: int = 0
    there_already: int = 0
    left_behind: Counter[str] = field(default_factory=Counter[str])


class Bookmark:
    """How far a copy is, in a file if there is one."""

    def __init__(self, file: Path | None, after: str) -> None:
        """Begin behind `after`, or where the file says.

        Raises:
            Misuse: The file cannot be read.
        """
        self._file = file
        self.cursor = after
        if file is not None and file.exists() and not after:
            try:
                self.cursor = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeError) as error:
                raise _out_of_reach(file, error) from None

    def move(self, cursor: str) -> None:
        """Note that everything before `cursor` is done.

        Raises:
            Misuse: The file cannot be written.
        """
        self.cursor = cursor
        if self._file is None:
            return
        part = self._file.with_name(self._file.name + ".part")
        try:
            part.write_text(cursor + "\n", encoding="utf-8")
            part.replace(self._file)
        except OSError as error:
            raise _out_of_reach(self._file, error) from None

    def done(self) -> None:
        """Forget it: another copy begins at the beginning."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


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

    async def pages(self) -> AsyncIterator[int]:
        """Copy page by page, and yield how many sessions each had."""
        while True:
            page = await self.source.scan(after=self._bookmark.cursor, limit=_PAGE, now=clock.now())
            await asyncio.gather(*(self._put(record) for record in page.records))
            self.copied.left_behind.update(page.refused)
            yield len(page.records) + len(page.refused)
            if not page.cursor:
                return
            self._bookmark.move(page.cursor)

    async def _put(self, record: Record) -> None:
        known = self._owned(record if self._target.by_id else replace(record, id=""))
        try:
            await self._target.insert(known, now=clock.now())
        except Conflict:
            self.copied.there_already += 1
        else:
            self.copied.new += 1

    def _owned(self, record: Record) -> Record:
        if self._principal is None or record.user is not None:
            return record
        return replace(record, user=self._principal.find(json.loads_object(record.data)))


def _out_of_reach(file: Path, error: Exception) -> Misuse:
    return Misuse(f"the cursor file {str(file)!r} is out of reach: {error}")
