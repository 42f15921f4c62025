"""Two clocks in every home that is a cookie: half-life, a question before it, and a mirror."""

from collections.abc import Callable
from typing import Any

import pytest

from dojang import blocking, peers
from dojang.errors import Misuse
from dojang.session.instants import instant
from dojang.session.lifetime import Lifetime
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire import json
from dojang.wire.format import Format
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.browser import Browser, look, put
from tests.conftest import SECRET

LIFE = 600

#: Every home of a session in a cookie that an application may choose, by what it is made with.
HOMES: dict[str, Callable[..., Any]] = {
    "sealed": lambda **options: ClientSide(IronSeal(SECRET), **options),
    "signed": lambda **options: ClientSide(SignedJwt(Key.from_secret(SECRET)), **options),
    "IronSession": lambda **options: peers.IronSession(SECRET, "app", **options),
    "NextAuth": lambda **options: peers.NextAuth(SECRET, **options),
    "AuthJs": lambda **options: peers.AuthJs(SECRET, **options),
    "Jose": lambda **options: peers.Jose(SECRET, "token", **options),
    "JsonWebToken": lambda **options: peers.JsonWebToken(SECRET, "token", **options),
}

Start = Callable[..., Browser]


@pytest.fixture(params=HOMES)
def start(request: pytest.FixtureRequest, clock: Clock) -> Start:
    """Start an application with sessions in a home, and a browser in front of it."""

    def started(renewing: Any = None, **options: Any) -> Browser:
        home = HOMES[request.param](**options)
        lifetime = Lifetime(idle=LIFE, absolute=LIFE * 3)
        return Browser(Sessions(home, clock=clock, lifetime=lifetime, renewing=renewing))

    return started


def ends(browser: Browser) -> Any:
    return browser.twin().visit(lambda session: session.expires)


def written(browser: Browser) -> dict[str, Any]:
    """Return what a front reads that opens the cookie."""
    strategy = browser.sessions.strategy
    assert isinstance(strategy, ClientSide)
    format: Format = strategy._format
    return format.decode(browser.cookie, now=browser.sessions.clock()).claims


def test_a_session_is_written_again_at_half_of_its_life_and_not_before(
    start: Start, clock: Clock
) -> None:
    browser = start()
    browser.visit(put(theme="dark"))
    clock.tick(LIFE / 2 - 1)
    browser.visit(look)
    assert browser.sent == []
    clock.tick(1)
    browser.visit(look)
    assert len(browser.sent) == 1
    assert ends(browser) == instant(clock() + LIFE * 1000)
    assert browser.visit(look) == {"theme": "dark"}


def test_no_renewal_passes_the_absolute_limit(start: Start, clock: Clock) -> None:
    browser = start()
    browser.visit(put(n=1))
    last = instant(clock() + LIFE * 3000)
    for _ in range(5):
        clock.tick(LIFE / 2)
        browser.visit(look)
    assert ends(browser) == last
    clock.tick(LIFE / 2)
    assert browser.visit(look) == {}


def test_a_hook_is_asked_before_a_renewal_and_only_then(start: Start, clock: Clock) -> None:
    asked: list[Any] = []

    def hook(session: Any) -> None:
        asked.append(session.user)
        session["role"] = "editor"

    browser = start(renewing=hook)
    browser.visit(lambda session: session.login("ada"))
    clock.tick(LIFE / 2 - 1)
    browser.visit(look)
    assert asked == []
    clock.tick(1)
    browser.visit(look)
    assert asked == ["ada"]
    assert browser.visit(look) == {"role": "editor"}


@pytest.mark.parametrize("saves", [False, True])
def test_a_hook_that_says_the_user_is_gone_ends_the_session(
    start: Start, clock: Clock, *, saves: bool
) -> None:
    asked: list[Any] = []

    def hook(session: Any) -> bool:
        asked.append(session.user)
        return False

    def handler(session: Session) -> None:
        assert session.user == "ada"
        if saves:
            blocking.run(session.save())

    browser = start(renewing=hook)
    browser.visit(lambda session: session.login("ada"))
    clock.tick(LIFE / 2)
    browser.visit(handler)
    assert (browser.cookies, asked) == ({}, ["ada"])


def test_the_mirrored_expiry_is_that_of_the_session_and_moves_with_it(
    start: Start, clock: Clock
) -> None:
    browser = start(mirror_expiry="expires")
    clock.tick(0.789)
    browser.visit(lambda session: session.login("ada"))
    assert written(browser)["expires"] == "2026-01-01T00:10:00.000Z"
    clock.tick(LIFE / 2)
    browser.visit(look)
    assert written(browser)["expires"] == "2026-01-01T00:15:00.000Z"
    seconds = int(ends(browser).timestamp())
    assert instant(seconds * 1000).strftime("%H:%M:%S") == "00:15:00"


def test_the_mirrored_expiry_is_not_among_the_data_and_is_no_change_of_them(
    start: Start, clock: Clock
) -> None:
    browser = start(mirror_expiry="expires")
    browser.visit(put(n=1))
    assert browser.visit(look) == {"n": 1}
    clock.tick(1)
    browser.visit(put(n=1))
    assert browser.sent == []
    browser.visit(lambda session: session.pop("n"))
    assert browser.cookies == {}


def test_nothing_is_mirrored_unless_it_is_asked_for(start: Start) -> None:
    browser = start()
    browser.visit(put(n=1))
    assert "expires" not in json.dumps(written(browser))


@pytest.mark.parametrize("name", ["_dojang", "exp", "iat", "nbf", "jti", "iss", "aud"])
def test_a_member_that_is_not_of_the_data_mirrors_nothing(start: Start, name: str) -> None:
    with pytest.raises(Misuse, match="mirror the expiry in another"):
        start(mirror_expiry=name)


@pytest.mark.parametrize("home", ["signed", "NextAuth", "AuthJs", "Jose", "JsonWebToken"])
def test_where_the_user_is_mirrors_nothing(home: str) -> None:
    with pytest.raises(Misuse, match="sub is not a member"):
        HOMES[home](mirror_expiry="sub")


def test_a_seal_without_an_end_mirrors_none(clock: Clock) -> None:
    peer = peers.IronSession(SECRET, "app", ttl=0, mirror_expiry="expires")
    browser = Browser(Sessions(peer, clock=clock))
    browser.visit(put(n=1))
    assert "expires" not in written(browser)
