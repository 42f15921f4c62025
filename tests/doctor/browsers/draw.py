"""Drawing the parts of a situation by a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from dojang.doctor import Exchange, Situation
from dojang.doctor.situation import Way

Url = Callable[..., str]


@dataclass(frozen=True)
class Drawn:
    """A situation, and the row that it was drawn to show."""

    row: str
    situation: Situation
    first_method: str = ""


class Draw:
    """Draws situations; a cookie's value is a mark that nothing else has."""

    def __init__(self, seed: int, url: Url, browser: str) -> None:
        self.random = Random(seed)
        self.url = url
        self.browser = browser
        self._count = 0

    def mark(self) -> str:
        self._count += 1
        return f"mark{self._count}end"

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def host(self) -> str:
        return self.pick("one.test", "app.one.test", "api.one.test", "shop.co.kr", "me.github.io")

    def here(self, path: str = "/", host: str = "", scheme: str = "https") -> str:
        return self.url(scheme, host or self.host(), path)

    def sibling(self, path: str = "/") -> tuple[str, str]:
        """Return two addresses of one site and two origins."""
        one, two = self.random.choice(
            [
                ("app.one.test", "api.one.test"),
                ("one.test", "api.one.test"),
                ("www.shop.co.kr", "shop.co.kr"),
                ("www.two.test", "two.test"),
            ]
        )
        return self.here(host=one), self.here(path, host=two)

    def foreign(self, path: str = "/") -> tuple[str, str]:
        """Return two addresses of two sites."""
        one, two = self.random.choice(
            [
                ("one.test", "two.test"),
                ("app.one.test", "www.two.test"),
                ("front.vercel.app", "api.vercel.app"),
                ("front.vercel.app", "front.fly.dev"),
                ("a.up.railway.app", "b.up.railway.app"),
                ("me.github.io", "two.test"),
                ("localhost", "127.0.0.1"),
                ("a.localhost", "b.localhost"),
                ("localhost", "one.test"),
            ]
        )
        return self.here(host=one), self.here(path, host=two)

    def typed(self, url: str) -> Exchange:
        return Exchange(url=url, way="typed")

    def status(self) -> int:
        return self.random.choice([200, 200, 201, 301, 302, 303, 307, 400, 401, 403, 404, 500])

    def fetch(self, page: str, url: str, credentials: str = "include", **more: object) -> Exchange:
        return Exchange(url=url, pages=(page,), credentials=credentials, **more)  # type: ignore[arg-type]

    def situation(
        self,
        row: str,
        set_cookie: str,
        stored: Exchange,
        sent: Exchange | None = None,
        *,
        first_method: str = "",
        **more: object,
    ) -> Drawn:
        asked = sent or self.typed(stored.url)
        situation = Situation(
            set_cookie=set_cookie,
            stored_by=stored,
            sent_by=asked,
            browser=self.browser,
            **more,  # type: ignore[arg-type]
        )
        return Drawn(row, situation, first_method)

    def line(self, *attributes: str, name: str = "sid") -> str:
        return "; ".join([f"{name}={self.mark()}", *(each for each in attributes if each)])

    def same_site(self) -> str:
        return self.pick("", "SameSite=Lax", "SameSite=Strict", "SameSite=None; Secure")

    def ports(self) -> tuple[str, str]:
        # Two ports are two origins of one host; the two that there are differ in scheme too.
        return self.here(host="localhost", scheme="http"), self.here(host="localhost")

    def embedded(self, url: str, page: str) -> Exchange:
        ways: list[Way] = ["fetch", "image", "frame", "websocket"]
        way = self.random.choice(ways)
        return Exchange(url=url, way=way, pages=(page,), credentials="include")
