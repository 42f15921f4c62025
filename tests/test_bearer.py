"""What may stand behind `Bearer`: one token as it was given out, and nothing beside it."""

from collections.abc import Callable

import pytest

from dojang import blocking
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.browser import Browser
from tests.conftest import SECRET

HOMES: dict[str, Callable[[], ClientSide | ServerSide]] = {
    "sealed": lambda: ClientSide(IronSeal(SECRET)),
    "signed": lambda: ClientSide(SignedJwt(Key.from_secret(SECRET))),
    "on the server": lambda: ServerSide(MemoryStore()),
}


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    secret = SECRET if request.param == "on the server" else None
    return Sessions(HOMES[request.param](), secret=secret, bearer=True, clock=clock)


def seen(sessions: Sessions, token: str) -> tuple[object, str | None]:
    session = blocking.run(sessions.open(bearer=token)).session
    return session.user, session.rejected


@pytest.mark.parametrize(
    "beside",
    [" {}", ", Bearer {}", ",{}", ";<script>", "~~~", "~2~2", '"', "\r\nX: y", "\x00", "é"],
)
def test_a_token_with_anything_beside_it_is_malformed(home: Sessions, beside: str) -> None:
    ada, eve = Browser(home), Browser(home)
    ada.visit(lambda session: session.login("ada"))
    eve.visit(lambda session: session.login("eve"))
    assert seen(home, ada.cookie) == ("ada", None)
    assert seen(home, ada.cookie + beside.format(eve.cookie)) == (None, "malformed")
    assert seen(home, beside.format(eve.cookie) + ada.cookie) == (None, "malformed")


def test_sessions_by_url_take_tokens_too(clock: Clock) -> None:
    renewed: list[str] = []
    for url in ("sealed:", "memory:"):
        sessions = Sessions.from_url(
            url, secret=SECRET, clock=clock, bearer=True, renewing=lambda _: renewed.append("once")
        )
        browser = Browser(sessions)
        browser.visit(lambda session: session.login("ada"))
        assert (seen(sessions, browser.cookie), sessions.bearer) == (("ada", None), True)
