"""A front of examples/ with the service behind it, as a person starts both, and who visits them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.server import free_port
from tests.need import need, need_front
from tests.nginx import listens
from tests.redis import until

__all__ = ["EITHER", "OTHER_SITES", "Front", "Guest", "Guests", "guests_of"]

#: Seconds, of which a production build of Next.js takes most.
PATIENCE = 300

#: Seconds within which whoever presses Ctrl-C expects the prompt back.
ENDING = 30

#: Before the path of a form: the front itself, or the service behind it.
EITHER = pytest.mark.parametrize("side", ["", "/api/py"], ids=["front", "service"])

#: What browsers say of a page elsewhere; old ones name its origin alone.
OTHER_SITES = pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=["another site", "a neighbour", "an origin", "no origin"],
)

#: What changes something at every front.
FORMS = [
    "/sign-in",
    "/sign-out",
    *(f"/api/py/{form}" for form in ("note", "sign-out", "sign-out-everywhere")),
]

EVIL: dict[str, str | float | bool] = {"name": "eve", "text": "evil"}


class Front:
    """Started by its one command, with settings in the environment."""

    def __init__(self, name: str, home: Path, **settings: str) -> None:
        self.folder = need_front(name)
        self.settings = settings
        self._log = home / f"{name}.log"
        self._port, self._service_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def service_url(self) -> str:
        return f"http://localhost:{self._service_port}"

    @property
    def log(self) -> str:
        return self._log.read_text()

    def launch(self) -> None:
        """Give the one command, and look no further."""
        ports = {"PORT": str(self._port), "SERVICE_PORT": str(self._service_port)}
        environment = {**os.environ, "PYTHON": sys.executable, **ports, **self.settings}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.folder / "start"], env=environment, stdout=log, stderr=log
            )

    def start(self) -> None:
        self.launch()
        until(lambda: all(map(self._listens, (self._port, self._service_port))), PATIENCE)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self.until_it_ends()

    def end_one(self, program: str) -> None:
        """End one of the processes that the command started."""
        assert self._process is not None
        found = subprocess.check_output(
            [need("pgrep"), "-P", str(self._process.pid), "-f", program]
        )
        os.kill(int(found), signal.SIGTERM)

    def until_it_ends(self) -> int:
        """Return the exit code; nothing goes on running."""
        assert self._process is not None
        code = self._process.wait(ENDING)
        assert not any(map(is_taken, (self._port, self._service_port)))
        return code

    def restart(self, **settings: str) -> None:
        """Go on with other settings in the place of those of the same name."""
        self.stop()
        self.settings |= settings
        self.start()

    @contextmanager
    def running(self) -> Iterator["Front"]:
        try:
            self.start()
            yield self
        finally:
            self.stop()

    def _listens(self, port: int) -> bool:
        assert self._process is not None
        return listens(port, self._process, self._log)


class Guest:
    """Somebody with a browser of their own, at the one page of the front."""

    def __init__(self, context: BrowserContext, cookie: str) -> None:
        self._context = context
        self._cookie = cookie
        self.page: Page = context.new_page()

    def open(self) -> None:
        self.page.goto("/")

    def sign_in(self, name: str = "ada") -> None:
        self.open()
        self.page.get_by_label("Your name").fill(name)
        self._submit("/sign-in")

    def keep(self, note: str) -> None:
        self.page.get_by_label("A note").fill(note)
        self._submit("/api/py/note")

    def sign_out(self, side: str) -> None:
        self._submit(f"{side}/sign-out")

    def sign_out_everywhere(self) -> None:
        self._submit("/api/py/sign-out-everywhere")

    def is_turned_away_everywhere(self, front: Front, said: dict[str, str]) -> bool:
        """Whether no form is taken with these headers, by the front or by the service itself."""
        forms = [front.url + form for form in FORMS]
        forms += [front.service_url + form.removeprefix("/api/py") for form in FORMS[2:]]
        answers = [self.page.request.post(form, form=EVIL, headers=said) for form in forms]
        return all(one.status == 403 and "set-cookie" not in one.headers for one in answers)

    def look_at_the_service(self) -> None:
        """Ask the service without the page of the front around it."""
        self.page.goto("/api/py/me")

    @property
    def sees(self) -> tuple[str | None, str | None]:
        """What front and service show of the session; None while the page asks to sign in."""
        self.open()
        if self.page.get_by_label("Your name").count():
            return None, None
        return self.page.text_content("#front"), self.page.text_content("#service")

    @property
    def cookie(self) -> Any:
        """The session cookie as the browser keeps it; None if there is none."""
        found = [each for each in self._context.cookies() if each.get("name") == self._cookie]
        return found[0] if found else None

    def put_cookie(self, cookie: Any) -> None:
        self._context.add_cookies([cookie])

    @property
    def days_left(self) -> float:
        """Until the browser drops the cookie."""
        return (float(self.cookie["expires"]) - time.time()) / 86_400

    def _submit(self, action: str) -> None:
        with self.page.expect_navigation():
            self.page.click(f"form[action='{action}'] button")


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


Guests = Callable[[], Guest]


@contextmanager
def guests_of(chromium: Browser, front: Front, cookie: str) -> Iterator[Guests]:
    """Yield what makes a guest with a fresh browser at each call."""
    contexts: list[BrowserContext] = []

    def come() -> Guest:
        context = chromium.new_context(base_url=front.url)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Guest(context, cookie)

    yield come
    for context in contexts:
        context.close()
