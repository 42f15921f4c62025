"""A browser signs in at a Node front with iron-session or at a service with dojang: it is both."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.running import backend_server, node_server
from tests.e2e.sharing import COOKIE, NOW, PASSWORD, Guest, Pair, post, shown

TTL = 3600
END = NOW + TTL * 1000
ADA = {"id": 7, "name": "에이다 🔏"}
BOB = {"id": 8, "name": "Bob"}
LONG = {"text": "장" * 2500}


@pytest.fixture(scope="module")
def backend() -> Iterator[str]:
    with backend_server("iron", password=PASSWORD, cookie=COOKIE, ttl=TTL, chunk=True) as url:
        yield url


@pytest.fixture(scope="module", params=[6, 8, 9])
def pair(request: pytest.FixtureRequest, backend: str) -> Iterator[Pair]:
    options = {"version": request.param, "password": PASSWORD, "cookieName": COOKIE, "ttl": TTL}
    with node_server("iron_server", chunk=request.param == 9, **options) as node:
        yield Pair(node, backend)


@pytest.fixture(scope="module")
def pair_9(backend: str) -> Iterator[Pair]:
    """Version 9 alone cuts cookies into pieces."""
    options = {"version": 9, "password": PASSWORD, "cookieName": COOKIE, "ttl": TTL}
    with node_server("iron_server", chunk=True, **options) as node:
        yield Pair(node, backend)


@pytest.fixture
def guest() -> Iterator[Guest]:
    guest = Guest()
    yield guest
    guest.client.close()


EITHER = pytest.mark.parametrize("first", ["node", "dojang"])


@EITHER
def test_who_signs_in_at_one_is_signed_in_at_the_other(
    pair: Pair, guest: Guest, first: str
) -> None:
    here, there = pair.others(first)
    guest.post(f"{here}/login", ADA)
    for url in (here, there):
        shown = guest.get(url)
        assert shown["user"] == 7
        assert shown["data"]["user"] == ADA


@EITHER
def test_what_one_changes_the_other_sees(pair: Pair, guest: Guest, first: str) -> None:
    here, there = pair.others(first)
    guest.post(f"{here}/login", ADA)
    guest.post(f"{there}/set", {"theme": "dark", "cart": [{"sku": 1, "n": 0.5}]})
    guest.post(f"{here}/set", {"theme": "light"})
    for url in (here, there):
        data = guest.get(url)["data"]
        assert (data["theme"], data["cart"]) == ("light", [{"sku": 1, "n": 0.5}])
        assert guest.user(url) == 7


@EITHER
def test_who_signs_out_at_one_is_signed_out_at_both(pair: Pair, guest: Guest, first: str) -> None:
    here, there = pair.others(first)
    guest.post(f"{there}/login", ADA)
    guest.post(f"{here}/logout")
    assert guest.cookies == {}
    assert guest.user(here) is guest.user(there) is None


@EITHER
def test_a_session_that_one_extends_lives_on_at_both(pair: Pair, guest: Guest, first: str) -> None:
    here, there = pair.others(first)
    guest.post(f"{here}/login", ADA)
    assert guest.expires == END
    later = NOW + TTL * 600
    guest.post(f"{there}/set", {"n": 1}, at=later)
    assert guest.expires == later + TTL * 1000
    for url in (here, there):
        assert guest.user(url, at=END + 120_000) == 7


def test_looking_is_enough_for_dojang_to_extend_a_session_of_node_at_half_its_time(
    pair: Pair, guest: Guest
) -> None:
    guest.post(f"{pair.node}/login", ADA)
    guest.get(pair.dojang, at=NOW + TTL * 499)
    assert guest.expires == END
    guest.get(pair.dojang, at=NOW + TTL * 501)
    assert guest.expires == END + TTL * 501
    assert guest.user(pair.node, at=END + 120_000) == 7


@EITHER
def test_a_session_that_nobody_extends_ends_at_both(pair: Pair, guest: Guest, first: str) -> None:
    here, there = pair.others(first)
    guest.post(f"{here}/login", ADA)
    assert guest.user(there, at=END + 60_000) is None
    assert guest.user(here, at=END + 60_000) is None


def test_node_carries_our_facts_along_untouched(pair: Pair, guest: Guest) -> None:
    guest.post(f"{pair.dojang}/login", ADA)
    before, handle = guest.claims["_dojang"], guest.get(pair.dojang)["handle"]
    guest.post(f"{pair.node}/set", {"theme": "dark"})
    assert guest.claims == {"user": ADA, "theme": "dark", "_dojang": before}
    assert guest.get(pair.dojang)["handle"] == handle
    assert "_dojang" not in guest.get(pair.dojang)["data"]


def test_what_node_says_of_the_user_is_who_it_is(pair: Pair, guest: Guest) -> None:
    guest.post(f"{pair.dojang}/login", ADA)
    guest.post(f"{pair.node}/login", BOB)
    assert guest.user(pair.dojang) == 8
    guest.post(f"{pair.dojang}/set", {"theme": "dark"})
    assert guest.user(pair.dojang) == guest.user(pair.node) == 8
    guest.post(f"{pair.node}/forget-user")
    assert guest.user(pair.dojang) is None
    guest.post(f"{pair.dojang}/set", {"theme": "light"})
    assert guest.user(pair.dojang) is guest.user(pair.node) is None


def test_another_user_of_node_is_another_session_of_ours(pair: Pair, guest: Guest) -> None:
    guest.post(f"{pair.dojang}/login", ADA)
    adas = guest.get(pair.dojang)["handle"]
    guest.post(f"{pair.node}/login", BOB)
    guest.post(f"{pair.dojang}/set", {"theme": "dark"})
    assert guest.get(pair.dojang)["handle"] not in {adas, None}
    assert guest.claims["_dojang"]["u"] == 8


@EITHER
def test_a_session_too_large_for_one_cookie_is_cut_and_joined_by_both(
    pair_9: Pair, guest: Guest, first: str
) -> None:
    here, there = pair_9.others(first)
    guest.post(f"{here}/login", ADA)
    guest.post(f"{here}/set", LONG)
    assert set(guest.cookies) == {f"{COOKIE}.0", f"{COOKIE}.1", f"{COOKIE}.2"}
    shown = guest.get(there)
    assert (shown["user"], shown["data"]["text"]) == (7, LONG["text"])
    guest.post(f"{there}/set", {"text": "장" * 1300})
    assert set(guest.cookies) == {f"{COOKIE}.0", f"{COOKIE}.1"}
    assert guest.get(here)["data"]["text"] == "장" * 1300
    guest.post(f"{there}/set", {"text": "short"})
    assert set(guest.cookies) == {COOKIE}
    assert guest.get(here)["data"]["text"] == "short"
    guest.post(f"{here}/set", LONG)
    guest.post(f"{there}/logout")
    assert guest.cookies == {}


def test_pieces_are_cut_at_the_same_places_by_both(pair_9: Pair, guest: Guest) -> None:
    guest.post(f"{pair_9.node}/set", LONG)
    theirs = {name: len(value) for name, value in guest.cookies.items()}
    guest.client.cookies.clear()
    guest.post(f"{pair_9.dojang}/set", LONG)
    ours = {name: len(value) for name, value in guest.cookies.items()}
    assert ours[f"{COOKIE}.0"] == theirs[f"{COOKIE}.0"]


def test_real_chromium_is_signed_in_and_out_at_both(chromium: Browser, pair_9: Pair) -> None:
    context = chromium.new_context()
    front, service = context.new_page(), context.new_page()
    front.goto(pair_9.node)
    service.goto(pair_9.dojang)
    post(front, "/login", ADA)
    service.reload()
    assert shown(service)["user"] == 7
    assert shown(service)["data"]["user"] == ADA
    post(service, "/set", LONG)
    front.reload()
    assert shown(front)["data"]["text"] == LONG["text"]
    post(service, "/logout")
    front.reload()
    assert shown(front) == {"user": None, "data": {}}
    post(service, "/login", BOB)
    front.reload()
    assert shown(front)["user"] == 8
    post(front, "/logout")
    service.reload()
    assert shown(service)["user"] is None
    assert context.cookies() == []
    context.close()
