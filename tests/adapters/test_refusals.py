"""What is refused, in every adapter: an answer like any other; where tokens come, a challenge."""

from typing import Any

import pytest

from dojang import blocking
from dojang.adapters.sockets import SESSION_ENDED
from dojang.errors import Anonymous, Missing, Misuse, StaleLogin, Unavailable
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.adapters.asking import Client, Reply
from tests.adapters.homes import made
from tests.adapters.served import Say, inner
from tests.adapters.stage import Stage
from tests.adapters.talking import Wire
from tests.adapters.test_conformance_sockets import say, signed_in
from tests.browser import Browser
from tests.conftest import SECRET


def private(session: Any) -> Say:
    """Let users in, as a guard does."""
    found = inner(session)
    if found.user is None:
        raise (found.found and found.found.rejected) or Missing("sign in first")
    return Say(str(found.user))


def token_of(session: Any) -> Say:
    return Say(str(inner(session).token))


def with_tokens(clock: Clock, strategy: Any = None) -> Sessions:
    return made(strategy or ServerSide(MemoryStore()), clock, bearer=True)


def challenges(reply: Reply) -> list[str]:
    return reply.all("www-authenticate")


def test_a_refusal_is_401_with_its_code(stage: Stage, home: Sessions) -> None:
    reply = stage.open(home, private=private).get("/private")
    assert (reply.status, reply.all("content-type")) == (401, ["application/problem+json"])
    assert '"code":"missing"' in reply.text
    assert (reply.cookies, reply.vary, challenges(reply)) == ([], {"cookie"}, [])


def test_a_refusal_takes_away_the_cookie_that_can_never_be_good(
    stage: Stage, home: Sessions, clock: Clock
) -> None:
    client = stage.open(home, private=private)
    client.get("/login")
    assert client.get("/private").text == "ada"
    clock.tick(31 * 24 * 3600)
    assert '"code":"expired"' in client.get("/private").text
    assert client.cookies == {}


def test_a_refusal_keeps_what_was_put_in_and_drops_a_login(stage: Stage, home: Sessions) -> None:
    def half(session: Any) -> Say:
        session["flash"] = "second factor wanted"
        inner(session).login("ada")
        raise StaleLogin(60)

    client = stage.open(home, half=half)
    assert '"code":"stale-login"' in client.get("/half").text
    assert client.get("/peek").text == "None ['flash']"


def test_what_is_raised_in_trouble_keeps_nothing(stage: Stage, clock: Clock) -> None:
    def troubled(session: Any) -> Say:
        session["n"] = 1
        raise Unavailable("taken down by the test")

    client = stage.open(made(ServerSide(MemoryStore()), clock), troubled=troubled)
    assert (client.get("/troubled").status, client.cookies) == (503, {})
    assert client.get("/peek").text == "None []"


# -- tokens ---------------------------------------------------------------------------------------


def test_a_client_without_cookies_gets_its_token_from_a_session_that_was_saved(
    stage: Stage, clock: Clock
) -> None:
    client = stage.open(with_tokens(clock), private=private, token=token_of)
    assert client.get("/token").text == "None"
    client.get("/login")
    token = client.get("/token").text
    reply = Client(client.ask).get("/private", ("authorization", f"bearer {token}"))
    assert (reply.text, reply.cookies, reply.vary) == ("ada", [], {"cookie", "authorization"})


def test_a_token_from_the_cookie_itself_opens_a_sealed_session_too(
    stage: Stage, clock: Clock
) -> None:
    sealed = with_tokens(clock, ClientSide(IronSeal(SECRET)))
    client = stage.open(sealed, private=private)
    client.get("/login")
    token = client.cookies.pop("__Host-session")
    assert client.get("/private", ("authorization", f"Bearer {token}")).text == "ada"


def test_where_tokens_may_come_a_401_asks_for_one(stage: Stage, clock: Clock) -> None:
    client = stage.open(with_tokens(clock), private=private)
    assert challenges(client.get("/private")) == ["Bearer"]
    for scheme in ("Basic YTpi", "Bearerx y", "bearer"):
        assert challenges(client.get("/private", ("authorization", scheme)))[0].startswith("Bearer")
    reply = client.get("/private", ("authorization", "Bearer junk"))
    assert (reply.status, challenges(reply)) == (401, ['Bearer error="invalid_token"'])
    assert reply.cookies == []


def test_a_401_of_the_application_asks_too_unless_it_does_so_itself(
    stage: Stage, clock: Clock
) -> None:
    def own(_: Any) -> Say:
        return Say(status=401, headers={"WWW-Authenticate": "Basic realm=x"})

    def bare(_: Any) -> Say:
        return Say(status=401)

    client = stage.open(with_tokens(clock), own=own, bare=bare)
    assert challenges(client.get("/own")) == ["Basic realm=x"]
    assert challenges(client.get("/bare")) == ["Bearer"]


