"""Two servers that share a cookie, and somebody who visits both."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2
from playwright.sync_api import Page

from dojang.wire import chunks
from dojang.wire.iron.iron_session import IronSeal

__all__ = ["COOKIE", "NOW", "PASSWORD", "Guest", "Pair", "post", "shown"]

PASSWORD = "correct horse battery staple, and more"
COOKIE = "shop"

#: Unix milliseconds; a request says its time, and both servers believe it.
NOW = 1_767_225_600_000


@dataclass(frozen=True)
class Pair:
    """The two servers, by URL."""

    node: str
    dojang: str

    def others(self, name: str) -> tuple[str, str]:
        """Return the one called `name`, and the other."""
        return (self.node, self.dojang) if name == "node" else (self.dojang, self.node)


class Guest:
    """Somebody with one browser, who visits both."""

    def __init__(self) -> None:
        self.client = httpx2.Client()

    def get(self, url: str, *, at: int = NOW) -> dict[str, Any]:
        answer = self.client.get(f"{url}/", headers={"x-now": str(at)})
        shown: dict[str, Any] = answer.raise_for_status().json()
        return shown

    def post(self, url: str, body: Any = None, *, at: int = NOW) -> httpx2.Response:
        answer = self.client.post(url, json=body or {}, headers={"x-now": str(at)})
        return answer.raise_for_status()

    def user(self, url: str, *, at: int = NOW) -> Any:
        return self.get(url, at=at)["user"]

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    @property
    def claims(self) -> dict[str, Any]:
        """What is sealed, our own member included."""
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        (text,) = chunks.candidates(header, COOKIE)
        return IronSeal(PASSWORD).decode(text, now=NOW).claims

    @property
    def expires(self) -> int | None:
        return IronSeal(PASSWORD).decode(self.cookies[COOKIE], now=NOW).expires


def shown(page: Page) -> Any:
    """Return the JSON that a tab shows."""
    return page.evaluate("JSON.parse(document.body.innerText)")


def post(page: Page, path: str, body: Any = None) -> None:
    """Let the page in a tab post JSON to where it came from."""
    script = "([path, body]) => fetch(path, {method: 'POST', body}).then(answer => answer.text())"
    page.evaluate(script, [path, json.dumps(body or {})])
