"""Settings by which other hosts share what is kept here."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dojang.doctor import sites
from dojang.server import addresses
from dojang.suffixes import public_suffixes

__all__ = ["contradictions"]


def contradictions(
    *, url: str, cookie_domain: str | None, forward_auth: Path | None, proxies: Sequence[str]
) -> Iterator[str]:
    """Yield a line for what cannot be, each by the name of its setting."""
    if forward_auth is not None and not proxies:
        yield (
            f"DOJANG_FORWARD_AUTH is {str(forward_auth)!r}, and no proxy is believed: name those "
            "that ask in DOJANG_PROXIES"
        )
    if cookie_domain is None:
        return
    host = addresses.host_of(url)
    if not addresses.is_within(host, cookie_domain):
        yield (
            f"DOJANG_COOKIE_DOMAIN is {cookie_domain}, and DOJANG_URL is {url}, which is not in "
            "it: browsers would refuse the cookie"
        )
    elif _is_everybodys(cookie_domain):
        yield (
            f"DOJANG_COOKIE_DOMAIN is {cookie_domain}, a public suffix: anybody may have a domain "
            "below it, and browsers would refuse the cookie; write a domain that is yours, such as "
            f"{sites.site(host, public_suffixes())}"
        )


def _is_everybodys(domain: str) -> bool:
    return not sites.is_loopback(domain) and public_suffixes()(domain) == domain
