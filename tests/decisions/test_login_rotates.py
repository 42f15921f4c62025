"""A principal gained or changed means a new id, detected rather than asked for."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.session.settle import RESERVED
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET
from tests.counts import scaled


@pytest.fixture
def named(clock: Clock) -> Sessions:
    """An application that keeps its user in its own data, as `user.id`."""
    strategy = ServerSide(MemoryStore())
    return Sessions(strategy, secret=SECRET, clock=clock, principal="user.id")


def test_a_login_issues_a_new_id_and_the_old_one_dies(on_server: Sessions) -> None:
    """passport CVE-2022-25896: login without regenerating the session."""
    browser = Browser(on_server)
    browser.visit(put(cart=["book"]))
    old = browser.twin()
    browser.visit(lambda session: session.login("ada"))
    assert browser.cookie != old.cookie
    assert browser.visit(look) == {"cart": ["book"]}
    assert old.visit(lambda session: (session.user, dict(session))) == (None, {})


def test_a_login_of_the_same_user_again_rotates_too(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    old = browser.twin()
    browser.visit(lambda session: session.login("ada", methods=("pwd", "otp")))
    assert old.visit(lambda session: session.user) is None
    assert browser.visit(lambda session: session.user) == "ada"


def test_a_login_as_somebody_else_takes_no_data_along(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(letters="of ada"))
    browser.visit(lambda session: session.login("eve"))
    assert browser.visit(lambda session: (session.user, dict(session))) == ("eve", {})


def test_a_session_that_moves_while_all_of_its_users_are_ended_does_not_stay(
    in_every_store: Sessions,
) -> None:
    async def survives(user: str) -> bool:
        first = await in_every_store.open()
        first.session.login(user)
        cookie = cookie_of(await first.close(200))
        moving = await in_every_store.open(cookie)
        moving.session.rotate()
        lines, _ = await asyncio.gather(moving.close(200), in_every_store.end_all(user))
        late = await in_every_store.open(cookie_of(lines) if lines else cookie)
        return late.session.user is not None

    async def survivors() -> int:
        return sum([await survives(f"ada {n}") for n in range(scaled(1_000))])

    assert asyncio.run(survivors()) == 0


def cookie_of(lines: Sequence[str]) -> str:
    return lines[0].partition(";")[0]


def test_a_logout_with_something_left_to_say_moves_to_a_new_id(on_server: Sessions) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    old = browser.twin()

    def log_out(session: Any) -> None:
        session.logout()
        session["flash"] = "goodbye"

    browser.visit(log_out)
    assert browser.visit(lambda session: (session.user, dict(session))) == (
        None, {"flash": "goodbye"},
    )  # fmt: skip
    assert old.visit(lambda session: session.user) is None


def test_clear_ends_the_principal_as_starlette_and_flask_log_out(sessions: Sessions) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    browser.visit(lambda session: session.clear())
    assert browser.cookies == {}
    assert browser.visit(lambda session: session.user) is None


def test_a_principal_in_the_applications_own_data_rotates_when_it_appears(
    named: Sessions,
) -> None:
    browser = Browser(named)
    browser.visit(put(cart=["book"]))
    old = browser.twin()
    browser.visit(put(user={"id": 7, "name": "Ada"}))
    assert browser.cookie != old.cookie
    assert browser.visit(lambda session: session.user) == 7
    assert old.visit(lambda session: session.user) is None
    assert len(blocking.run(named.list(7))) == 1


def test_a_principal_in_the_data_rotates_when_it_changes_or_goes(named: Sessions) -> None:
    browser = Browser(named)
    browser.visit(put(user={"id": 7}))
    seven = browser.twin()
    browser.visit(put(user={"id": 8}))
    eight = browser.twin()
    browser.visit(lambda session: (session.pop("user"), put(flash="bye")(session)))
    assert browser.visit(lambda session: (session.user, dict(session))) == (None, {"flash": "bye"})
    assert [old.visit(lambda session: session.user) for old in (seven, eight)] == [None, None]


def test_a_login_writes_the_principal_where_the_application_keeps_it(named: Sessions) -> None:
    browser = Browser(named)
    browser.visit(put(user={"theme": "dark"}))
    browser.visit(lambda session: session.login(7))
    assert browser.visit(look) == {"user": {"theme": "dark", "id": 7}}
    browser.visit(lambda session: session.login(8))
    assert browser.visit(lambda session: (session.user, dict(session))) == (8, {"user": {"id": 8}})


def test_a_login_that_an_error_answer_drops_leaves_nobody_in_the_data(named: Sessions) -> None:
    browser = Browser(named)
    browser.visit(put(cart=["book"]))
    browser.visit(lambda session: session.login(7), status=401)
    assert browser.visit(lambda session: (session.user, dict(session))) == (
        None, {"cart": ["book"]},
    )  # fmt: skip


def test_whoever_takes_the_principal_out_of_the_data_has_logged_out(named: Sessions) -> None:
    browser = Browser(named)
    browser.visit(lambda session: session.login(7))
    browser.visit(put(cart=["book"]))
    old = browser.twin()
    browser.visit(lambda session: session.pop("user"))
    assert browser.visit(lambda session: (session.user, dict(session))) == (
        None, {"cart": ["book"]},
    )  # fmt: skip
    assert old.visit(lambda session: session.user) is None


@pytest.mark.parametrize(
    ("left_by_node", "user"), [({}, None), ({"user": {}}, None), ({"user": {"id": 8}}, 8)]
)
def test_a_peer_that_changes_the_principal_but_carries_our_facts_along_is_believed(
    left_by_node: dict[str, Any], user: int | None, clock: Clock
) -> None:
    peer = IronSeal(SECRET)
    sessions = Sessions(ClientSide(peer), clock=clock, principal="user.id")
    browser = Browser(sessions)
    browser.visit(lambda session: session.login(7))
    handle = browser.visit(lambda session: session.handle)
    opened = peer.decode(browser.cookie, now=clock())
    facts = {RESERVED: opened.claims[RESERVED], "cart": ["book"]}
    browser.cookies["__Host-session"] = peer.encode(
        {**left_by_node, **facts}, expires=opened.expires, now=clock()
    )
    assert browser.visit(lambda session: session.user) == user
    assert browser.visit(lambda session: session.handle) != handle
    assert browser.visit(lambda session: (session.user, session["cart"])) == (user, ["book"])


def test_a_change_beside_the_principal_does_not_rotate(named: Sessions) -> None:
    browser = Browser(named)
    browser.visit(put(user={"id": 7, "name": "Ada"}))
    before = browser.cookie
    browser.visit(lambda session: session["user"].update(name="Augusta Ada"))
    assert browser.cookie == before


def test_a_session_written_elsewhere_is_adopted_into_the_list_when_first_seen(
    named: Sessions, clock: Clock
) -> None:
    plain = Sessions(named.strategy, secret=SECRET, clock=clock)
    browser = Browser(plain)
    browser.visit(put(user={"id": 7}))
    assert blocking.run(named.list(7)) == []
    browser.sessions = named
    before = browser.cookie
    assert browser.visit(lambda session: session.user) == 7
    assert browser.cookie == before
    assert len(blocking.run(named.list(7))) == 1


def test_a_rotation_can_be_asked_for_and_keeps_principal_and_age(
    on_server: Sessions, clock: Clock
) -> None:
    browser = Browser(on_server)
    browser.visit(lambda session: session.login("ada"))
    created = browser.visit(lambda session: session.created)
    old = browser.twin()
    clock.tick(60)
    browser.visit(lambda session: session.rotate())
    assert browser.cookie != old.cookie
    assert browser.visit(lambda session: (session.user, session.created)) == ("ada", created)
    assert old.visit(lambda session: session.user) is None


@pytest.mark.parametrize(
    "user", ["", None, True, 1.5, b"ada", {"id": 1}, "\ud800", 2**53, -(2**53)]
)
def test_what_cannot_name_a_user_is_refused(sessions: Sessions, user: Any) -> None:
    with pytest.raises(Misuse):
        Browser(sessions).visit(lambda session: session.login(user))


@pytest.mark.parametrize("id", ["", None, True, 1.5, {"x": 1}, "\ud800"])
def test_what_cannot_name_a_user_in_the_data_is_nobody(named: Sessions, id: Any) -> None:
    browser = Browser(named)
    browser.visit(put(user={"id": id}))
    assert browser.visit(lambda session: session.user) is None
