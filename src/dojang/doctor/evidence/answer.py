"""One answer that somebody saw."""

from collections.abc import Iterable
from dataclasses import dataclass

from dojang.doctor.sites import read
from dojang.doctor.situation import Cors, Exchange, Way
from dojang.errors import Misuse

__all__ = ["Answer", "BadEvidence", "Headers", "answer_of"]

Headers = list[tuple[str, str]]


class BadEvidence(Misuse, ValueError):
    """What the doctor was given to read is neither a HAR file nor what `curl -v` prints."""

    code = "bad-evidence"


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange that took place, and the cookies it set.

    Attributes:
        exchange: As far as it was written down.
        set_cookies: The values of its Set-Cookie headers, in order.
    """

    exchange: Exchange
    set_cookies: tuple[str, ...]


def answer_of(url: str, method: str, status: int, asked: Headers, answered: Headers) -> Answer:
    """Return what the headers of both sides tell.

    Args:
        url: Of the request.
        method: Of the request.
        status: Of the answer.
        asked: Headers of the request.
        answered: Headers of the answer.
    """
    page = _page(asked, url)
    destination = _first(asked, "sec-fetch-dest")
    way = _way(_first(asked, "sec-fetch-mode"), destination, page)
    cors = Cors(
        allow_origin=_first(answered, "access-control-allow-origin"),
        allow_credentials=_first(answered, "access-control-allow-credentials"),
    )
    exchange = Exchange(
        url=url,
        way=way,
        pages=(page,) if page and way != "typed" else (),
        method=method,
        credentials="same-origin" if destination == "font" else "include",
        status=status,
        cors=cors if way == "fetch" else None,
    )
    return Answer(exchange, tuple(_all(answered, "set-cookie")))


def _page(asked: Headers, url: str) -> str:
    """Return which page asked, or empty where nobody did."""
    named = (_first(asked, "origin"), _first(asked, "referer"))
    told = next((page for page in named if page not in {"", "null"}), "")
    target, site = read(url), _first(asked, "sec-fetch-site").lower()
    if told or target is None:
        return told
    if site == "cross-site":  # nobody knows which
        return f"{target.scheme}://unknown.invalid"
    return target.origin if site in {"same-origin", "same-site"} else ""


def _way(mode: str, destination: str, page: str) -> Way:
    if destination in {"iframe", "frame"} and page:
        return "frame"
    if mode == "navigate":
        return "navigation" if page else "typed"
    if mode == "websocket":
        return "websocket"
    if mode == "no-cors":
        return "image"
    if mode == "cors" and destination not in {"", "empty"}:
        return "crossorigin"
    return "fetch" if page else "typed"


def _all(headers: Headers, name: str) -> Iterable[str]:
    # HAR has one entry for each header, but some writers join them with line ends.
    for found, value in headers:
        if found.lower() == name:
            yield from value.split("\n")


def _first(headers: Headers, name: str) -> str:
    return next(iter(_all(headers, name)), "")
