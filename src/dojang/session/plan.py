"""The difference between the record before a request and after it: what must be written."""

from dataclasses import dataclass, field, replace

from dojang.session.record import Record

__all__ = ["Insert", "Remove", "Replace", "Touch", "Write", "plan"]


@dataclass(frozen=True, slots=True)
class Insert:
    """Store a record under a new id, the chosen one if there is any; refuse a taken one."""

    record: Record
    chosen: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Replace:
    """Store `after` where `before` is; fail when that is gone or its data have changed.

    With an empty handle in `after` it moves to a new id, the chosen one if there is any, and the
    old one dies in the same step.
    """

    before: Record
    after: Record
    chosen: str = field(default="", repr=False)

    @property
    def rotates(self) -> bool:
        """Whether the session goes on under a new id."""
        return not self.after.handle


@dataclass(frozen=True, slots=True)
class Touch:
    """Move expiry and "last seen" of a record that is still there; never its data."""

    record: Record


@dataclass(frozen=True, slots=True)
class Remove:
    """End a session; not an error when it is gone already."""

    record: Record


Write = Insert | Replace | Touch | Remove


def plan(before: Record | None, after: Record | None, *, chosen: str = "") -> Write | None:
    """Return the one write that turns the stored `before` into `after`, or None for nothing to do.

    Args:
        before: What was found, or None. It has a handle.
        after: What should be, or None for no session. An empty handle asks for a new id.
        chosen: That id, where it was chosen in advance; see `Strategy.choose`.
    """
    if before is None:
        return None if after is None else Insert(after, chosen)
    if after is None:
        return Remove(before)
    if before is after or before == after:
        return None
    if replace(after, expires=before.expires, seen=before.seen) == before:
        return Touch(after)
    return Replace(before, after, chosen)
