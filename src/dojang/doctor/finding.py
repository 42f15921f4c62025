"""What a single check finds, and what it looks at."""

from dataclasses import dataclass

from dojang.doctor.catalogue import CATALOGUE, NOTES
from dojang.doctor.context import Context
from dojang.doctor.set_cookie import Line
from dojang.doctor.situation import Situation
from dojang.doctor.verdict import Effect, Kept, Reason, Remedy
from dojang.doctor.words import shown

__all__ = ["Case", "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say.

    Attributes:
        code: Of the catalogue.
        fact: A sentence with what was measured, without any cookie's value.
        advice: A sentence with what to do.
        remedies: The same to paste.
    """

    code: str
    fact: str
    advice: str
    remedies: tuple[Remedy, ...] = ()

    def reason(self, effect: Effect) -> Reason:
        """Return it as a reason, which has `effect` unless it is only worth knowing."""
        entry = CATALOGUE[self.code]
        return Reason(
            code=self.code,
            row=entry.row,
            effect="note" if self.code in NOTES else effect,
            fact=self.fact,
            spec=entry.spec,
            advice=self.advice,
            remedies=self.remedies,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A situation, read: what the checks look at.

    Attributes:
        situation: As it was told.
        line: What the browser understands of the Set-Cookie line.
        storing: The exchange that brought it.
        sending: The request that should carry it.
        kept: The cookie as it lies in the jar, or would if nothing were in its way.
        asked_life: Seconds for which the line asks; None until the browser ends.
        jar: What is in the jar already, oldest first.
    """

    situation: Situation
    line: Line
    storing: Context
    sending: Context
    kept: Kept
    asked_life: int | None
    jar: tuple[Kept, ...]

    @property
    def called(self) -> str:
        """The cookie, in words."""
        name = shown(self.line.name) if self.line.has_equals else ""
        return name or "the cookie without a name"
