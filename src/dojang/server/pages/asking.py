"""Who asks for the doctor's probe cookies, how, and what lets them have the answer.

A page of another site is one under another name of this machine: to a browser, localhost and
127.0.0.1 are two sites, and one server answers to both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from dojang.adapters.hopeless import browser_url
from dojang.doctor import Exchange
from dojang.doctor.situation import Cors

__all__ = ["Asking", "Way", "address", "asking", "origin", "sibling"]

Way = Literal["typed", "fetch", "frame"]

_NAMES = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One way to ask.

    Attributes:
        way: As the doctor calls it.
        page: Origin of the page that asks.
        url: Where the browser believes to ask.
    """

    way: Way
    page: str
    url: str

    @property
    def far(self) -> bool:
        """Whether the page is of another site."""
        return self.page != origin(self.url)

    @property
    def exchange(self) -> Exchange:
        """The same, as the doctor is told."""
        if self.way == "typed":
            return Exchange(url=self.url, way="typed")
        cors = Cors(allow_origin=self.page, allow_credentials="true")
        pages = (f"{self.page}/",)
        return Exchange(url=self.url, way=self.way, pages=pages, credentials="include", cors=cors)

    @property
    def headers(self) -> Mapping[str, str]:
        """What lets that page, and no other, have the answer."""
        kept = {"cache-control": "no-store"}
        if self.way == "frame":
            policy = f"default-src 'none'; style-src 'self'; frame-ancestors {self.page}"
            kept |= {"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
        if self.way == "fetch":
            kept |= {"access-control-allow-origin": self.page, "vary": "Origin"}
            kept |= {"access-control-allow-credentials": "true"}
        return kept

    def path(self, step: Literal["try", "tried"]) -> str:
        """Return where this server sets the probes, or reads them."""
        return f"/doctor/{step}/{self.way}?page={quote(self.page, safe='')}"


def asking(request: Request) -> Asking:
    """Return who asks in this request.

    Raises:
        HTTPException: 404, for another way, or a page that is not of this server.
    """
    way, url = request.path_params["way"], address(request)
    page = request.query_params.get("page", origin(url))
    if way not in get_args(Way) or page not in {origin(url), sibling(url)}:
        raise HTTPException(404)
    return Asking(cast("Way", way), page, url)


def address(request: Request) -> str:
    """Return where the browser believes to be."""
    return browser_url(dict(request.headers), scheme=request.scope.get("scheme", "http"))


def origin(url: str) -> str:
    """Return the origin of a URL, as browsers write it."""
    return f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"


def sibling(url: str) -> str | None:
    """Return the origin of this server under the other name of this machine; None elsewhere."""
    name, colon, port = urlsplit(url).netloc.partition(":")
    other = _NAMES.get(name)
    return other and f"{urlsplit(url).scheme}://{other}{colon}{port}"
