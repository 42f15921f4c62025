"""A real nginx that ends TLS: the Secure cookie, the origin and the address, in every framework."""

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dojang import blocking
from dojang.sessions import Sessions
from tests.adapters.guarded import APPLICATIONS
from tests.adapters.homes import PRINCIPAL
from tests.conftest import SECRET
from tests.granian import granian
from tests.nginx import HEADERS, nginx
from tests.redis import until

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0)"}
FORM = {"Content_Type": "application/x-www-form-urlencoded"}

#: Who connects: another address of this machine than the one that nginx connects from.
VISITOR = "127.0.0.9"


@dataclass
class Site:
    port: int
    behind: int
    log: Path
    sessions: Sessions

    def ask(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask through nginx, as a browser at VISITOR does."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=30, context=context, source_address=(VISITOR, 0)
        )
        return self._asked(connection, f"localhost:{self.port}", method, path, headers)

    def ask_directly(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask the application, past nginx."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.behind, timeout=30, source_address=(VISITOR, 0)
        )
        return self._asked(connection, "shop.example", method, path, headers)

    def says(self, sentence: str) -> None:
        """Wait until it is in the log, which Litestar writes in a thread of its own."""
        until(lambda: sentence in self.log.read_text())

    def _asked(
        self,
        connection: http.client.HTTPConnection,
        host: str,
        method: str,
        path: str,
        headers: dict[str, str],
    ) -> http.client.HTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, "", {**BROWSER, "Host": host, **named})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


@contextmanager
def site(
    framework: str, folder: Path, *, headers: str = HEADERS, trusted: str = "127.0.0.1"
) -> Iterator[Site]:
    home, log = f"sqlite:///{folder}/sessions.db", folder / "app.log"
    interface, _ = APPLICATIONS[framework]
    own = {"FRAMEWORK": framework, "SESSIONS": home, "TRUSTED": trusted}
    sessions = Sessions.from_url(home, secret=SECRET, principal=PRINCIPAL)
    with (
        granian("tests.adapters.behind:app", log, interface=interface, **own) as behind,
        nginx(folder / "nginx", behind, headers) as port,
    ):
        yield Site(port, behind, log, sessions)
    sessions.close()


@pytest.fixture(params=APPLICATIONS)
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_secure_cookie_an_origin_and_an_address_come_through(
    framework: str, tmp_path: Path
) -> None:
    with site(framework, tmp_path) as shop:
        origin = f"https://localhost:{shop.port}"
        answer = shop.ask(
            "POST", "/login", Origin=origin, X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="gopher",
            X_Forwarded_Host="evil.example", Forwarded="for=7.7.7.7", **FORM,
        )  # fmt: skip
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-session=")
        assert "; Secure" in cookie
        (entry,) = blocking.run(shop.sessions.list("ada"))
        assert entry.device.address == VISITOR
        assert "X-Forwarded" not in shop.log.read_text()


def test_the_header_that_is_missing_is_named(framework: str, tmp_path: Path) -> None:
    silent = "proxy_set_header Host $http_host;"
    with site(framework, tmp_path, headers=silent) as shop:
        origin = f"https://localhost:{shop.port}"
        answer = shop.ask("POST", "/login", Origin=origin, **FORM)
        assert answer.status == 403
        shop.says("let it send X-Forwarded-Proto")
        answer = shop.ask("GET", "/send", Host="shop.example", Sec_Fetch_Site="none")
        assert answer.status == 200
        shop.says("shop.example: browsers come by https")
        shop.says("X-Forwarded-Proto is missing")


def test_a_stranger_is_not_believed_and_said_who(framework: str, tmp_path: Path) -> None:
    """Django CVE-2019-12781."""
    with site(framework, tmp_path) as shop:
        told = {"X_Forwarded_For": "6.6.6.6", "X_Forwarded_Proto": "https"}
        answer = shop.ask_directly("POST", "/login", Origin="https://shop.example", **told, **FORM)
        assert answer.status == 403
        shop.ask_directly("POST", "/login", Origin="http://shop.example", **told, **FORM)
        (entry,) = blocking.run(shop.sessions.list("ada"))
        assert entry.device.address == VISITOR
        shop.says(f"X-Forwarded-For came from {VISITOR} and is not believed")
