"""Which client-side sessions were ended from afar, as a value to check a record against."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
            id, the handle it goes on under, which is spared whatever the old one was spared, and
            over when the old one is ended.
        expires: When nothing it fences can be alive any more; unix milliseconds.
        number: Its place in the log that it was read from, from 1; two that say the same are equal
            wherever they are.
    """

    handle: str | None = None
    user: str | None = None
    not_before: int = 0
    exempt: str | None = None
    expires: int
    number: int = field(default=0, compare=False)


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
        self._ended: set[str] = set()
        self._heirs: dict[str, list[str]] = {}
        self._latest: dict[str, str] = {}
        self._users: dict[str, list[tuple[int, str | None, set[str]]]] = {}
        self._sparing: dict[str, list[set[str]]] = {}
        self.everything_before = everything_before
        for revocation in revocations:
            self.add(revocation)

    def add(self, revocation: Revocation) -> None:
        """Take one more. What it comes to is the same in whatever order they come, and how often.

        A process knows its own at once, and those of others later.
        """
        handle, exempt = revocation.handle, revocation.exempt
        if handle is not None:
            self._handles.add(handle)
            if exempt is None:
                self._end(self._line(handle))
            else:
                self._move(handle, exempt)
            self._latest = {}
        if revocation.user is not None:
            self._fence(revocation.user, revocation.not_before, exempt)

    def latest(self, handle: str) -> str:
        """Return the handle under which a session goes on; its own unless it has moved.

        What was made from the session is judged by this one: it lives on with the session, and is
        over with it.
        """
        if handle not in self._heirs:
            return handle
        kept = self._latest
        if handle not in kept:
            line = self._line(handle)
            kept[handle] = next((one for one in line if one in self._ended), line[-1])
        return kept[handle]

    def ended(self, handle: str) -> bool:
        """Return whether a session was ended by its handle, or goes on under another."""
        return handle in self._handles

    def stops(self, record: Record) -> bool:
        """Return whether the session was ended from afar.

        A session without a login, as one born in a peer, can only be ended by its handle.
        """
        if record.handle and record.handle in self._handles:
            return True
        if record.login is None or record.user is None:
            return False
        return record.login.at < self.everything_before or self.outdates(record)

    def outdates(self, record: Record) -> bool:
        """Return whether everything of its user was ended since a session began.

        One that is older than the log, or has no login, is held against what the log has.
        """
        entries = self._users.get(str(record.user))
        if entries is None or record.user is None:
            return False
        at = record.created if record.login is None else record.login.at
        return any(
            at < not_before and record.handle not in spared for not_before, _, spared in entries
        )

    def _line(self, handle: str) -> list[str]:
        """Return the handle, and those under which the session went on, one after the other."""
        line, met = [handle], {handle}
        for one in line:
            for heir in self._heirs.get(one, ()):
                if heir not in met:
                    met.add(heir)
                    line.append(heir)
        return line

    def _move(self, old: str, new: str) -> None:
        heirs = self._heirs.setdefault(old, [])
        if new in heirs:
            return
        heirs.append(new)
        moved = self._line(new)
        if old in self._ended:
            self._end(moved)
        for spared in tuple(self._sparing.get(old, ())):
            self._spare(spared, moved)

    def _fence(self, user: str, not_before: int, exempt: str | None) -> None:
        entries = self._users.setdefault(user, [])
        if any((not_before, exempt) == entry[:2] for entry in entries):
            return
        spared: set[str] = set()
        entries.append((not_before, exempt, spared))
        if exempt is not None:
            self._spare(spared, self._line(exempt))

    def _spare(self, spared: set[str], line: Iterable[str]) -> None:
        for one in line:
            if one not in spared:
                spared.add(one)
                self._sparing.setdefault(one, []).append(spared)

    def _end(self, line: Iterable[str]) -> None:
        self._ended.update(line)
        self._handles.update(line)
