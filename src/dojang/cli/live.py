"""Looking at a live address as a browser that was told to go there."""

import re
import socket
import ssl
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import quote, urljoin

from dojang.cli.dev_proxy.heads import Head
from dojang.doctor.evidence import Answer
from dojang.doctor.evidence.answer import answer_of
from dojang.doctor.sites import Place, read

__all__ = ["Visit", "visit"]

#: Redirects that are followed, inclusive.
_HOPS = 10

#: Seconds for one answer.
_PATIENCE = 10

#: Bytes of a head, inclusive; browsers count no headers either.
_HEAD = 256 * 1024

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BEFORE_PATH = re.compile(r"[^:]*://[^/?]*")


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen on the way.

    Attributes:
        answers: In order; each but the last redirects.
        ended: Why the last redirect was not followed, or None where the way has an end.
    """

    answers: tuple[Answer, ...]
    ended: str | None


def visit(url: str) -> Visit:
    """Return the answers of `url` and of everything it redirects to.

    Args:
        url: Any text is safe to pass.
    """
    answers: list[Answer] = []
    for _ in range(_HOPS + 1):
        place = read(url)
        if place is None:
            return Visit(tuple(answers), _no_address(answers))
        try:
            status, headers = _get(place, url)
        except (OSError, ValueError) as error:  # what cannot be a name in DNS is a UnicodeError
            return Visit(tuple(answers), f"{place.origin} does not answer: {error}")
        answers.append(answer_of(url, "GET", status, [("sec-fetch-mode", "navigate")], headers))
        location = next((value for name, value in headers if name.lower() == "location"), None)
        if location is None or status not in _REDIRECTS:
            return Visit(tuple(answers), None)
        url = _joined(url, location)
    return Visit(tuple(answers), f"more than {_HOPS} redirects")


def _no_address(answers: list[Answer]) -> str:
    what = "where the last answer redirects to" if answers else "that"
    return f"{what} is no address of http or https"


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _get(place: Place, url: str) -> tuple[int, list[tuple[str, str]]]:
    target = quote(_BEFORE_PATH.sub("", url.strip().partition("#")[0], count=1), safe=_SAFE)
    target = target if target.startswith("/") else f"/{target}"
    host = place.origin.partition("://")[2]
    asked = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    with _connected(place) as connection, connection.makefile("rb") as file:
        connection.sendall(asked.encode("ascii"))
        while (status := (head := _head(cast("BinaryIO", file))).status) // 100 == 1:
            continue  # announces an answer
    return status, [(name, _text(value)) for name, value in head.headers]


#: What stands in the target of a request as it is (WHATWG URL Standard, query percent-encode set).
_SAFE = "!$%&()*+,/:;=?@[]\\^`{|}~'"


def _connected(place: Place) -> socket.socket:
    host = place.host.strip("[]")
    connection = socket.create_connection((host, place.port), timeout=_PATIENCE)
    if not place.https:
        return connection
    # Whose certificate it is does not matter for what becomes of the cookie.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001 - as just said
    return context.wrap_socket(connection, server_hostname=host)


def _head(file: BinaryIO) -> Head:
    data = b""
    while (line := file.readline(_HEAD - len(data) + 1)) not in {b"\r\n", b"\n", b""}:
        data += line.rstrip(b"\r\n") + b"\r\n"
        if len(data) > _HEAD:
            raise ValueError(f"its head is longer than {_HEAD} bytes")
    head = Head.of(data)
    if head is None or not head.status:
        raise ValueError("that is not HTTP")
    return head


def _text(value: str) -> str:
    """Return a header, which came as latin-1, as what its bytes most likely spell."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