def test_a_good_token_that_is_not_enough_is_told_so(stage: Stage, clock: Clock) -> None:
    def stale(session: Any) -> Say:
        _ = inner(session).user
        raise StaleLogin(60)

    client = stage.open(with_tokens(clock), stale=stale)
    client.get("/login")
    token = client.cookies.pop("__Host-session")
    reply = client.get("/stale", ("authorization", f"Bearer {token}"))
    # And how old a login may be: RFC 9470 section 3.
    assert challenges(reply) == ['Bearer error="insufficient_user_authentication", max_age=60']


@pytest.mark.parametrize("which", ["another session", "junk"])
def test_cookie_and_token_that_disagree_are_401_and_nobody_is_let_in(
    stage: Stage, clock: Clock, which: str
) -> None:
    client = stage.open(with_tokens(clock), private=private)
    client.get("/login")
    other = Client(client.ask)
    other.get("/login")
    token = other.cookies["__Host-session"] if which == "another session" else "junk"
    both = (("cookie", client.header), ("authorization", f"Bearer {token}"))
    reply = client.get("/private", *both)
    assert (reply.status, reply.cookies) == (401, [])
    assert '"code":"disagreeing"' in reply.text
    assert challenges(reply) == ['Bearer error="invalid_token"']
    assert client.get("/private").text == "ada"


def test_cookie_and_token_of_one_session_agree(stage: Stage, clock: Clock) -> None:
    client = stage.open(with_tokens(clock), private=private)
    client.get("/login")
    both = (
        ("cookie", client.header),
        ("authorization", f"Bearer {client.cookies['__Host-session']}"),
    )
    assert client.get("/private", *both).text == "ada"


@pytest.mark.parametrize("token", ["x" * 100_000, "\xff\xfe", "%00", "a b c", "", "Fe26.2*1*2"])
def test_a_hostile_token_is_never_a_server_error(stage: Stage, clock: Clock, token: str) -> None:
    """next-auth CVE-2022-31093: malformed input that threw."""
    client = stage.open(with_tokens(clock), private=private)
    assert client.get("/private", ("authorization", f"Bearer {token}")).status == 401


def test_a_token_counts_for_nothing_where_none_may_come(stage: Stage, clock: Clock) -> None:
    client = stage.open(made(ServerSide(MemoryStore()), clock), private=private)
    client.get("/login")
    token = client.cookies.pop("__Host-session")
    reply = client.get("/private", ("authorization", f"Bearer {token}"))
    assert (reply.status, reply.vary, challenges(reply)) == (401, {"cookie"}, [])


# -- sockets --------------------------------------------------------------------------------------


async def refuses_at_once(wire: Wire) -> None:
    if wire.session.user is None:
        raise Anonymous
    await wire.accept()
    await wire.say("come in")


def test_a_socket_is_refused_before_it_is_open(home: Sessions) -> None:
    assert say("asgi", home, refuses_at_once, Browser(home)).closed == SESSION_ENDED
    assert say("asgi", home, refuses_at_once, signed_in(home)).texts == ["come in"]


def test_a_socket_is_closed_with_the_status_once_it_is_open(home: Sessions) -> None:
    async def later(wire: Wire) -> None:
        await wire.accept()
        raise Unavailable("taken down by the test")

    assert say("asgi", home, later, Browser(home)).closed == 4503


def test_a_fault_behind_a_socket_is_left_to_the_server(home: Sessions) -> None:
    async def faulty(wire: Wire) -> None:
        await wire.accept()
        await wire.say("now")
        raise Misuse("a fault")

    heard = say("asgi", home, faulty, Browser(home))
    assert (isinstance(heard.broken, Misuse), heard.closed) == (True, None)


def test_a_server_that_can_answer_a_handshake_says_why() -> None:
    from starlette.testclient import TestClient, WebSocketDenialResponse

    from dojang.adapters.asgi import SessionMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send
        raise Anonymous

    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET)
    client = TestClient(SessionMiddleware(app, sessions))
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/"):
        raise AssertionError
    assert (denied.value.status_code, denied.value.json()["code"]) == (401, "anonymous")


def test_tokens_are_as_their_session_and_end_with_it(stage: Stage, clock: Clock) -> None:
    sessions = with_tokens(clock)
    client = stage.open(sessions, private=private)
    client.get("/login")
    token = ("authorization", f"Bearer {client.cookies.pop('__Host-session')}")
    (entry,) = blocking.run(sessions.list("ada"))
    blocking.run(sessions.end(entry.handle))
    reply = client.get("/private", token)
    assert (reply.status, '"code":"unknown"' in reply.text) == (401, True)
