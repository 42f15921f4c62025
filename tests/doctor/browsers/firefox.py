"""Debian's Firefox, over WebDriver BiDi (W3C)."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from dojang.wire import json
from tests.doctor.browsers.browser import InJar
from tests.need import need

_PREFERENCES = {
    "network.dns.forceResolve": "127.0.0.1",
    "network.proxy.type": 0,
    "dom.security.https_first": False,
    "dom.security.https_first_schemeless": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.update.enabled": False,
    "browser.region.network.url": "",
    "services.settings.server": "",
    "network.stricttransportsecurity.preloadlist": False,
}

_PATIENCE = 60


class Firefox:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._last = 0
        self.ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self._tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def say(self, method: str, **params: Any) -> None:
        """Send a command whose answer nobody waits for."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": params}
        self._connection.send(json.dumps(command))

    def ask(self, method: str, **params: Any) -> Any:
        self.say(method, **params)
        while True:
            answer = json.loads(self._connection.recv(timeout=_PATIENCE))
            if answer.get("id") == self._last:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> None:
        # A page that goes on by itself makes the answer an error, and the page is what counts.
        self.say("browsingContext.navigate", context=self._tab, url=url, wait="none")

    def reload(self) -> None:
        self.say("browsingContext.reload", context=self._tab, wait="none")

    def jar(self) -> list[InJar]:
        return [_cookie(found) for found in self.ask("storage.getCookies")["cookies"]]

    def clear(self) -> None:
        self.ask("storage.deleteCookies")


def _cookie(found: dict[str, Any]) -> InJar:
    return InJar(
        name=found["name"],
        value=found["value"]["value"],
        domain=found["domain"],
        path=found["path"],
        secure=found["secure"],
        http_only=found["httpOnly"],
        expires=found.get("expiry"),
        same_site=found["sameSite"],
    )


@contextmanager
def open_firefox(profile: Path) -> Iterator[Firefox]:
    """Run it with a new profile until the block ends."""
    path = need("firefox-esr")
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    port = _free_port()
    process = subprocess.Popen(
        [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port",
         str(port), "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with _connected(process, port) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _connected(process: "subprocess.Popen[bytes]", port: int) -> ClientConnection:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with contextlib.suppress(OSError):
            return connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None)
        assert process.poll() is None, "Firefox ended by itself"
        assert time.monotonic() < deadline, "Firefox does not answer"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
