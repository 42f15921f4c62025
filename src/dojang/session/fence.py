"""Which client-side sessions were ended from afar, as a value to check a record against."""

from collections.abc import Iterable
from dataclasses import dataclass

from dojang.session.record import Record

__all__ = ["Fence", "Revocation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """One session, or everything a user logged in before an instant.

    Attributes:
        handle: The session that is over; None when the entry is about a user.
        user: The principal as text; None when the entry is about one session.
        not_before: Unix milliseconds; logins before this instant are over.
        exempt: The handle that stays, or None. When one session is over because it moved to a new
            id, the handle it goes on under, which is spared whatever the old one was spared.
        expires: When nothing it fences can be alive any more; unix milliseconds.
    """

    handle: str | None = None
    user: str | None = None
    not_before: int = 0
    exempt: str | None = None
    expires: int


class Fence:
    """All revocations still alive.

    It compares the instant of the login, which a renewal carries along unchanged: the time of
    issue would let a renewal that races the revocation escape.
    """

    def __init__(
        self, revocations: Iterable[Revocation] = (), *, everything_before: int = 0
    ) -> None:
        """Take the revocations.

        Args:
            revocations: In the order in which they were made.
            everything_before: Unix milliseconds; when the log was lost and begun anew, nothing
                older is known to be good.
        """
        self._handles: set[str] = set()
        self._heirs: dict[str, str] = {}
        self._users: dict[str, list[tuple[int, set[str]]]] = {}
        self.everything_before = everything_before
        for revocation in revocations:
            self.add(revocation)

    def add(self, revocation: Revocation) -> None:
        """Take one more."""
        if revocation.handle is not None:
            self._handles.add(revocation.handle)
            if revocation.exempt is not None:
                self._heirs[revocation.handle] = revocation.exempt
                self._inherit(revocation.handle, revocation.exempt)
        if revocation.user is not None:
            spared: set[str] = set()
            heir = revocation.exempt
            while heir is not None and heir not in spared:
                spared.add(heir)
                heir = self._heirs.get(heir)
            self._users.setdefault(revocation.user, []).append((revocation.not_before, spared))

    def stops(self, record: Record) -> bool:
        """Return whether the session was ended from afar.

        A session without a login, as one born in a peer, can only be ended by its handle.
        """
        if record.handle and record.handle in self._handles:
            return True
        if record.login is None or record.user is None:
            return False
        at, entries = record.login.at, self._users.get(str(record.user))
        if at < self.everything_before or entries is None:
            return at < self.everything_before
        return any(
            at < not_before and record.handle not in spared for not_before, spared in entries
        )

    def _inherit(self, old: str, new: str) -> None:
        for entries in self._users.values():
            for _, spared in entries:
                if old in spared:
                    spared.add(new)
