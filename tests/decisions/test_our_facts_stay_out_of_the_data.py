"""What dojang remembers beside the data is under one member that a peer carries along."""

from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.session.settle import RESERVED
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose import jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SESSION_TYPE, SignedJwt
from tests.browser import Browser, put
from tests.conftest import SECRET

PEER = IronSeal(SECRET)
KEY = Key.from_secret(SECRET)


def verify(token: str, clock: Clock) -> dict[str, Any]:
    return jwt.verify(token, KEY, now=clock()).claims


def test_the_data_hold_what_the_application_put_there_and_nothing_else(
    sessions: Sessions,
) -> None:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(theme="dark"))
    assert browser.visit(dict) == {"theme": "dark"}


def test_in_a_seal_our_facts_are_one_member_behind_the_data(sealed: Sessions, clock: Clock) -> None:
    browser = Browser(sealed)
    browser.visit(lambda session: session.login("ada"))
    browser.visit(put(theme="dark"))
    claims = PEER.decode(browser.cookie, now=clock()).claims
    assert list(claims) == ["theme", RESERVED]
    assert claims[RESERVED]["u"] == "ada"


def test_a_peer_that_carries_the_member_along_keeps_the_principal(
    sealed: Sessions, clock: Clock
) -> None:
    browser = Browser(sealed)
    browser.visit(lambda session: session.login("ada"))
    handle, created = browser.visit(lambda session: (session.handle, session.created))
    opened = PEER.decode(browser.cookie, now=clock())
    opened.claims["from"] = "node"
    text = PEER.encode(opened.claims, expires=opened.expires, now=clock())
    browser.cookies["__Host-session"] = text
    assert browser.visit(
        lambda session: (session.user, session.handle, session.created, session["from"])
    ) == ("ada", handle, created, "node")


def test_a_session_born_in_a_peer_works_without_our_facts(sealed: Sessions, clock: Clock) -> None:
    browser = Browser(sealed)
    text = PEER.encode({"user": {"id": 1}}, expires=clock() + 3_600_000, now=clock())
    browser.cookies["__Host-session"] = text
    assert browser.visit(lambda session: (session["user"], session.user, session.handle)) == (
        {"id": 1}, None, None,
    )  # fmt: skip
    browser.visit(put(seen="here"))
    claims = PEER.decode(browser.cookie, now=clock()).claims
    assert claims["user"] == {"id": 1}
    assert browser.visit(lambda session: session.handle) is not None


def test_a_member_that_is_not_what_we_write_there_is_malformed(
    sealed: Sessions, clock: Clock
) -> None:
    plants: list[object] = ["text", [], {"h": 1}, {"h": "x", "c": "y"}, {"h": "x", "c": 1, "u": {}}]
    for planted in plants:
        browser = Browser(sealed)
        text = PEER.encode({RESERVED: planted}, expires=None, now=clock())
        browser.cookies["__Host-session"] = text
        assert browser.visit(lambda session: session.rejected) == "malformed"


def test_in_a_token_user_and_handle_are_the_claims_that_it_has_for_them(
    signed: Sessions, clock: Clock
) -> None:
    browser = Browser(signed)
    browser.visit(lambda session: session.login(7))
    browser.visit(put(theme="dark"))
    claims = verify(browser.cookie, clock)
    assert list(claims) == ["theme", RESERVED, "sub", "jti", "iat", "exp"]
    assert claims["sub"] == "7"
    assert claims["jti"] == browser.visit(lambda session: session.handle)
    assert browser.visit(lambda session: (session.user, dict(session))) == (7, {"theme": "dark"})


def test_the_members_of_a_token_are_not_the_datas(signed: Sessions) -> None:
    for name in ("sub", "jti", "iat", "exp"):
        with pytest.raises(Misuse, match=name):
            Browser(signed).visit(put(**{name: "mine"}))


@pytest.mark.parametrize(
    ("left_by_node", "user"), [({"sub": "8"}, "8"), ({}, None), ({"sub": "7"}, 7)]
)
def test_a_peer_that_changes_the_user_of_a_token_but_carries_our_facts_along_is_believed(
    left_by_node: dict[str, Any], user: int | str | None, signed: Sessions, clock: Clock
) -> None:
    browser = Browser(signed)
    browser.visit(lambda session: session.login(7))
    handle, login = browser.visit(lambda session: (session.handle, session.authenticated))
    claims = verify(browser.cookie, clock)
    del claims["sub"]
    browser.cookies["__Host-session"] = jwt.sign(
        {**claims, **left_by_node}, {"alg": "HS256", "typ": SESSION_TYPE}, key=KEY
    )
    is_same = user == 7
    assert browser.visit(lambda session: (session.user, session.handle, session.authenticated)) == (
        user,
        handle if is_same else None,
        login if is_same else None,
    )


def test_a_token_born_in_a_peer_is_its_subs_from_when_it_was_issued(
    signed: Sessions, clock: Clock
) -> None:
    browser = Browser(signed)
    claims = {"sub": "7", "iat": clock() // 1000 - 60, "theme": "dark"}
    header = {"alg": "HS256", "typ": SESSION_TYPE}
    browser.cookies["__Host-session"] = jwt.sign(claims, header, key=KEY)
    user, created, data = browser.visit(
        lambda session: (session.user, session.created, dict(session))
    )
    assert (user, data) == ("7", {"theme": "dark"})
    assert created.timestamp() == clock() / 1000 - 60
    assert browser.sent == []


def test_a_token_born_in_a_peer_is_listed_and_ended_from_the_moment_we_see_it(
    clock: Clock,
) -> None:
    strategy = ClientSide(SignedJwt(KEY), revocations=MemoryStore())
    sessions = Sessions(strategy, clock=clock)
    browser = Browser(sessions)
    claims = {"sub": "7", "iat": clock() // 1000, "jti": "named by the peer"}
    header = {"alg": "HS256", "typ": SESSION_TYPE}
    browser.cookies["__Host-session"] = jwt.sign(claims, header, key=KEY)
    assert browser.visit(lambda session: session.user) == "7"
    (entry,) = blocking.run(sessions.list("7"))
    assert browser.visit(lambda session: session.handle) == entry.handle
    assert blocking.run(sessions.end(entry.handle))
    assert browser.visit(lambda session: (session.user, session.rejected)) == (None, "revoked")
