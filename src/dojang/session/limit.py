"""How many sessions one principal may have at once."""

from dataclasses import dataclass
from typing import Literal

from dojang.errors import Misuse

__all__ = ["Limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on live sessions per principal, and what happens to the one beyond it.

    Args:
        count: Sessions, inclusive; at least 1.
        when_full: `oldest-out` ends the one that began first; `refuse` refuses the new login.

    Raises:
        Misuse: `count` is no whole number or below 1, or `when_full` is neither.
    """

    count: int
    when_full: Literal["oldest-out", "refuse"] = "oldest-out"

    def __post_init__(self) -> None:
        if not isinstance(self.count, int):  # pyright: ignore[reportUnnecessaryIsInstance] - from settings
            raise Misuse(f"a limit is a whole number such as 3, not a {type(self.count).__name__}")
        if self.count < 1:
            raise Misuse(f"a limit of {self.count} sessions lets nobody in; write 1 or more")
        if self.when_full not in {"oldest-out", "refuse"}:
            raise Misuse(f"when_full is 'oldest-out' or 'refuse', not {self.when_full!r}")
