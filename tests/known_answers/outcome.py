"""What came of one case of somebody else's test vectors."""

from dataclasses import dataclass

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, judged.

    Attributes:
        case: Its number or name within the file.
        problem: Where we differ from what was asked, or None.
        declared: Why something else was asked than the vectors say, or None.
    """

    case: str
    problem: str | None = None
    declared: str | None = None
