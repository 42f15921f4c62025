"""Probe cookies: what this browser really keeps, beside what the doctor expects of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dojang.doctor import Exchange, Situation, Verdict, explain
from dojang.doctor.sites import Suffixes
from dojang.wire import cookies

__all__ = ["Probe", "Result", "probes", "read"]

_ATTRIBUTES = {
    "probe-lax": "Path=/; SameSite=Lax",
    "probe-strict": "Path=/; SameSite=Strict",
    "probe-unset": "Path=/",
    "probe-secure": "Path=/; Secure",
    "__Host-probe": "Path=/; Secure",
    "probe-none": "Path=/; SameSite=None",
    "probe-none-secure": "Path=/; SameSite=None; Secure",
    "probe-partitioned": "Path=/; SameSite=None; Secure; Partitioned",
    "probe-star": "Path=/; Domain=*",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """One cookie that is set to see if it comes back.

    Attributes:
        name: Of the cookie.
        attributes: As they stand in its line.
    """

    name: str
    attributes: str

    @property
    def line(self) -> str:
        """What sets it."""
        return f"{self.name}=1; Max-Age=60; {self.attributes}"

    @property
    def deletion(self) -> str:
        """What drops it again."""
        return f"{self.name}=; Max-Age=0; {self.attributes}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a probe.

    Attributes:
        probe: The cookie.
        came: Whether the browser sent it back.
        verdict: What the doctor expected.
        far: Whether a page of another site asked.
    """

    probe: Probe
    came: bool
    verdict: Verdict
    far: bool

    @property
    def line(self) -> str:
        """The cookie without its value."""
        return f"{self.probe.name}; {self.probe.attributes}"

    @property
    def seen(self) -> str:
        """What happened, and why if that was to be expected."""
        if self.came:
            return "came back."
        because = self.verdict.because
        return "did not come back." + (f" {because.fact}." if because else "")

    @property
    def surprise(self) -> str:
        """Why the browser may have done otherwise than expected; empty if it did not."""
        browser = self.verdict.browser
        if self.came == self.verdict.sent:
            return ""
        if self.came:
            return f"{browser} does not do that: do not rely on it, others drop the cookie."
        if self.far:
            return (
                f"{browser} would, left alone: a setting or an extension blocks cookies of other "
                "sites here. Others have it too, so put page and API under one site."
            )
        return (
            f"{browser} would, left alone: a setting or an extension blocks cookies here, or a "
            "proxy drops Set-Cookie on the way. The network panel shows whether the line arrived."
        )


def probes(way: str) -> Sequence[Probe]:
    """Return the probes of one way to ask, under names of its own."""
    return [Probe(f"{name}-{way}", attributes) for name, attributes in _ATTRIBUTES.items()]


def read(
    header: str, exchange: Exchange, *, far: bool, agent: str, suffixes: Suffixes, now: int
) -> list[Result]:
    """Return what became of each probe.

    Args:
        header: The Cookie header that came back; any text is safe to pass.
        exchange: How they were set, and asked for again.
        far: Whether a page of another site asked.
        agent: The browser's User-Agent.
        suffixes: The public suffix list.
        now: Unix milliseconds.
    """
    came = {name for name, _ in cookies.parse(header)}
    browser = _browser(agent)
    results: list[Result] = []
    for probe in probes(exchange.way):
        situation = Situation(set_cookie=probe.line, stored_by=exchange, browser=browser)
        verdict = explain(situation, suffixes=suffixes, now=now)
        results.append(Result(probe, probe.name in came, verdict, far))
    return results


def _browser(agent: str) -> str:
    if "Firefox/" in agent:
        return "firefox"
    return "safari" if "Safari/" in agent and "Chrome/" not in agent else "chrome"
