"""Situations that show the rows of what comes in: S1 to S23."""

from dataclasses import replace

from dojang.doctor import Cors, Earlier, Exchange
from dojang.doctor.situation import Way
from tests.doctor.browsers.draw import Draw, Drawn


class Incoming(Draw):
    """One method for each row."""

    def s1(self) -> Drawn:
        url = self.here("/auth/login")
        stored = replace(self.typed(url), status=self.status())
        return self.situation("S1", self.line("Path=/"), stored)

    def s2(self) -> Drawn:
        char = chr(self.random.choice([1, 8, 9, 9, 9, 0x0B, 0x1F, 0x7F]))
        where = self.random.choice(["={m}{c}x", "={c}{m}", "={m}; Path=/{c}x", "={m}{c}"])
        text = "sid" + where.format(c=char, m=self.mark())
        return self.situation("S2", text, self.typed(self.here()))

    def s3(self) -> Drawn:
        text = f"{self.line()}, two={self.pick('1', '2')}; Path=/"
        return self.situation("S3", text, self.typed(self.here()))

    def s4(self) -> Drawn:
        name = "n" * self.random.choice([1, 10, 100])
        mark = self.mark()
        size = self.random.choice([4095, 4096, 4097, 4098, 5000])
        value = mark + "x" * (size - len(name) - len(mark))
        extra = self.pick("; Path=/", "; Path=/" + "p" * 1024, "; Path=/" + "p" * 1023)
        return self.situation("S4", f"{name}={value}{extra}", self.typed(self.here("/a/b")))

    def s5(self) -> Drawn:
        text = self.pick("", "=", ";", "=; Path=/", "; Secure", f"={self.mark()}", self.mark())
        return self.situation("S5", text or "=", self.typed(self.here()))

    def s6(self) -> Drawn:
        life = self.pick(
            "Max-Age=0",
            "Max-Age=-1",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            "Max-Age=abc",
            "Max-Age=3600.5",
            "Expires=tomorrow",
            "Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "Max-Age=3600",
            "Expires=Wed, 21 Oct 2026 07:28:00 GMT",
            "Expires=0",
            "Max-Age=",
            "Expires=Fri, 01-Jan-2027 00:00:00 GMT",
        )
        return self.situation("S6", self.line(life), self.typed(self.here()))

    def s7(self) -> Drawn:
        life = self.pick(
            "Max-Age=34560000",
            "Max-Age=34560001",
            "Max-Age=604800000",
            "Max-Age=99999999999999",
            "Max-Age=34559999",
        )
        return self.situation("S7", self.line(life), self.typed(self.here()))

    def s8(self) -> Drawn:
        host = self.pick("app.one.test", "one.test", "127.0.0.1")
        domain = self.pick(
            "*",
            "*.one.test",
            "https://one.test",
            "one.test:8443",
            "one.test.",
            "one..test",
            "api.one.test",
            "two.test",
            "one.test",
            ".one.test",
            "..one.test",
            "ONE.test",
            "",
            "app.one.test",
            "127.0.0.1",
            "0.0.1",
            "x.app.one.test",
        )
        sent = self.typed(self.here(host=self.pick("app.one.test", "one.test", "api.one.test")))
        stored = self.typed(self.here(host=host))
        return self.situation("S8", self.line(f"Domain={domain}"), stored, sent)

    def s9(self) -> Drawn:
        host, domain = self.random.choice(
            [
                ("front.vercel.app", "vercel.app"),
                ("front.fly.dev", ".fly.dev"),
                ("a.up.railway.app", "up.railway.app"),
                ("a.up.railway.app", ".railway.app"),
                ("me.github.io", "github.io"),
                ("github.io", "github.io"),
                ("shop.co.kr", "co.kr"),
                ("www.shop.co.kr", "co.kr"),
                ("www.shop.co.kr", "shop.co.kr"),
                ("one.test", "test"),
                ("shop.co.kr", "kr"),
                ("front.vercel.app", "front.vercel.app"),
            ]
        )
        sent = self.typed(self.here(host=host))
        return self.situation("S9", self.line(f"Domain={domain}"), sent, sent)

    def s10(self) -> Drawn:
        scheme = self.pick("http", "https")
        host = self.pick("localhost", "a.localhost", "127.0.0.1", "localhost")
        domain = self.pick("localhost", ".localhost", "a.localhost", "127.0.0.1", "localhost")
        stored = self.typed(self.here(host=host, scheme=scheme))
        other = self.pick("localhost", "a.localhost", "127.0.0.1")
        sent = self.typed(self.here(host=other, scheme=scheme))
        return self.situation("S10", self.line(f"Domain={domain}"), stored, sent)

    def s11(self) -> Drawn:
        host = self.pick("one.test", "localhost", "a.localhost", "127.0.0.1", "two.test")
        stored = self.typed(self.here(host=host, scheme=self.pick("http", "http", "https")))
        return self.situation("S11", self.line("Secure"), stored)

    def s12(self) -> Drawn:
        host = self.pick("one.test", "app.one.test")
        old = self.pick(
            "sid=old; Secure",
            "sid=old; Secure; Path=/a",
            "sid=old",
            "sid=old; Secure; Domain=one.test",
            "other=old; Secure",
        )
        earlier = (Earlier(self.here("/a/b", host=host), old),)
        new = self.line(self.pick("", "Path=/", "Path=/a", "Path=/a/b", "Domain=one.test"))
        stored = self.typed(self.here("/a/b", host=self.pick(host, "one.test"), scheme="http"))
        return self.situation("S12", new, stored, earlier=earlier)

    def s13(self) -> Drawn:
        secure = self.pick("", "", "; Secure")
        front, api = self.foreign() if self.random.random() < 0.5 else self.sibling()
        stored = self.random.choice([self.typed(api), self.fetch(front, api)])
        return self.situation("S13", self.line(f"SameSite=None{secure}"), stored)

    def s14(self) -> Drawn:
        front, api = self.foreign()
        stored = self.embedded(api, front)
        if self.random.random() < 0.2:
            stored = Exchange(
                url=api, way="navigation", pages=(front,), method=self.pick("GET", "POST")
            )
        same_site = self.pick("", "SameSite=Lax", "SameSite=Strict", "SameSite=None; Secure")
        sent = self.random.choice([self.typed(api), stored])
        return self.situation("S14", self.line(same_site, "Path=/"), stored, sent)

    def s15(self) -> Drawn:
        typo = self.pick(
            "Laxx", "no", "", "true", "false", "NoneLax", "STRICT", "lax", "nOnE; Secure"
        )
        front, api = self.foreign()
        stored = self.random.choice([self.typed(api), self.embedded(api, front)])
        sent = self.random.choice([self.typed(api), self.embedded(api, front)])
        return self.situation("S15", self.line(f"SameSite={typo}"), stored, sent)

    def s16(self) -> Drawn:
        name = self.pick("__Host-", "__Secure-", "__Http-", "__Host-Http-", "__HOST-", "__secure-")
        attributes = [
            each for each in ("Secure", "Path=/", "HttpOnly") if self.random.random() < 0.75
        ]
        if self.random.random() < 0.2:
            attributes.append("Domain=one.test")
        scheme = self.pick("https", "https", "http")
        host = self.pick("one.test", "app.one.test", "localhost")
        url = self.here(host=host, scheme=scheme)
        stored = self.typed(url)
        if self.random.random() < 0.2:
            stored = Exchange(url=url, way="script", pages=(url,))
        return self.situation("S16", self.line(*attributes, name=f"{name}id"), stored)

    def s17(self) -> Drawn:
        front, api = self.foreign()
        stored = self.random.choice([self.typed(api), self.embedded(api, front)])
        sent = self.random.choice([self.typed(api), self.embedded(api, front)])
        secure = self.pick("", "Secure; SameSite=None")
        return self.situation("S17", self.line("Partitioned", secure), stored, sent)

    def s18(self) -> Drawn:
        front, api = self.random.choice([self.sibling(), self.foreign(), self.ports()])
        page = self.random.choice([front, api])
        mode = self.pick("same-origin", "omit", "include")
        stored = self.fetch(page, api, mode)
        return self.situation("S18", self.line(self.same_site()), stored)

    def s19(self) -> Drawn:
        front, api = self.random.choice([self.sibling(), self.foreign()])
        origin = front.rstrip("/")
        cors = self.random.choice(
            [
                Cors(allow_origin="*", allow_credentials="true"),
                Cors(),
                Cors(allow_origin=origin),
                Cors(allow_origin=origin, allow_credentials="True"),
                Cors(allow_origin=origin, allow_credentials="true"),
                Cors(preflight="failed"),
                Cors(allow_origin=origin, allow_credentials="true", preflight="passed"),
                Cors(preflight="failed"),
            ]
        )
        method = self.pick("GET", "PUT") if cors.preflight != "none" else self.pick("GET", "POST")
        stored = self.fetch(front, api, cors=cors, method=method)
        return self.situation("S19", self.line(self.same_site()), stored)

    def s20(self) -> Drawn:
        front, api = self.foreign()
        stored = self.random.choice([self.embedded(api, front), self.typed(api)])
        sent = self.random.choice([self.embedded(api, front), self.typed(api)])
        return self.situation("S20", self.line("SameSite=None; Secure"), stored, sent)

    def s21(self) -> Drawn:
        url = self.here(self.pick("/", "/a/b"))
        stored = Exchange(url=url, way="script", pages=(url,))
        earlier: tuple[Earlier, ...] = ()
        if self.random.random() < 0.5:
            earlier = (Earlier(url, self.pick("sid=old; HttpOnly", "sid=old")),)
        text = self.line(self.pick("HttpOnly", "", ""))
        return self.situation("S21", text, stored, earlier=earlier)

    def s22(self) -> Drawn:
        stored = self.typed(self.here())
        later = self.random.choice([0, 20, 100, 179, 180, 181, 200, 300])
        return self.situation("S22", self.line("Path=/"), stored, later=later)

    def s23(self) -> Drawn:
        url = self.here("/a/b", host="app.one.test")
        old = self.pick(
            "sid=old",
            "sid=old; Path=/",
            "sid=old; Domain=one.test",
            "sid=old; Domain=one.test; Path=/",
            "sid=old; Path=/a/b",
        )
        text = self.line(
            self.pick("", "Path=/", "Domain=one.test", "Path=/a/b"), self.pick("", "", "Max-Age=0")
        )
        earlier = (Earlier(url, old),)
        return self.situation("S23", text, self.typed(url), earlier=earlier)

    def chain_set(self) -> Drawn:
        """Return S14 with a redirect."""
        front, api = self.foreign()
        other = self.random.choice([front, self.here(host="three.test"), api])
        ways: list[Way] = ["navigation", "fetch", "image", "frame"]
        page = self.random.choice([front, api])
        stored = Exchange(
            url=api,
            way=self.random.choice(ways),
            pages=(page,),
            redirects=(other,),
            credentials=self.random.choice(["include", "same-origin"]),
        )
        return self.situation("S14 chain", self.line(self.same_site()), stored)
