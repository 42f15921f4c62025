"""What the doctor says: stored or not, sent or not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dojang.doctor.set_cookie import SameSite

__all__ = ["Confidence", "Effect", "Kept", "Reason", "Remedy", "Verdict", "grouped"]

#: What a reason does: keeps the cookie from being stored, or sent, or is only worth knowing.
Effect = Literal["not-stored", "not-sent", "note"]

#: Whether a real browser of this kind was asked, in the differential test.
Confidence = Literal["measured", "unverified", "unreadable"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A line to paste.

    Attributes:
        tool: Where: `dojang`, `Express`, `nginx`, `fetch` ...
        line: What.
    """

    tool: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that stands in the way, or is worth knowing.

    Attributes:
        code: Stable across releases.
        row: Of the tables in the reference: `S0` to `S23`, `X1` to `X10`.
        effect: What it does.
        fact: What was measured, in a sentence without any cookie's value.
        spec: Where the rule stands.
        advice: What to do, in a sentence.
        remedies: The same as lines to paste.
    """

    code: str
    row: str
    effect: Effect
    fact: str
    spec: str
    advice: str
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A cookie as a browser keeps it.

    Attributes:
        name: May be empty.
        domain: The host, or what Domain widened it to.
        host_only: Whether only that very host gets it.
        path: Where it goes.
        secure: Over https only.
        http_only: Kept from scripts.
        same_site: As the browser reads it; None where the line had none.
        lifetime: Seconds from its arrival, or None until the browser ends.
        partition: The top-level site that it belongs to, or None for everywhere.
    """

    name: str
    domain: str
    host_only: bool
    path: str
    secure: bool
    http_only: bool
    same_site: SameSite | None
    lifetime: int | None
    partition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The doctor's answer.

    Attributes:
        stored: Whether the browser keeps the cookie.
        sent: Whether the browser sends it with the request that should carry it.
        reasons: In the order in which a browser finds them; those not stored for come first.
        confidence: How well that is known.
        browser: What was asked about, with its version.
        kept: The cookie as it lies in the jar, or None.
    """

    stored: bool
    sent: bool
    reasons: tuple[Reason, ...]
    confidence: Confidence
    browser: str
    kept: Kept | None = None

    @property
    def because(self) -> Reason | None:
        """The first reason that stands in the way; None where the cookie arrives."""
        return next((reason for reason in self.reasons if reason.effect != "note"), None)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons."""
        return tuple(reason.code for reason in self.reasons)


def grouped(verdicts: Iterable[Verdict]) -> list[tuple[Reason, list[str]]]:
    """Return each reason once, with the browsers that have it; what stands in the way first."""
    found: dict[str, tuple[Reason, list[str]]] = {}
    for verdict in verdicts:
        for reason in verdict.reasons:
            found.setdefault(reason.code, (reason, []))[1].append(verdict.browser)
    return sorted(found.values(), key=lambda pair: pair[0].effect == "note")
