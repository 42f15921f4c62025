"""What a strategy made of the credentials that came with a request."""

from dataclasses import dataclass

from dojang.errors import Rejected
from dojang.session.record import Record

__all__ = ["Found"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record, or the reason why there is none.

    Attributes:
        record: As it is stored; None when nothing usable came.
        current: The same as of now, renewed where that was due.
        rejected: Why there is no record; None when there is one.
        credential: The text that was good, as it came.
        newest: Whether the newest key made that text; if not, it is due to be made again.
        dated: Whether the record says when it began; if not, that is when we saw it.
        former: The kind of session it came as, where that is another; its cookie is due to be made.
        fixed: Whether it is somebody else's session, which was passed on and cannot be changed.
    """

    record: Record | None = None
    current: Record | None = None
    rejected: Rejected | None = None
    credential: str | None = None
    newest: bool = True
    dated: bool = True
    former: str = ""
    fixed: bool = False
