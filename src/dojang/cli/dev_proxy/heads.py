"""The heads of requests and answers on their way through the proxy."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dojang.doctor.local import from_local, to_local
from dojang.doctor.sites import Place, is_loopback, read

__all__ = ["Head", "for_api", "for_browser", "is_preflight", "preflight", "refusal"]

#: What concerns a single connection, or what the proxy says itself.
_HOP = {"connection", "keep-alive", "proxy-connection", "expect", "referer"}


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers of a message, as text in latin-1."""

    first: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, data: bytes) -> "Head | None":
        """Return the head that `data` is, or None where it is none."""
        first, *lines = data.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = [line.partition(":") for line in lines]
        if len(first.split(" ")) < 2 or not all(name and colon for name, colon, _ in headers):  # noqa: PLR2004 - method and target, or version and status
            return None
        if any(name != name.strip() for name, _, _ in headers):
            return None
        return cls(first, tuple((name, value.strip()) for name, _, value in headers))

    def get(self, name: str) -> str:
        """Return the first value of a header, or empty."""
        return next((value for found, value in self.headers if found.lower() == name), "")

    @property
    def status(self) -> int:
        """The status of an answer, or 0 where there is none."""
        words = self.first.split(" ")
        told = words[0].startswith("HTTP/") and re.fullmatch("[1-9][0-9]{2}", words[1])
        return int(words[1]) if told else 0

    @property
    def upgrades(self) -> bool:
        """Whether it is about another protocol, such as WebSocket."""
        return "upgrade" in self.get("connection").lower()

    def __bytes__(self) -> bytes:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")


def refusal(head: Head) -> str | None:
    """Return why a request is not let through, or None if it is.

    Whatever page of the internet a developer looks at must not reach the API through us: not by
    asking (Origin), and not by a name that somebody points here (Host).
    """
    host = read(f"http://{head.get('host')}")
    if host is None or not is_loopback(host.host):
        return "this proxy answers to names of this machine only"
    origin = head.get("origin")
    if origin and not _is_local(origin):
        return "this proxy is for pages of this machine only"
    if head.get("sec-fetch-site") == "cross-site" and head.get("sec-fetch-mode") != "navigate":
        return "this proxy is for pages of this machine only"
    return None


def is_preflight(head: Head) -> bool:
    """Return whether a browser asks if it may ask."""
    asks = head.get("access-control-request-method")
    return head.first.startswith("OPTIONS ") and bool(asks)


def preflight(head: Head) -> Head:
    """Return the answer to a preflight: a page of this machine may ask anything."""
    allowed = (
        ("Access-Control-Allow-Methods", head.get("access-control-request-method")),
        ("Access-Control-Allow-Headers", head.get("access-control-request-headers")),
        ("Content-Length", "0"),
        ("Connection", "close"),
    )
    return Head("HTTP/1.1 204 No Content", (*_cors(head), *allowed))


def for_api(head: Head, api: Place) -> Head:
    """Return a request as the API gets it: as if one of its own pages had asked."""
    named = {"host": api.origin.partition("://")[2], "origin": api.origin}
    named["sec-fetch-site"] = "same-origin"
    headers = [
        (name, from_local(value) if name.lower() == "cookie" else named.get(name.lower(), value))
        for name, value in head.headers
        if name.lower() not in _HOP
    ]
    connection = "Upgrade" if head.upgrades else "close"
    return replace(head, headers=(*headers, ("Connection", connection)))


def for_browser(answer: Head, asked: Head, api: Place) -> Head:
    """Return an answer as the browser gets it."""
    connection = "Upgrade" if answer.upgrades else "close"
    headers = (*_local(answer.headers, asked, api), *_cors(asked), ("Connection", connection))
    return replace(answer, headers=headers)


def _local(
    headers: Iterable[tuple[str, str]], asked: Head, api: Place
) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        lowered = name.lower()
        if lowered == "set-cookie":
            yield name, to_local(value)
        elif lowered == "location" and (value + "/").startswith(f"{api.origin}/"):
            yield name, f"http://{asked.get('host')}{value[len(api.origin) :]}"
        elif lowered not in _HOP | {"strict-transport-security"} and not (
            asked.get("origin") and lowered.startswith("access-control-allow-")
        ):
            yield name, value


def _cors(asked: Head) -> tuple[tuple[str, str], ...]:
    origin = asked.get("origin")
    if not origin:
        return ()
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )


def _is_local(origin: str) -> bool:
    place = read(origin)
    return place is not None and is_loopback(place.host)
