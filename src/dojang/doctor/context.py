"""One exchange in one browser: whose request it is in the eyes of cookies."""

from dataclasses import dataclass
from typing import Literal

from dojang.doctor.engines import Engine
from dojang.doctor.sites import Place, Suffixes, is_loopback, read, same_site, site
from dojang.doctor.situation import Credentials, Exchange, Way

__all__ = ["Context", "Crossing", "Unreadable"]

#: Why a request is of another site than the cookie's, or that it is not.
Crossing = Literal["no", "asker", "ancestor", "redirect"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Ways that take the whole tab somewhere.
TOP_LEVEL = frozenset({"typed", "navigation", "reload"})
#: Ways that no browser goes.
OUTSIDE = frozenset({"server", "forward-auth"})
#: Ways that say whether cookies are to go along.
_CHOOSING: frozenset[Way] = frozenset({"fetch", "crossorigin"})


class Unreadable(ValueError):
    """A URL of the situation is none."""


@dataclass(frozen=True, slots=True)
class Context:
    """An exchange, with its URLs read.

    Attributes:
        exchange: As it was described.
        engine: Of the browser.
        suffixes: The public suffix list.
        target: Where it arrives.
        pages: The documents it comes from, outermost first.
        redirects: What it passed on the way.
    """

    exchange: Exchange
    engine: Engine
    suffixes: Suffixes
    target: Place
    pages: tuple[Place, ...]
    redirects: tuple[Place, ...]

    @classmethod
    def of(cls, exchange: Exchange, engine: Engine, suffixes: Suffixes) -> "Context":
        """Return the context of `exchange`.

        Raises:
            Unreadable: One of its URLs cannot be read; the message says which.
        """
        return cls(
            exchange,
            engine,
            suffixes,
            _place(exchange.url, "the address of the request"),
            tuple(_place(url, "the address of a page") for url in exchange.pages),
            tuple(_place(url, "the address of a redirect") for url in exchange.redirects),
        )

    @property
    def secure(self) -> bool:
        """Whether Secure cookies travel on this connection."""
        trusted = self.engine.trusts_loopback and is_loopback(self.target.host)
        return self.target.https or trusted

    @property
    def top_level(self) -> bool:
        """Whether the request fills the tab."""
        return self.exchange.way in TOP_LEVEL or not self.pages

    @property
    def safe(self) -> bool:
        """Whether its method changes nothing (RFC 9110 section 9.2.1)."""
        return self.exchange.method.upper() in _SAFE

    @property
    def site(self) -> str:
        """The registrable domain of the target."""
        return site(self.target.host, self.suffixes)

    @property
    def top(self) -> Place:
        """What the address bar shows while the request is under way."""
        return self.target if self.top_level else self.pages[0]

    def is_same_site(self, one: Place, other: Place) -> bool:
        """Return whether two places are of one site for this engine."""
        return same_site(one, other, self.suffixes, schemeful=self.engine.schemeful)

    @property
    def crossing(self) -> Crossing:
        """Why the request counts as of another site, for SameSite."""
        asking = self.pages[-1:] if self.top_level else self.pages
        if asking and not self.is_same_site(asking[0], self.target):
            return "asker"
        if any(not self.is_same_site(page, self.target) for page in asking):
            return "ancestor"
        if self.engine.redirects_count and any(
            not self.is_same_site(hop, self.target) for hop in self.redirects
        ):
            return "redirect"
        return "no"

    @property
    def third_party(self) -> bool:
        """Whether the target is embedded in a page of another site."""
        return not self.top_level and any(
            not self.is_same_site(page, self.target) for page in self.pages
        )

    @property
    def partition(self) -> str:
        """The key of partitioned cookies: the top-level site, and whether another is between."""
        key = f"{self.top.scheme}://{site(self.top.host, self.suffixes)}"
        return f"{key} (embedded)" if self.third_party else key

    @property
    def credentials(self) -> Credentials:
        """The request's credentials mode.

        Source: Fetch Standard, section 2.2.5; HTML Standard, "cross-origin embedder policies".
        """
        if not self.pages:
            return "include"
        if self.exchange.way in _CHOOSING:
            return self.exchange.credentials
        spared = self.exchange.credentialless and self.engine.credentialless
        return "same-origin" if spared and self.exchange.way == "image" else "include"

    @property
    def has_credentials(self) -> bool:
        """Whether the request carries cookies, and its answer may set some.

        Source: Fetch Standard, "HTTP-network-or-cache fetch".
        """
        if self.credentials != "same-origin":
            return self.credentials == "include"
        asker = self.pages[-1].origin
        return all(hop.origin == asker for hop in (*self.redirects, self.target))

    @property
    def cross_origin(self) -> bool:
        """Whether the page that asks is of another origin."""
        return bool(self.pages) and self.pages[-1].origin != self.target.origin

    @property
    def mixed(self) -> bool:
        """Whether an encrypted page asks for something in the clear, which browsers do not."""
        embedded = not self.top_level and self.exchange.way not in OUTSIDE | {"script", "image"}
        clear = not self.target.https and not is_loopback(self.target.host)
        return embedded and clear and any(page.https for page in self.pages)


def _place(url: str, what: str) -> Place:
    place = read(url)
    if place is None:
        raise Unreadable(f"{what} is no http or https URL: write it with its scheme and host")
    return place
