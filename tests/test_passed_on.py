"""One service calls another in the name of its user: whom it convinces, of what, and how long."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx2
import pytest
import requests

from dojang import blocking
from dojang.adapters import asgi, wsgi
from dojang.errors import Misuse, ReadOnly
from dojang.passed_on import OnBehalf, PassedOn, PassOn
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire import base64url
from dojang.wire.jose import jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.adapters import django_project
from tests.adapters.asking import Client
from tests.adapters.homes import PRINCIPAL
from tests.adapters.served import SERVERS, Say, inner
from tests.browser import Browser, put
from tests.conftest import SECRET

django_project.prepare()

SHARED = "a secret that the services of this test share"
WEB: dict[str, Any] = {"issuers": ["web"], "audience": "billing"}


@pytest.fixture
def web(clock: Clock) -> Browser:
    """Ada, signed in at the service that calls."""
    browser = Browser(Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock))
    browser.visit(put(plan="gold", secret="of the front"))
    browser.visit(lambda session: session.login("ada", methods=("pwd", "otp")))
    return browser


@pytest.fixture
def pass_on(clock: Clock) -> PassOn:
    return PassOn(SHARED, issuer="web", clock=clock)


@pytest.fixture
def billing(clock: Clock) -> Sessions:
    """The service that is called, which has sessions of its own."""
    return called(clock)


def called(clock: Clock, secret: Any = SHARED, **options: Any) -> Sessions:
    home = ServerSide(MemoryStore())
    accepts = PassedOn(secret, **{**WEB, **options})
    return Sessions(home, secret=SECRET[::-1], passed_on=accepts, clock=clock)


def passed(web: Browser, pass_on: PassOn, to: str = "billing", **options: Any) -> str:
    auth: OnBehalf = web.visit(lambda session: pass_on(session, to=to, **options))
    return auth.token


def seen(sessions: Sessions, token: str) -> tuple[Any, ...]:
    visit = blocking.run(sessions.open(bearer=token))
    return visit.session.user, visit.session.rejected


def test_the_second_service_sees_who_it_is_and_nothing_else(
    web: Browser, pass_on: PassOn, billing: Sessions, clock: Clock
) -> None:
    visit = blocking.run(billing.open(bearer=passed(web, pass_on)))
    session = visit.session
    assert (session.user, session.rejected, dict(session)) == ("ada", None, {})
    assert session.handle == web.visit(lambda own: own.handle)
    assert session.authenticated == web.visit(lambda own: own.authenticated)
    assert session.expires is not None
    assert session.expires.timestamp() * 1000 == clock.now + 60_000
    assert list(blocking.run(visit.close(200))) == []


def test_a_session_that_nobody_looked_at_is_passed_on_all_the_same(
    web: Browser, pass_on: PassOn, billing: Sessions
) -> None:
    visit = blocking.run(web.sessions.open(web.header))
    token = pass_on(visit.session, to="billing", data=["plan"]).token
    received = blocking.run(billing.open(bearer=token)).session
    assert (received.user, dict(received)) == ("ada", {"plan": "gold"})


def test_members_go_along_that_are_named(web: Browser, pass_on: PassOn, billing: Sessions) -> None:
    token = passed(web, pass_on, data=["plan", "absent"])
    assert dict(blocking.run(billing.open(bearer=token)).session) == {"plan": "gold"}


def test_a_user_that_is_a_number_stays_one(
    pass_on: PassOn, billing: Sessions, web: Browser
) -> None:
    web.visit(lambda session: session.login(7))
    assert seen(billing, passed(web, pass_on)) == (7, None)


def test_it_cannot_be_changed_there(web: Browser, pass_on: PassOn, billing: Sessions) -> None:
    token = passed(web, pass_on, data=["plan"])
    changes: list[Callable[[Any], Any]] = [
        lambda session: session.update(n=1),
        lambda session: session.login("eve"),
        lambda session: session.logout(),
        lambda session: session.rotate(),
    ]
    for change in changes:
        visit = blocking.run(billing.open(bearer=token))
        with pytest.raises(ReadOnly, match="passed on by another service"):
            change(visit.session)
        assert list(blocking.run(visit.close(200))) == []
    assert len(billing.strategy.store) == 0  # type: ignore[attr-defined] # of this very strategy


def test_a_change_deep_inside_is_said_and_not_lost(
    web: Browser, pass_on: PassOn, billing: Sessions
) -> None:
    web.visit(put(cart=[1]))
    visit = blocking.run(billing.open(bearer=passed(web, pass_on, data=["cart"])))
    visit.session["cart"].append(2)
    with pytest.raises(ReadOnly):
        blocking.run(visit.close(200))


# -- whom it does not convince --------------------------------------------------------------------


def test_after_a_minute_it_is_over(
    web: Browser, pass_on: PassOn, billing: Sessions, clock: Clock
) -> None:
    token = passed(web, pass_on)
    clock.tick(59)
    assert seen(billing, token) == ("ada", None)
    clock.tick(1)
    assert seen(billing, token) == (None, "expired")


def test_it_never_outlives_its_session(pass_on: PassOn, clock: Clock) -> None:
    short = Lifetime(idle=20, absolute=20, renew=1)
    web = Browser(Sessions(ServerSide(MemoryStore()), secret=SECRET, lifetime=short, clock=clock))
    web.visit(lambda session: session.login("ada"))
    token = passed(web, pass_on)
    clock.tick(20)
    assert seen(called(clock), token) == (None, "expired")


def test_passing_it_on_and_on_does_not_make_it_longer(
    web: Browser, pass_on: PassOn, billing: Sessions, clock: Clock
) -> None:
    token = passed(web, pass_on)
    clock.tick(50)
    received = blocking.run(billing.open(bearer=token)).session
    onwards = PassOn(SHARED, issuer="billing", clock=clock)(received, to="mail").token
    mail = called(clock, audience="mail", issuers=["billing"])
    assert seen(mail, onwards) == ("ada", None)
    clock.tick(10)
    assert seen(mail, onwards) == (None, "expired")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"audience": "mail"}, "wrong-audience"),
        ({"audience": "bill"}, "wrong-audience"),
        ({"issuers": ["shop"]}, "wrong-issuer"),
        ({"issuers": ["we", "web2"]}, "wrong-issuer"),
        ({"secret": "another secret, which nobody shares with us"}, "bad-signature"),
    ],
)
def test_another_service_does_not_take_it(
    web: Browser, pass_on: PassOn, clock: Clock, options: dict[str, Any], code: str
) -> None:
    assert seen(called(clock, **options), passed(web, pass_on)) == (None, code)


@pytest.mark.parametrize("token", ["garbage", "eyJhbGciOiJIUzI1NiJ9.e30.x", ""])
def test_a_service_that_takes_these_alone_says_that_another_is_none(
    billing: Sessions, token: str
) -> None:
    visit = blocking.run(billing.open(bearer=token))
    assert visit.session.rejected == "malformed"
    assert visit.challenge(401) == 'Bearer error="invalid_token"'
    # Beside a session of its own it may be anybody's, and is not looked at.
    browser = Browser(billing)
    browser.visit(lambda session: session.login("eve"))
    beside = blocking.run(billing.open(browser.header, bearer=token)).session
    assert (beside.user, beside.rejected) == ("eve", None)


def test_no_other_token_of_ours_is_taken_for_it_nor_it_for_another(
    web: Browser, clock: Clock
) -> None:
    """next-auth CVE-2023-48309: one kind of token was accepted as another."""
    key = Key.from_secret(SHARED)
    signed = Sessions(
        ClientSide(SignedJwt(key, issuer="web", audience="billing")), bearer=True, clock=clock
    )
    mine = Browser(signed)
    mine.visit(lambda session: session.login("ada"))
    # Under one secret, and with the same names: the kind of the token and its key are others.
    assert seen(called(clock), mine.cookie) == (None, "malformed")
    both = Sessions(
        ServerSide(MemoryStore()), secret=SECRET, bearer=True, clock=clock,
        passed_on=PassedOn(key, **WEB),
    )  # fmt: skip
    assert seen(both, mine.cookie)[0] is None
    token = passed(web, PassOn(key, issuer="web", clock=clock))
    assert seen(both, token) == ("ada", None)
    assert seen(signed, token) == (None, "wrong-type")
    assert seen(Sessions(ClientSide(SignedJwt(key)), bearer=True, clock=clock), token)[0] is None
    browser = Browser(called(clock))
    browser.cookies = {"__Host-session": token}
    assert browser.visit(lambda session: session.user) is None


@pytest.mark.parametrize("missing", ["exp", "iat", "sub", "aud", "iss"])
def test_a_token_that_leaves_something_out_is_refused(
    clock: Clock, billing: Sessions, missing: str
) -> None:
    now = clock() // 1000
    claims = {"iss": "web", "aud": "billing", "sub": "ada", "iat": now, "exp": now + 60}
    key = next(iter(PassedOn(SHARED, **WEB)._keys))
    head = {"alg": "HS256", "typ": "passed-on+jwt"}
    assert seen(billing, jwt.sign(claims, head, key=key)) == ("ada", None)
    del claims[missing]
    user, code = seen(billing, jwt.sign(claims, head, key=key))
    assert (user, code is None) == (None, False)


@pytest.mark.parametrize("text", ["", ".", "..", "ey.ey.ey", "x" * 100_000, "\ud800.\ud800.", "é"])
def test_any_text_is_safe(billing: Sessions, text: str) -> None:
    head = base64url.encode(b'{"alg":"none","typ":"passed-on+jwt"}')
    for token in (text, f"{head}.{text}", f"{head}.{text}."):
        assert seen(billing, token)[0] is None


def test_with_a_pair_of_keys_the_called_service_can_speak_for_nobody(
    web: Browser, clock: Clock
) -> None:
    pytest.importorskip("joserfc")
    from joserfc.jwk import ECKey

    made: Any = ECKey.generate_key("P-256").as_dict(private=True)
    private = Key.from_jwk(made)
    public = Key.from_jwk({name: made[name] for name in ("kty", "crv", "x", "y")})
    token = passed(web, PassOn(private, issuer="web", clock=clock))
    assert seen(called(clock, public), token) == ("ada", None)
    with pytest.raises(Misuse, match="only verifies"):
        PassOn(public, issuer="billing")


def test_ended_sessions_pass_nothing_on(web: Browser, pass_on: PassOn) -> None:
    blocking.run(web.sessions.end_all("ada"))
    with pytest.raises(Misuse, match="nobody is signed in"):
        passed(web, pass_on)


def test_what_cannot_be_is_said_when_it_is_made(web: Browser, pass_on: PassOn) -> None:
    for seconds in (0, -1, 601):
        with pytest.raises(Misuse, match="write 1 to 600"):
            PassOn(SHARED, issuer="web", seconds=seconds)
    issuers: Any
    for issuers in ("web", []):
        with pytest.raises(Misuse, match="name the services"):
            PassedOn(SHARED, audience="billing", issuers=issuers)
    odd: Any
    for odd in ("", ["billing", "mail"], None):
        with pytest.raises(Misuse, match="to is the name of one service"):
            passed(web, pass_on, to=odd)
        with pytest.raises(Misuse, match="issuer is the name of one service"):
            PassOn(SHARED, issuer=odd)
        with pytest.raises(Misuse, match="audience is the name of one service"):
            PassedOn(SHARED, audience=odd, issuers=["web"])
        with pytest.raises(Misuse, match="an issuer is the name of one service"):
            PassedOn(SHARED, audience="billing", issuers=["web", odd])
    with pytest.raises(Misuse, match=r"data=\['plan'\]"):
        passed(web, pass_on, data="plan")
    with pytest.raises(Misuse, match="this is a dict"):
        pass_on({"user": "ada"}, to="billing")
    with pytest.raises(Misuse, match="exp is the token's own"):
        passed(web, pass_on, data=["exp"])
    assert "ey" not in repr(web.visit(lambda session: pass_on(session, to="billing")))


# -- with both sides running ----------------------------------------------------------------------


async def second_api(scope: Any, receive: Any, send: Any) -> None:
    del receive
    session = scope["session"]
    text = f"{session.user} {session.rejected}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


def test_a_call_with_httpx2_is_one_line(web: Browser, pass_on: PassOn, billing: Sessions) -> None:
    transport = httpx2.ASGITransport(asgi.SessionMiddleware(second_api, billing))

    async def call(auth: OnBehalf) -> httpx2.Response:
        async with httpx2.AsyncClient(transport=transport, base_url="https://billing") as client:
            return await client.get("/", auth=auth)

    answer = asyncio.run(call(web.visit(lambda session: pass_on(session, to="billing"))))
    assert answer.text == "ada None"
    assert "Authorization" in answer.headers["vary"]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def billing_url(billing: Sessions) -> Iterator[str]:
    def app(environ: Any, start_response: Any) -> Any:
        session = wsgi.session_of(environ)
        text = f"{session.user} {session.rejected}"
        if environ["PATH_INFO"] == "/away":
            start_response("302 Found", [("Location", f"http://localhost:{server.server_port}/")])
            return [b""]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text.encode()]

    served = wsgi.SessionMiddleware(app, billing)
    with make_server("127.0.0.1", 0, served, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("get", [requests.get, httpx2.get], ids=["requests", "httpx2"])
def test_a_call_over_the_network_is_one_line(
    web: Browser, pass_on: PassOn, billing_url: str, get: Any
) -> None:
    auth = web.visit(lambda session: pass_on(session, to="billing"))
    assert get(billing_url, auth=auth).text == "ada None"
    assert get(billing_url).text == "None missing"


@pytest.mark.parametrize(
    "get",
    [requests.get, lambda url, auth: httpx2.get(url, auth=auth, follow_redirects=True)],
    ids=["requests", "httpx2"],
)
def test_a_redirect_to_another_host_takes_no_token_along(
    web: Browser, pass_on: PassOn, billing_url: str, get: Any
) -> None:
    auth = web.visit(lambda session: pass_on(session, to="billing"))
    assert get(f"{billing_url}/away", auth=auth).text == "None missing"


@pytest.mark.parametrize("server", SERVERS)
def test_every_framework_takes_it(server: str, web: Browser, pass_on: PassOn, clock: Clock) -> None:
    sessions = Sessions(
        ServerSide(MemoryStore()), secret=SECRET, principal=PRINCIPAL, clock=clock,
        passed_on=PassedOn(SHARED, **WEB),
    )  # fmt: skip

    def peek(session: Any) -> Say:
        return Say(f"{inner(session).user} {inner(session).rejected}")

    def put(session: Any) -> Say:
        session["n"] = 1
        return Say()

    with SERVERS[server](sessions, {"peek": peek, "put": put}) as ask:
        client = Client(ask)
        bearer = ("authorization", f"Bearer {passed(web, pass_on)}")
        reply = client.get("/peek", bearer)
        assert (reply.text, reply.cookies) == ("ada None", [])
        assert reply.vary == {"cookie", "authorization"}
        reply = client.get("/put", bearer)
        assert (reply.status, reply.cookies) == (409, [])
        assert '"read-only"' in reply.text
        # Such a service takes no other token unless it is told to.
        assert client.get("/peek", ("authorization", "Bearer junk")).text == "None malformed"
