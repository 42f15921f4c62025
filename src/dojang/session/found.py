"""What a strategy made of the credentials that came with a request."""

from dataclasses import dataclass, field

from dojang.errors import Rejected
from dojang.session.handle import handle_of
from dojang.session.record import Record

__all__ = ["Found", "Proof"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands for a session that has no name of its own, which it is named after.

    Attributes:
        text: As much of the credential as was proven, however it was spelled around that.
        until: When it is good for nothing any more, in unix milliseconds; None where that is not
            known.
    """

    text: str = field(repr=False)
    until: int | None = None

    @property
    def handle(self) -> str:
        """The name of its session."""
        return handle_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record, or the reason why there is none.

    Attributes:
        record: As it is stored; None when nothing usable came.
        current: The same as of now, renewed where that was due.
        rejected: Why there is no record; None when there is one.
        credential: The text that was good, as it came.
        proof: What of it a session is named after that has no name; None where all have one.
        newest: Whether the newest key made that text; if not, it is due to be made again.
        dated: Whether the record says when it began; if not, that is when we saw it.
        former: The kind of session it came as, where that is another, and its cookie is due to be
            made; or which kind says why there is no record.
        fixed: Whether it is somebody else's session, which was passed on and cannot be changed.
    """

    record: Record | None = None
    current: Record | None = None
    rejected: Rejected | None = None
    credential: str | None = None
    proof: Proof | None = None
    newest: bool = True
    dated: bool = True
    former: str = ""
    fixed: bool = False

    @property
    def nameless(self) -> bool:
        """Whether what came has no name but the one that was made of it."""
        return (
            self.record is not None
            and self.proof is not None
            and self.record.handle == self.proof.handle
        )

    @property
    def owned(self) -> bool:
        """Whether it was somebody's, by its record or by where the application keeps the user."""
        return any(one is not None and one.user is not None for one in (self.record, self.current))
