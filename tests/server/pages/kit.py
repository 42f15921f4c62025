"""What the tests of the pages share: somebody with a browser, and a page as they see it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.server.kit import PASSWORD, browser, parts

ORIGIN = {"sec-fetch-site": "same-origin"}

#: Sent by browsers with an empty form too, unlike by the client used here.
FORM = {"content-type": "application/x-www-form-urlencoded"}

MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)

_VOID = {"input", "meta", "link", "br", "path", "circle", "ellipse"}
_INLINE = {"a", "bdi", "code", "span", "strong", "time"}


@dataclass
class Page(HTMLParser):
    """An HTML page, taken apart."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    title: str = ""
    declaration: str = ""

    @classmethod
    def of(cls, answer: Response) -> "Page":
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        page = cls()
        page.feed(answer.text)
        page.close()
        assert page._open == []  # every element is closed, in order
        return page

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str]]] = []

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert len(found) == len(attrs)  # no attribute twice
        self.tags.append((tag, found))
        if tag not in _INLINE:
            self.pieces.append(" ")
        if tag not in _VOID:
            self._open.append((tag, found))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        if any(tag == "title" for tag, _ in self._open):
            self.title += data
            return
        self.pieces.append(data)
        if any(attributes.get("role") == "alert" for _, attributes in self._open):
            self.alerts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    @property
    def alert(self) -> str:
        return " ".join("".join(self.alerts).split())

    def all(self, tag: str, **having: str) -> list[dict[str, str]]:
        wanted = {name.rstrip("_"): value for name, value in having.items()}
        return [
            attributes
            for found, attributes in self.tags
            if found == tag and wanted.items() <= attributes.items()
        ]

    def input(self, name: str) -> dict[str, str]:
        (found,) = self.all("input", name=name)
        return found

    def tokens(self) -> set[str]:
        return {found["value"] for found in self.all("input", name="csrf")}

    def handles(self) -> list[str]:
        return [found["value"] for found in self.all("input", name="handle")]


class Person:
    """Somebody with a browser of their own, who follows no redirect without looking."""

    def __init__(self, app: Starlette, agent: str = MAC) -> None:
        self.app = app
        self.client: TestClient = browser(app, **{"user-agent": agent, "accept": "text/html"})
        self.client.follow_redirects = False

    @property
    def cookie(self) -> str | None:
        return self.client.cookies.get(parts(self.app).sessions.cookie.name)

    @cookie.setter
    def cookie(self, value: str) -> None:
        name = parts(self.app).sessions.cookie.name
        # The jar's way of writing a host without a dot.
        self.client.cookies.set(name, value, domain="localhost.local", path="/")

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def look(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status_code == 200, answer.headers
        return Page.of(answer)

    def send(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Response:
        """Send a form as the browsers of today do, which say where it came from."""
        return self.client.post(path, data=fields or {}, headers={**FORM, **ORIGIN, **headers})

    def send_blindly(self, path: str, **fields: str) -> Response:
        """Send a form without saying where it came from."""
        return self.client.post(path, data=fields, headers=FORM)

    def sign_up(self, login: str = "ada@example.org", **fields: str) -> "Person":
        answer = self.send("/sign-up", {"login": login, "password": PASSWORD, **fields})
        assert answer.status_code == 303, answer.text
        return self

    def sign_in(self, login: str = "ada@example.org", **fields: str) -> "Person":
        fields = {"login": login, "password": PASSWORD, "remember": "yes", **fields}
        answer = self.send("/sign-in", fields)
        assert answer.status_code == 303, answer.text
        return self


def leads(answer: Response) -> str:
    """Return where a redirect goes that every browser follows with GET."""
    assert answer.status_code == 303, answer.text
    location: Any = answer.headers["location"]
    return str(location)
