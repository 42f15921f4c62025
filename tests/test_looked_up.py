"""Cookies that hold an id are looked up where another system keeps the session, and then ours."""

import asyncio
import hmac
import pickle
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from dojang import blocking, peers
from dojang.errors import Misuse, Unavailable
from dojang.peers.peer import Peer
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.browser import Browser
from tests.conftest import SECRET
from tests.redis import RedisServer, free_port

OLD = "the secret of the system that was there before"
TOKEN = "fJ3xq0c4k2hO1d5w8m7v6b9n"


class Table:
    """Where an application keeps its tokens, and what it was asked for."""

    def __init__(self, **owners: Any) -> None:
        self.owners = owners
        self.asked: list[str] = []

    def owner_of(self, token: str) -> Any:
        self.asked.append(token)
        return self.owners.get(token)


@pytest.fixture
def table() -> Table:
    return Table(**{TOKEN: "7"})


def visitor(peer: Peer, cookie: str, clock: Clock, **options: Any) -> Browser:
    home = ServerSide(MemoryStore())
    browser = Browser(Sessions(home, secret=SECRET, accepts={"old": peer}, clock=clock, **options))
    browser.cookies = {peer.cookie.name: cookie}
    return browser


def who(browser: Browser) -> Any:
    return browser.visit(lambda session: session.user)


def why_not(browser: Browser) -> Any:
    return browser.visit(lambda session: session.rejected)


def signed(token: str, secret: str) -> str:
    tag = hmac.digest(secret.encode(), token.encode(), "sha256")
    return quote(f"{token}.{b64encode(tag).decode()}", safe="")


def opaque(table: Table) -> tuple[Peer, str]:
    return peers.OpaqueToken(table.owner_of, "token"), TOKEN


def better_auth(table: Table) -> tuple[Peer, str]:
    return peers.BetterAuth(OLD, table.owner_of), signed(TOKEN, OLD)


KINDS = pytest.mark.parametrize("kind", [opaque, better_auth])
Kind = Callable[[Table], tuple[Peer, str]]


@KINDS
def test_a_token_is_looked_up_once_and_its_owner_has_a_session_of_ours(
    kind: Kind, table: Table, clock: Clock
) -> None:
    browser = visitor(*kind(table), clock)
    assert who(browser) == "7"
    assert set(browser.cookies) == {"__Host-session"}
    assert len(blocking.run(browser.sessions.list("7"))) == 1
    table.owners.clear()
    assert who(browser) == "7"
    assert table.asked == [TOKEN]
    assert browser.sessions.circulation.seen["old"].count == 1


@KINDS
def test_whoever_signed_out_does_not_come_back_by_the_old_token(
    kind: Kind, table: Table, clock: Clock
) -> None:
    browser = visitor(*kind(table), clock)
    before = dict(browser.cookies)
    browser.visit(lambda session: session.logout())
    browser.cookies = before
    assert why_not(browser) == "unknown"


@KINDS
def test_a_token_that_is_nobodys_signs_nobody_in_and_is_dropped(
    kind: Kind, table: Table, clock: Clock
) -> None:
    peer, text = kind(table)
    table.owners.clear()
    browser = visitor(peer, text, clock)
    assert why_not(browser) == "unknown"
    assert browser.cookies == {}


@pytest.mark.parametrize("text", ["", "A" * 513, "ab\x7fc", "토큰", "a b"])
def test_what_cannot_be_a_token_is_not_looked_up(text: str, table: Table, clock: Clock) -> None:
    browser = visitor(opaque(table)[0], text, clock)
    assert who(browser) is None
    assert table.asked == []


@pytest.mark.parametrize(
    ("text", "code"),
    [(signed(TOKEN, "another"), "bad-signature"), (TOKEN, "malformed"), ("%", "malformed")],
)
def test_a_token_of_better_auth_is_looked_up_once_its_signature_is_good(
    text: str, code: str, table: Table, clock: Clock
) -> None:
    browser = visitor(better_auth(table)[0], text, clock)
    assert why_not(browser) == code
    assert table.asked == []
    assert browser.cookies == {}


def test_the_cookie_of_better_auth_is_called_as_its_options_say(table: Table) -> None:
    peer = peers.BetterAuth(OLD, table.owner_of)
    assert (peer.cookie.name, peer.cookie.secure) == ("__Secure-better-auth.session_token", True)
    plain = peers.BetterAuth(OLD, table.owner_of, https=False, prefix="shop")
    assert (plain.cookie.name, plain.cookie.secure) == ("shop.session_token", False)


def test_a_look_up_that_fails_is_not_a_user_who_signed_out(clock: Clock) -> None:
    def owner_of(token: str) -> str:
        raise Unavailable(f"the database does not answer ({len(token)})")

    browser = visitor(peers.OpaqueToken(owner_of, "token"), TOKEN, clock)
    with pytest.raises(Unavailable):
        who(browser)
    assert browser.cookies == {"token": TOKEN}


def test_an_owner_that_can_name_nobody_is_a_fault_of_the_look_up(clock: Clock) -> None:
    table = Table(**{TOKEN: UUID(int=7)})
    browser = visitor(opaque(table)[0], TOKEN, clock)
    with pytest.raises(Misuse, match="a user's id is text, or an integer"):
        who(browser)


def test_a_look_up_may_wait_for_an_event_loop(table: Table, clock: Clock) -> None:
    async def owner_of(token: str) -> Any:
        await asyncio.sleep(0)
        return table.owner_of(token)

    async def visit() -> Any:
        peer = peers.OpaqueToken(owner_of, "token")
        visit = await visitor(peer, TOKEN, clock).sessions.open(f"token={TOKEN}")
        return visit.session.user

    assert asyncio.run(visit()) == "7"


def test_sessions_that_are_looked_up_are_no_home(table: Table, clock: Clock) -> None:
    sessions = Sessions(opaque(table)[0], clock=clock)
    browser = Browser(sessions)
    with pytest.raises(Misuse, match="only read: keep yours in a home of your own"):
        browser.visit(lambda session: session.login("7"))
    for asked in (sessions.list("7"), sessions.end("handle"), sessions.end_all("7")):
        with pytest.raises(Misuse, match="only read"):
            blocking.run(asked)


def test_a_stored_session_that_cannot_be_read_says_why(redis: RedisServer, clock: Clock) -> None:
    redis.ask("FLUSHALL")
    redis.ask("SET", f"session:{TOKEN}", pickle.dumps({"a": 1}, protocol=0).decode())
    peer = peers.Stored(f"flask-session+{redis.url}", "session")
    assert why_not(visitor(peer, TOKEN, clock)) == "malformed"


def test_a_store_that_is_down_signs_nobody_out(clock: Clock) -> None:
    peer = peers.Stored(f"flask-session+redis://127.0.0.1:{free_port()}", "session")
    browser = visitor(peer, TOKEN, clock)
    with pytest.raises(Unavailable):
        who(browser)
    assert browser.cookies == {"session": TOKEN}


@pytest.mark.parametrize("url", ["redis://127.0.0.1", "flask+redis://127.0.0.1", "sqlite:///x"])
def test_a_store_of_no_framework_is_refused_with_those_that_are_known(url: str) -> None:
    with pytest.raises(Misuse, match="django, flask-session, starsessions"):
        peers.Stored(url, "session")
