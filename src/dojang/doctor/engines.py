"""The engines as data: where browsers differ; all other rules are common."""

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["ENGINES", "Engine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What one browser does where others do otherwise.

    Attributes:
        shown: Name and version that was looked at.
        measured: Whether the differential test runs it; if not, others' reports are all we have.
        lax_by_default: Whether a cookie without SameSite is Lax; if not, it is as None.
        lax_post: Seconds for which a cookie without SameSite goes with a POST from another site.
        schemeful: Whether http and https of one domain are two sites.
        redirects_count: Whether a redirect through another site makes a request cross-site.
        trusts_loopback: Whether http to this machine is as good as https for Secure.
        credentialless: Whether it knows `Cross-Origin-Embedder-Policy: credentialless`.
        third_party: What becomes of unpartitioned cookies of embedded sites.
        none_needs_secure: Whether SameSite=None without Secure is refused.
        takes_tab: Whether a tab within a line, but for Path, is fine.
        nameless: What a line without `=` is: a `value` without a name, or a `name` without value.
        loose_dates: Whether Expires may lack its time, or name a day that no month has.
        guards_by_host: Whether a Secure cookie of one host is safe only from cookies that reach
            that host; if not, also from those of the domain above it.
        host_path_may_be_default: Whether `__Host-` is content with a path that comes to be `/`.
        partitions: Whether it knows Partitioned; if not, it passes it over.
        partitions_since: Which versions of it know Partitioned, where that came and went.
        script_life: Seconds that a cookie lives at most if document.cookie set it, where they are
            fewer than for others.
        per_site: Cookies of one site, inclusive; beyond it the oldest go.
    """

    shown: str
    measured: bool
    lax_by_default: bool
    lax_post: int
    schemeful: bool
    redirects_count: bool
    trusts_loopback: bool
    credentialless: bool
    third_party: Literal["allowed", "partitioned", "blocked"]
    none_needs_secure: bool
    takes_tab: bool
    nameless: Literal["value", "name"]
    loose_dates: bool
    guards_by_host: bool
    host_path_may_be_default: bool
    partitions: bool
    partitions_since: str | None
    script_life: int | None
    per_site: int


_CHROMIUM = Engine(
    shown="Chromium 156",
    measured=True,
    lax_by_default=True,
    lax_post=120,
    schemeful=True,
    redirects_count=False,
    trusts_loopback=True,
    credentialless=True,
    third_party="allowed",
    none_needs_secure=True,
    takes_tab=False,
    nameless="value",
    loose_dates=False,
    guards_by_host=False,
    host_path_may_be_default=False,
    partitions=True,
    partitions_since=None,
    script_life=None,
    per_site=180,
)

_SAFARI = Engine(
    shown="Safari 26.2",
    measured=False,
    lax_by_default=False,
    lax_post=0,
    schemeful=False,
    redirects_count=True,
    trusts_loopback=False,
    credentialless=False,
    third_party="blocked",
    none_needs_secure=False,
    takes_tab=True,
    nameless="value",
    loose_dates=False,
    guards_by_host=False,
    host_path_may_be_default=False,
    partitions=True,
    partitions_since="18.4 and 26.2 on, not 18.5 to 26.1",
    script_life=7 * 24 * 3600,
    per_site=600,
)

ENGINES: dict[str, Engine] = {
    "chrome": _CHROMIUM,
    "chrome-incognito": replace(
        _CHROMIUM, shown="Chromium 156, third-party cookies blocked", third_party="blocked"
    ),
    "firefox": Engine(
        shown="Firefox ESR 153",
        measured=True,
        lax_by_default=False,
        lax_post=0,
        schemeful=False,
        redirects_count=True,
        trusts_loopback=True,
        credentialless=True,
        third_party="partitioned",
        none_needs_secure=True,
        takes_tab=True,
        nameless="name",
        loose_dates=True,
        guards_by_host=True,
        host_path_may_be_default=True,
        partitions=True,
        partitions_since=None,
        script_life=None,
        per_site=180,
    ),
    "safari": _SAFARI,
    "safari-26.1": replace(_SAFARI, shown="Safari 18.5 to 26.1", partitions=False),
}
