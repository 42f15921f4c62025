"""What a store promises; `dojang.testing.store_contract` holds every store to it."""

from collections.abc import Sequence
from typing import Protocol

from dojang.session.limit import Limit
from dojang.session.record import Principal, Record

__all__ = ["Store"]


class Store(Protocol):
    """Records under their handles. Four verbs write, and none of them means "save".

    Every verb is all or nothing, and answered only once it is done as durably as the store can.
    Any of them raises `Unavailable` when the store does not answer.
    """

    @property
    def suspends(self) -> bool:
        """Whether `find` may wait for an event loop."""
        ...

    @property
    def by_id(self) -> bool:
        """Whether records are filed under the id itself, as a foreign layout demands.

        Such a store finds a session by its id; a handle is enough for those it has met before.
        """
        ...

    async def find(self, handle: str, *, id: str = "") -> Record | None:
        """Return the record under `handle`, or None. A miss is an answer, not an error.

        A record past its expiry may still be found; whoever asks looks at the time.

        Args:
            handle: Its public name.
            id: What the cookie holds, for a store that files records under it.
        """
        ...

    async def insert(self, record: Record, *, now: int, limit: Limit | None = None) -> None:
        """Store a record under a handle that is free.

        Args:
            record: Its handle is not empty.
            now: Unix milliseconds; records past their expiry do not count towards `limit`.
            limit: How many live records its user may have, this one included.

        Raises:
            Misuse: Its user is named by more than 1,024 bytes.
            Conflict: The handle is taken.
            TooManySessions: The limit is reached and refuses.
        """
        ...

    async def replace(
        self,
        before: Record,
        after: Record,
        *,
        now: int,
        retire_until: int | None = None,
        limit: Limit | None = None,
    ) -> None:
        """Store `after` where `before` is; under another handle, the old one dies in the same step.

        A session that was touched since `before` was found keeps the later expiry and the later
        "last seen" of the two. Only an end that is meant takes a touch back: one before that of
        `before`, or one that came with another login or another `remember`.

        Args:
            before: As it was found. Only its data are compared: a touch is no conflict.
            after: Its handle is not empty.
            now: Unix milliseconds.
            retire_until: When the handles differ, for how long (unix milliseconds) the old one
                stays as a record that is `rotated` and holds nothing; None removes it.
            limit: As for `insert`, when the handles differ.

        Raises:
            Misuse: As for `insert`.
            Gone: There is nothing under `before.handle`, or something rotated.
            Conflict: Its data have changed, with what is there now where that is known; or the new
                handle is taken.
            TooManySessions: The limit is reached and refuses.
        """
        ...

    async def touch(self, record: Record, *, now: int) -> bool:
        """Move expiry and "last seen"; say whether the record was there.

        Never revives, never rewrites data, never moves the expiry back.
        """
        ...

    async def remove(self, handle: str) -> bool:
        """End a session; say whether it was there."""
        ...

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live records of `user`, newest login first."""
        ...

    async def remove_all(self, user: Principal, *, now: int, but: str | None = None) -> int:
        """End all sessions of `user`, but the one with that handle; say how many were live."""
        ...

    async def sweep(self, *, now: int, limit: int = 500) -> int:
        """Delete at most `limit` records that are past their expiry; say how many went."""
        ...

    def close(self) -> None:
        """Finish what is queued and let go of files and connections; the next use opens them."""
        ...
