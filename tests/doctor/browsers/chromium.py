"""Debian's Chromium, with third-party cookies as Chrome has them, or as it has them incognito."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from dojang.wire import json
from tests.doctor.browsers.browser import InJar
from tests.need import need

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--ignore-certificate-errors",
]

#: `profile.cookie_controls_mode` of Chromium.
_ALLOWED, _BLOCKED = 0, 1

_PATIENCE = 15


class Chromium:
    """One tab, over the Chrome DevTools Protocol."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._devtools = page.context.new_cdp_session(page)

    def open(self, url: str) -> None:
        self._devtools.send("Page.navigate", {"url": url})

    def reload(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._devtools.send("Page.reload")
            except Error:  # between two pages there is none to reload
                assert time.monotonic() < deadline, "the page cannot be reloaded"
            else:
                return

    def jar(self) -> list[InJar]:
        return [_cookie(found) for found in self._devtools.send("Storage.getCookies")["cookies"]]

    def clear(self) -> None:
        self._devtools.send("Storage.clearCookies")


def _cookie(found: dict[str, Any]) -> InJar:
    return InJar(
        name=found["name"],
        value=found["value"],
        domain=found["domain"],
        path=found["path"],
        secure=found["secure"],
        http_only=found["httpOnly"],
        expires=None if found["session"] else found["expires"],
        same_site=found.get("sameSite", "").lower(),
    )


@contextmanager
def open_chromium(profile: Path, *, third_party: bool) -> Iterator[Chromium]:
    """Run it with a new profile until the block ends."""
    path = need("chromium")
    (profile / "Default").mkdir(parents=True)
    mode = _ALLOWED if third_party else _BLOCKED
    preferences = {"profile": {"cookie_controls_mode": mode, "block_third_party_cookies":
                   not third_party}}  # fmt: skip
    (profile / "Default" / "Preferences").write_text(json.dumps(preferences))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, args=FLAGS, ignore_https_errors=True
        )
        yield Chromium(context.pages[0])
        context.close()
