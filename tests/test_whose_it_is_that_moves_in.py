"""A session of another kind may name its user in several places; the application's own counts."""

from collections.abc import Mapping

import pytest

from dojang import peers
from dojang.peers.peer import Peer
from dojang.session.arrival import arrived
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.session.record import Login, Record
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire import json
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look
from tests.conftest import SECRET

OLD = "the secret of the system that was there before"
DAY = 86_400_000


def came(peer: Peer, claims: Mapping[str, object], clock: Clock) -> dict[str, str]:
    """Return the cookies in which the peer's own program would have sent these claims."""
    assert isinstance(peer.strategy, ClientSide)
    format = peer.strategy._format
    text = format.encode(claims, expires=clock() + DAY, now=clock())
    return {peer.cookie.name: text}


@pytest.fixture(params=["in a cookie", "on the server"])
def home(request: pytest.FixtureRequest) -> ClientSide | ServerSide:
    if request.param == "in a cookie":
        return ClientSide(IronSeal(SECRET))
    return ServerSide(MemoryStore())


def taken_in(
    home: ClientSide | ServerSide,
    peer: Peer,
    claims: Mapping[str, object],
    *,
    principal: str | None,
    clock: Clock,
) -> tuple[object, dict[str, object]]:
    secret = SECRET if isinstance(home, ServerSide) else None
    here = Sessions(home, secret=secret, principal=principal, accepts={"old": peer}, clock=clock)
    browser = Browser(here)
    browser.cookies = came(peer, claims, clock)
    seen: tuple[object, dict[str, object]] = browser.visit(
        lambda session: (session.user, look(session))
    )
    assert browser.visit(lambda session: (session.user, look(session))) == seen
    return seen


@pytest.mark.parametrize(
    ("peer", "claims", "user"),
    [
        (peers.JsonWebToken(OLD, "token"), {"sub": "login", "userId": "ada"}, "ada"),
        (peers.JsonWebToken(OLD, "token"), {"sub": "7", "userId": 7}, 7),
        (peers.AuthJs(OLD), {"sub": "github|583231", "userId": 7}, 7),
        (peers.Flask(OLD), {"_user_id": "1", "userId": "ada"}, "ada"),
        (peers.Django(OLD), {"_auth_user_id": "1", "userId": "ada"}, "ada"),
    ],
    ids=["a purpose", "the same as text", "an id at a provider", "another login", "the admin's"],
)
def test_where_the_application_keeps_the_user_is_who_it_is(
    home: ClientSide | ServerSide,
    peer: Peer,
    claims: Mapping[str, object],
    user: object,
    clock: Clock,
) -> None:
    """Or two people whose tokens say the same elsewhere would become one."""
    owner, data = taken_in(home, peer, claims, principal="userId", clock=clock)
    assert (owner, data["userId"]) == (user, user)


def test_where_nobody_is_there_the_place_of_the_old_system_says_it(
    home: ClientSide | ServerSide, clock: Clock
) -> None:
    for claims in ({"sub": "ada"}, {"sub": "ada", "userId": None}, {"sub": "ada", "userId": ""}):
        token = peers.JsonWebToken(OLD, "token")
        owner, data = taken_in(home, token, claims, principal="userId", clock=clock)
        assert (owner, data) == ("ada", {"userId": "ada"})


def test_without_a_place_of_the_application_nothing_changes(
    home: ClientSide | ServerSide, clock: Clock
) -> None:
    claims = {"sub": "ada", "userId": 7}
    token = peers.JsonWebToken(OLD, "token")
    assert taken_in(home, token, claims, principal=None, clock=clock) == ("ada", {"userId": 7})


def test_a_login_of_somebody_else_does_not_come_along() -> None:
    login = Login(1_000, ("pwd",))
    before = Record(data='{"id":"eve"}', user="ada", created=1_000, expires=None, login=login)
    moved = arrived(before, Lifetime(), came_from=None, goes_to=Place("id"), now=2_000)
    assert (moved.user, moved.login) == ("eve", None)


def test_facts_about_another_session_are_no_data_of_this_one() -> None:
    before = Record(data='{"cart":1,"_dojang":{"h":"x"}}', created=1_000, expires=None)
    moved = arrived(before, Lifetime(), came_from=None, goes_to=None, now=2_000)
    assert json.loads_object(moved.data) == {"cart": 1}
