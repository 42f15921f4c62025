"""What dojang remembers beside the data is under one member that a peer carries along."""

from dojang.session.settle import RESERVED
from dojang.sessions import Sessions
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, put
from tests.conftest import SECRET

PEER = IronSeal(SECRET)


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
