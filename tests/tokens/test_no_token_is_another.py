"""Every kind of token, offered wherever any kind is taken: it opens its own place and no other.

All of them are of one application: one secret, one issuer and audience, one user, one moment. A new
kind is one line in `KINDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

import pytest

from dojang import blocking
from dojang.auth.links import PURPOSE as PROVIDER
from dojang.auth.providers.attempt import PURPOSE as ATTEMPT
from dojang.errors import Refused, Rejected
from dojang.passed_on import PassedOn, PassOn
from dojang.session.record import Login, Record
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.strategy import Strategy
from dojang.testing import Clock
from dojang.tokens import Tokens
from dojang.tokens.service_keys import ServiceKeys
from dojang.wire import csrf, sealed_box
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from dojang.wire.keyring import Keyring
from tests.browser import Browser
from tests.conftest import SECRET
from tests.tokens.kit import ISSUER, process

HANDLE = "h" * 22
KEYS = Keyring(SECRET)


@dataclass
class Application:
    """Everything of one application."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryStore = field(default_factory=MemoryStore)

    def sessions(self, home: Strategy, secret: str | None = None) -> Sessions:
        taken = PassedOn(SECRET, audience=ISSUER, issuers=[ISSUER])
        return Sessions(home, secret=secret, clock=self.clock, bearer=True, passed_on=taken)

    @property
    def tokens(self) -> Tokens:
        return process(self.store, self.clock)

    def signed_in(self, sessions: Sessions) -> str:
        browser = Browser(sessions)
        browser.visit(lambda session: session.login("ada"))
        return browser.cookie

    def opens(self, sessions: Sessions, text: str) -> None:
        found = blocking.run(sessions.strategy.load([text], sessions.lifetime, now=self.clock()))
        if found.rejected is not None:
            raise found.rejected

    def passed_on(self) -> str:
        sessions = self.sessions(ServerSide(self.store), SECRET)
        browser = Browser(sessions)
        browser.visit(lambda session: session.login("ada"))
        token: str = browser.visit(
            lambda s: PassOn(SECRET, issuer=ISSUER, clock=self.clock)(s, to=ISSUER).token
        )
        return token

    def takes_passed_on(self, text: str) -> None:
        taken = PassedOn(SECRET, audience=ISSUER, issuers=[ISSUER])
        found = taken.read(text, place=None, now=self.clock())
        if found.rejected is not None:
            raise found.rejected


Make = Callable[[Application], str]
Take = Callable[[Application, str], object]


def a_session(home: Callable[[Application], Strategy], secret: str | None = None) -> "Kind":
    return (
        lambda app: app.signed_in(app.sessions(home(app), secret)),
        lambda app, text: app.opens(app.sessions(home(app), secret), text),
    )


Kind = tuple[Make, Take]

KINDS: dict[str, Kind] = {
    "sealed session": a_session(lambda _: ClientSide(IronSeal(SECRET))),
    "signed session": a_session(lambda _: ClientSide(SignedJwt(Key.from_secret(SECRET)))),
    "encrypted session": a_session(lambda _: ClientSide(AuthJsToken(SECRET, salt="session"))),
    "session id": a_session(lambda app: ServerSide(app.store), SECRET),
    "access": (
        lambda app: blocking.run(app.tokens.begin("ada", at=app.clock())).access,
        lambda app, text: blocking.run(app.tokens.verify(text)),
    ),
    "refresh": (
        lambda app: blocking.run(app.tokens.begin("ada", at=app.clock())).refresh,
        lambda app, text: blocking.run(app.tokens.refresh(text)),
    ),
    "service key": (
        lambda app: blocking.run(ServiceKeys(app.store).new("orders", now=app.clock())),
        lambda app, text: blocking.run(ServiceKeys(app.store).check(text, now=app.clock())),
    ),
    "passed on": (Application.passed_on, Application.takes_passed_on),
    "csrf": (lambda _: csrf.make(HANDLE, KEYS), lambda _, text: csrf.check(text, HANDLE, KEYS)),
    "kept upstream token": (
        lambda _: sealed_box.seal(b"{}", name="here", keys=KEYS.derive("upstream")),
        lambda _, text: sealed_box.open_box(text, name="here", keys=KEYS.derive("upstream")),
    ),
    "attempt to sign in": (
        lambda _: sealed_box.seal(b"{}", name="here", keys=KEYS.derive(ATTEMPT)),
        lambda _, text: sealed_box.open_box(text, name="here", keys=KEYS.derive(ATTEMPT)),
    ),
    "kept token of a provider": (
        lambda _: sealed_box.seal(b"{}", name="here", keys=KEYS.derive(PROVIDER)),
        lambda _, text: sealed_box.open_box(text, name="here", keys=KEYS.derive(PROVIDER)),
    ),
    "kept signing keys": (
        lambda _: sealed_box.seal(b"[]", name="here", keys=KEYS.derive("signing-keys")),
        lambda _, text: sealed_box.open_box(text, name="here", keys=KEYS.derive("signing-keys")),
    ),
}


@pytest.fixture
def app() -> Application:
    return Application()


@pytest.mark.parametrize(("made", "taken"), list(product(KINDS, KINDS)))
def test_only_the_diagonal_is_accepted(app: Application, made: str, taken: str) -> None:
    text = KINDS[made][0](app)
    take = KINDS[taken][1]
    if made == taken:
        take(app, text)
        return
    with pytest.raises((Rejected, Refused)):
        take(app, text)


def test_an_access_token_in_a_cookie_or_as_a_bearer_opens_no_session(app: Application) -> None:
    access = KINDS["access"][0](app)
    sessions = app.sessions(ClientSide(SignedJwt(Key.from_secret(SECRET))))
    for cookies, bearer in ((f"__Host-session={access}", None), ("", access)):
        visit = blocking.run(sessions.open(cookies, bearer=bearer))
        assert (visit.session.user, visit.session.rejected) != ("ada", None)
        assert visit.session.user is None


def test_a_record_is_no_token() -> None:
    """What a device list shows, a handle, opens nothing."""
    app = Application()
    record = Record(handle=HANDLE, user="ada", created=0, expires=None, login=Login(0))
    for _, take in KINDS.values():
        with pytest.raises((Rejected, Refused)):
            take(app, record.handle)
