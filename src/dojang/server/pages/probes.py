"""Probe cookies: what this browser really keeps, beside what the doctor expects of it."""

from dataclasses import dataclass

from dojang.doctor import Exchange, Situation, Verdict, explain
from dojang.doctor.sites import Suffixes
from dojang.wire import cookies

__all__ = ["PROBES", "Probe", "Result", "read"]


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


PROBES = (
    Probe("probe-lax", "Path=/; SameSite=Lax"),
    Probe("probe-strict", "Path=/; SameSite=Strict"),
    Probe("probe-unset", "Path=/"),
    Probe("probe-secure", "Path=/; Secure"),
    Probe("__Host-probe", "Path=/; Secure"),
    Probe("probe-none", "Path=/; SameSite=None"),
    Probe("probe-none-secure", "Path=/; SameSite=None; Secure"),
    Probe("probe-partitioned", "Path=/; SameSite=None; Secure; Partitioned"),
    Probe("probe-star", "Path=/; Domain=*"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a probe.

    Attributes:
        probe: The cookie.
        came: Whether the browser sent it back.
        verdict: What the doctor expected.
    """

    probe: Probe
    came: bool
    verdict: Verdict

    @property
    def surprising(self) -> bool:
        """Whether the browser did otherwise."""
        return self.came != self.verdict.sent


def read(header: str, *, url: str, agent: str, suffixes: Suffixes, now: int) -> list[Result]:
    """Return what became of each probe.

    Args:
        header: The Cookie header that came back; any text is safe to pass.
        url: Where the browser believes to be.
        agent: Its User-Agent.
        suffixes: The public suffix list.
        now: Unix milliseconds.
    """
    came = {name for name, _ in cookies.parse(header)}
    visited = Exchange(url=url, way="typed")
    return [
        Result(
            probe,
            probe.name in came,
            explain(
                Situation(set_cookie=probe.line, stored_by=visited, browser=_browser(agent)),
                suffixes=suffixes,
                now=now,
            ),
        )
        for probe in PROBES
    ]


def _browser(agent: str) -> str:
    if "Firefox/" in agent:
        return "firefox"
    return "safari" if "Safari/" in agent and "Chrome/" not in agent else "chrome"
