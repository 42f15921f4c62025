"""Playing a situation in a browser: what became of the cookie."""

from dataclasses import dataclass

from dojang.doctor import Exchange, Situation
from tests.doctor.browsers.browser import Browser, InJar
from tests.doctor.browsers.draw import Drawn
from tests.doctor.browsers.world import Scene, World

_PATIENCE = 15


@dataclass(frozen=True)
class Outcome:
    """What a browser did."""

    stored: InJar | None
    sent: bool


def play(drawn: Drawn, world: World, browser: Browser) -> Outcome:
    """Set the cookie as the situation has it, look at the jar, and ask as it has it."""
    situation = drawn.situation
    browser.clear()
    for before in situation.earlier:
        _perform(Exchange(url=before.url, way="typed"), [before.set_cookie], world, browser)
    bring(situation, world, browser)
    mark = mark_of(situation)
    found = [cookie for cookie in browser.jar() if mark in cookie.value or mark in cookie.name]
    if situation.later:
        others = [f"other{index}=x; Path=/" for index in range(situation.later)]
        _perform(Exchange(url=situation.stored_by.url, way="typed"), others, world, browser)
    return Outcome(found[0] if found else None, send(drawn, world, browser))


def bring(situation: Situation, world: World, browser: Browser) -> None:
    """Let the cookie arrive."""
    _perform(situation.stored_by, [situation.set_cookie], world, browser)


def send(drawn: Drawn, world: World, browser: Browser) -> bool:
    """Return whether the cookie goes out with the request that should carry it."""
    sent = drawn.situation.sent_by or drawn.situation.stored_by
    header = _perform(sent, [], world, browser, first_method=drawn.first_method)
    return mark_of(drawn.situation) in header


def mark_of(situation: Situation) -> str:
    text = situation.set_cookie
    start = text.find("mark")
    return text[start : text.index("end", start) + 3] if start >= 0 else "no such mark"


def _perform(
    exchange: Exchange,
    set_cookies: list[str],
    world: World,
    browser: Browser,
    *,
    first_method: str = "",
) -> str:
    """Return the Cookie header that arrived last; empty where none did."""
    scene = Scene(exchange, set_cookies, first_method)
    browser.open(world.put_on(scene))
    assert scene.done.wait(_PATIENCE), f"nothing came of {exchange}"
    if exchange.way == "reload":
        scene.done.clear()
        browser.reload()
        assert scene.done.wait(_PATIENCE), f"nothing came of reloading {exchange}"
    return scene.seen[-1] if scene.seen else ""
