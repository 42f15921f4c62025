"""Situations that show the rows of what goes out: X1 to X9."""

from collections.abc import Callable

from dojang.doctor import Exchange
from dojang.doctor.situation import Way
from tests.doctor.browsers.draw import Draw, Drawn

NEITHER_PAGE_NOR_FETCH: list[Way] = ["websocket", "crossorigin", "image"]


class Outgoing(Draw):
    """One method for each row."""

    def x1(self) -> Drawn:
        stored = self.here(host=self.pick("one.test", "app.one.test"))
        sent = self.here(host=self.pick("one.test", "app.one.test", "api.one.test", "two.test"))
        text = self.line(self.pick("", "Domain=one.test", "Domain=app.one.test"))
        return self.situation("X1", text, self.typed(stored), self.typed(sent))

    def x2(self) -> Drawn:
        paths = ["/", "/api", "/api/", "/apis", "/api/x", "/auth/login", "/auth", "/auth/", "/a"]
        path = self.pick("", "Path=/", "Path=/api", "Path=/api/", "Path=api", "Path=/auth", "Path=")
        host = self.host()
        stored = self.here(self.random.choice(paths), host=host)
        sent = self.here(self.random.choice(paths), host=host)
        return self.situation("X2", self.line(path), self.typed(stored), self.typed(sent))

    def x3(self) -> Drawn:
        host = self.pick("one.test", "two.test", "localhost", "127.0.0.1", "a.localhost")
        stored = self.here(host=host)
        sent = self.here(host=host, scheme=self.pick("http", "http", "https"))
        text = self.line(self.pick("Secure", "Secure", ""))
        return self.situation("X3", text, self.typed(stored), self.typed(sent))

    def x4(self) -> Drawn:
        front, api = self.random.choice([self.sibling(), self.foreign(), self.ports()])
        page = self.random.choice([front, front, api])
        sent = self.fetch(page, api, self.pick("same-origin", "omit", "include"))
        return self.situation("X4", self.line(self.same_site()), self.typed(api), sent)

    def x5(self) -> Drawn:
        front, api = self.foreign() if self.random.random() < 0.7 else self.sibling()
        stored = self.typed(api)
        ways: list[Callable[[], Exchange]] = [
            lambda: Exchange(url=api, way="navigation", pages=(front,)),
            lambda: Exchange(url=api, way="navigation", pages=(front,), method="POST"),
            lambda: self.embedded(api, front),
            lambda: self.typed(api),
        ]
        return self.situation("X5", self.line(self.same_site()), stored, self.random.choice(ways)())

    def chain(self) -> Drawn:
        """Return X5 with a redirect: through another site, or on from one's own."""
        front, api = self.foreign()
        other = self.random.choice([front, self.here(host="three.test"), api])
        asker = self.random.choice([front, api])
        shape = self.random.randrange(5)
        first = ""
        if shape == 0:
            sent = Exchange(url=api, way="navigation", pages=(asker,), redirects=(other,))
        elif shape == 1:
            first = self.pick("POST", "GET")
            sent = Exchange(url=api, way="navigation", pages=(asker,), redirects=(other,))
        elif shape == 2:
            sent = Exchange(
                url=api, way="navigation", pages=(asker,), redirects=(other,), method="POST"
            )
        elif shape == 3:
            sent = Exchange(url=api, way="typed", redirects=(other,))
        else:
            sent = self.fetch(asker, api, redirects=(other,))
        return self.situation(
            "X5 chain", self.line(self.same_site()), self.typed(api), sent, first_method=first
        )

    def schemes(self) -> Drawn:
        """Return X5 between http and https of one host, where schemes make sites or not."""
        host = self.pick("one.test", "localhost")
        page = self.here(host=host, scheme="http")
        api = self.here(host=self.pick(host, host, "a.localhost"))
        ways: list[Callable[[], Exchange]] = [
            lambda: Exchange(
                url=api, way="navigation", pages=(page,), method=self.pick("GET", "POST")
            ),
            lambda: self.embedded(api, page),
        ]
        stored = self.random.choice([self.typed(api), self.random.choice(ways)()])
        sent = self.random.choice(ways)()
        return self.situation("X5 scheme", self.line(self.same_site()), stored, sent)

    def x6(self) -> Drawn:
        _, api = self.foreign()
        tops = [self.here(host=host) for host in ("three.test", "one.test", "localhost")]
        one, two = self.random.choice(tops), self.random.choice(tops)
        ways = [self.embedded(api, one), self.embedded(api, two), self.typed(api)]
        stored, sent = self.random.choice(ways), self.random.choice(ways)
        text = self.line("SameSite=None; Secure", self.pick("Partitioned", "Partitioned", ""))
        return self.situation("X6", text, stored, sent)

    def x7(self) -> Drawn:
        front, api = self.random.choice([self.foreign(), self.sibling()])
        third = self.here(host="three.test")
        pages = self.random.choice(
            [
                (api, third, api),
                (api, third),
                (api, api),
                (api, front, api),
                (front, api),
                (api, front),
            ]
        )
        ways: list[Way] = ["fetch", "frame", "image", "websocket"]
        inside = Exchange(
            url=api,
            way=self.random.choice(ways),
            pages=pages,
            credentials="include",
        )
        stored = self.random.choice([self.typed(api), inside])
        text = self.line(self.same_site(), self.pick("", "", "Secure; Partitioned"))
        return self.situation(
            "X7", text, stored, self.random.choice([inside, inside, self.typed(api)])
        )

    def x8(self) -> Drawn:
        front, api = self.foreign() if self.random.random() < 0.8 else self.sibling()
        sent = Exchange(url=api, way="reload", pages=(front,))
        return self.situation("X8", self.line(self.same_site()), self.typed(api), sent)

    def x9(self) -> Drawn:
        front, api = self.foreign() if self.random.random() < 0.5 else self.sibling()
        sent = Exchange(
            url=api,
            way=self.random.choice(NEITHER_PAGE_NOR_FETCH),
            pages=(front,),
            credentials=self.random.choice(["include", "same-origin"]),
            credentialless=self.random.random() < 0.3,
        )
        return self.situation("X9", self.line(self.same_site()), self.typed(api), sent)
