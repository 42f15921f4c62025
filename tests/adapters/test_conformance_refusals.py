"""Every reason why a cookie is not accepted, in every adapter, and what the browser is told."""

from collections.abc import Callable
from typing import Any

import pytest

from dojang import blocking
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire import base64url
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose import jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.adapters.asking import Client
from tests.adapters.homes import made
from tests.adapters.stage import Stage
from tests.conftest import SECRET

DAY = 24 * 3600
KEY = Key.from_secret(SECRET)


def answer(client: Client, cookie: str) -> tuple[str, bool]:
    """Return the code, and whether the answer deletes the cookie."""
    client.cookies = {"__Host-session": cookie}
    reply = client.get("/why")
    return reply.text, any("max-age=0" in line.lower() for line in reply.cookies)


def cookie_of(sessions: Sessions) -> str:
    """Return the cookie of a new session."""
    visit = blocking.run(sessions.open())
    visit.session["n"] = 1
    (line,) = blocking.run(visit.close(200))
    return line.partition(";")[0].partition("=")[2]


def changed(good: str) -> str:
    """Return another text of the same length, whose signature is not over it."""
    at = -20 if good.startswith("ey") else 30
    return good[:at] + ("A" if good[at] != "A" else "B") + good[at:][1:]


def test_a_cookie_is_refused_for_its_reason_and_deleted_where_it_can_never_be_good(
    stage: Stage, home: Sessions, clock: Clock
) -> None:
    client = stage.open(home)
    assert client.get("/why").text == "missing"
    client.get("/put")
    good = client.cookies["__Host-session"]
    for text, codes in (
        ("junk", {"malformed", "bad-signature"}),
        ("x" * 100_000, {"oversized"}),
        (changed(good), {"bad-signature"}),
    ):
        code, dropped = answer(client, text)
        assert (code in codes, dropped) == (True, True), (code, codes)
    clock.tick(31 * DAY)
    assert answer(client, good) == ("expired", True)


#: Tokens that our key has signed, and that are not for us or not for now.
NOT_FOR_US: dict[str, Callable[[int], tuple[dict[str, object], str]]] = {
    "wrong-type": lambda _: ({}, "at+jwt"),
    "wrong-audience": lambda _: ({"aud": "another"}, "session+jwt"),
    "wrong-issuer": lambda _: ({"iss": "another"}, "session+jwt"),
    "not-yet-valid": lambda now: ({"nbf": now // 1000 + 600}, "session+jwt"),
}


@pytest.mark.parametrize("code", NOT_FOR_US)
def test_what_is_authentic_and_not_for_us_is_left_in_the_browser(
    stage: Stage, clock: Clock, code: str
) -> None:
    format = SignedJwt(KEY, issuer="us", audience="here")
    client = stage.open(made(ClientSide(format), clock))
    claims, type = NOT_FOR_US[code](clock())
    now = clock() // 1000
    told = {"iss": "us", "aud": "here", "iat": now, "exp": now + 600, **claims}
    token = jwt.sign(told, {"alg": "HS256", "typ": type}, key=KEY)
    assert answer(client, token) == (code, False)


def test_a_retired_key_is_unknown_in_a_token_too(stage: Stage, clock: Clock) -> None:
    old = made(ClientSide(SignedJwt(Key.from_secret(SECRET, kid="old"))), clock)
    new = made(ClientSide(SignedJwt(Key.from_secret(SECRET[::-1], kid="new"))), clock)
    assert answer(stage.open(new), cookie_of(old)) == ("unknown-key", True)


def test_another_algorithm_is_no_way_in(stage: Stage, clock: Clock) -> None:
    """PyJWT CVE-2022-29217, jsonwebtoken CVE-2022-23540: the token chose the algorithm."""
    client = stage.open(made(ClientSide(SignedJwt(KEY)), clock))
    head, _, rest = cookie_of(made(ClientSide(SignedJwt(KEY)), clock)).partition(".")
    none = base64url.encode(b'{"alg":"none","typ":"session+jwt"}')
    for token in (f"{none}.{rest}", f"{none}.{rest.partition('.')[0]}."):
        code, _ = answer(client, token)
        assert code in {"wrong-algorithm", "malformed"}
    assert answer(client, f"{head}.{rest}")[0] == "None"


def test_cookie_and_token_that_disagree_are_401_and_the_answer_says_how(
    stage: Stage, clock: Clock
) -> None:
    client = stage.open(made(ServerSide(MemoryStore()), clock, bearer=True))
    client.get("/login")
    reply = client.get("/peek", ("authorization", "Bearer junk"))
    assert (reply.status, reply.all("content-type")) == (401, ["application/problem+json"])
    assert "the cookie is good and the bearer token is malformed" in reply.text
    assert reply.cookies == []


def test_a_retired_key_is_unknown(stage: Stage, clock: Clock) -> None:
    old = made(ClientSide(IronSeal({1: SECRET})), clock)
    new = made(ClientSide(IronSeal({2: SECRET[::-1]})), clock)
    assert answer(stage.open(new), cookie_of(old)) == ("unknown-key", True)


@pytest.mark.parametrize("format", [IronSeal(SECRET), SignedJwt(KEY)], ids=["sealed", "jwt"])
def test_one_ended_from_afar_is_revoked_and_deleted(
    stage: Stage, clock: Clock, format: Any
) -> None:
    home = made(ClientSide(format, revocations=MemoryStore()), clock)
    client = stage.open(home)
    client.get("/login")
    clock.tick(1)
    blocking.run(home.end_all("ada"))
    clock.tick(2)
    assert answer(client, client.cookies["__Host-session"]) == ("revoked", True)


def test_one_that_is_gone_is_unknown_and_its_cookie_left_alone(
    stage: Stage, server_home: Sessions
) -> None:
    client = stage.open(server_home)
    client.get("/login")
    blocking.run(server_home.end_all("ada"))
    assert answer(client, client.cookies["__Host-session"]) == ("unknown", False)


def test_one_that_was_replaced_is_rotated_and_its_cookie_left_alone(
    stage: Stage, server_home: Sessions, clock: Clock
) -> None:
    strategy: Any = server_home.strategy
    client = stage.open(made(ServerSide(strategy.store, overlap=60), clock))
    client.get("/put")
    old = client.cookies["__Host-session"]
    client.get("/login")
    assert answer(client, old) == ("rotated", False)
    clock.tick(61)
    assert answer(client, old) == ("unknown", False)
