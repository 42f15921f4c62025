"""The doctor's trial: probe cookies by navigation, by fetch and in a frame, here and from afar."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dojang import clock
from dojang.server.pages.asking import Asking, address, asking, origin, sibling
from dojang.server.pages.probes import Result, probes, read
from dojang.server.pages.render import page
from dojang.suffixes import public_suffixes

__all__ = ["Trial", "answered", "begin", "policy", "results", "trials"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a page of results has the browser do.

    Attributes:
        way: `frame` or `fetch`.
        title: What it is, in words.
        url: Where.
    """

    way: str
    title: str
    url: str


def begin(request: Request) -> Response:
    """Set the probe cookies, and go where they are read."""
    asked = asking(request)
    response = RedirectResponse(asked.path("tried"), 303, asked.headers)
    for probe in probes(asked.way):
        response.headers.append("set-cookie", probe.line)
    return response


def results(request: Request, asked: Asking) -> list[Result]:
    """Return which probe cookies came back, beside what was to be expected."""
    return read(
        request.headers.get("cookie", ""),
        asked.exchange,
        far=asked.far,
        agent=request.headers.get("user-agent", ""),
        suffixes=public_suffixes(),
        now=clock.now(),
    )


def answered(request: Request, asked: Asking) -> Response:
    """Return the results as a frame shows them, or a script reads them."""
    found = results(request, asked)
    if asked.way == "frame":
        return page(request, "frame", headers=asked.headers, results=found)
    told = [
        {"cookie": result.line, "seen": result.seen, "surprise": result.surprise}
        for result in found
    ]
    return JSONResponse(told, headers=dict(asked.headers))


def forget(response: Response, asked: Asking) -> Response:
    """Let `response` drop the probes again."""
    for probe in probes(asked.way):
        response.headers.append("set-cookie", probe.deletion)
    return response


def trials(request: Request) -> Sequence[Trial]:
    """Return what is left to try once this page is shown."""
    url = address(request)
    own, other = origin(url), sibling(url)
    bases = {own: "", **({other: ", from a page of another site"} if other else {})}
    words = {"frame": "In a frame", "fetch": "By fetch, with credentials"}
    return [
        Trial(way, words[way] + whose, base + Asking(way, own, url).path("try"))
        for way in ("frame", "fetch")
        for base, whose in bases.items()
    ]


def policy(request: Request) -> str:
    """Return what a page with trials may do: our script, and frames of this server."""
    sources = " ".join(filter(None, ["'self'", sibling(address(request))]))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        f"connect-src {sources}; frame-src {sources}; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
