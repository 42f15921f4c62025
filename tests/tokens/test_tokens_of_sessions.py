"""A pair that was made from a session ends with it, wherever the session lives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Rejected
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.testing import Clock
from dojang.tokens import Pair, Tokens
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.signed_session import SignedJwt
from tests.browser import Browser
from tests.conftest import SECRET
from tests.tokens.kit import begin, process, refresh, why, why_access

Process = Callable[[], Tokens]

HOMES: dict[str, Callable[[Any], Any]] = {
    "sealed": lambda store: ClientSide(IronSeal(SECRET), revocations=store),
    "signed": lambda store: ClientSide(SignedJwt(Key.from_secret(SECRET)), revocations=store),
    "auth-js": lambda store: ClientSide(AuthJsToken(SECRET, salt="s"), revocations=store),
    "on-server": ServerSide,
    "spill": lambda store: Spill(
        ClientSide(IronSeal(SECRET), revocations=store), ServerSide(store)
    ),
}


@pytest.fixture(params=HOMES)
def start(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Process:
    """Start a process with sessions in a home, and tokens beside them."""

    def started() -> Tokens:
        store = SqliteStore(tmp_path / "sessions.db")
        home = HOMES[request.param](store)
        secret = None if isinstance(home, ClientSide) else SECRET
        sessions = Sessions(home, secret=secret, clock=clock, lifetime=Lifetime(absolute=3600))
        return process(store, clock, sessions=sessions)

    return started


def sign_in(tokens: Tokens, user: str = "ada") -> tuple[Browser, Pair]:
    assert tokens.sessions is not None
    browser = Browser(tokens.sessions)
    browser.visit(lambda session: session.login(user))
    return browser, another(tokens, browser)


def another(tokens: Tokens, browser: Browser) -> Pair:
    pair: Pair = browser.visit(lambda session: blocking.run(tokens.of_session(session)))
    return pair


def verdicts(tokens: Tokens, pair: Pair) -> tuple[str, str]:
    return why_access(tokens, pair.access), why(tokens, pair.refresh)


def test_a_logout_ends_the_pairs_of_its_session_in_every_process(
    start: Process, clock: Clock
) -> None:
    here, there = start(), start()
    browser, pair = sign_in(here)
    second, (other, spared) = another(here, browser), sign_in(here)
    assert verdicts(there, pair) == ("ada", "refreshed")
    browser.visit(lambda session: session.logout())
    clock.tick(1)
    assert verdicts(there, pair) == ("revoked", "revoked")
    assert verdicts(there, second) == ("revoked", "revoked")
    assert verdicts(there, spared) == ("ada", "refreshed")
    del other


def test_a_session_that_is_ended_from_afar_takes_its_pairs_along(
    start: Process, clock: Clock
) -> None:
    here, there = start(), start()
    browser, pair = sign_in(here)
    handle = browser.twin().visit(lambda session: session.handle)
    assert there.sessions is not None
    blocking.run(there.sessions.end(handle))
    clock.tick(1)
    assert verdicts(here, pair) == ("revoked", "revoked")


def test_signing_out_everywhere_ends_sessions_and_pairs_and_spares_the_ones_here(
    start: Process, clock: Clock
) -> None:
    here, there = start(), start()
    (mine, kept), (other, gone) = sign_in(here), sign_in(there)
    alone = blocking.run(here.begin("ada", at=clock()))
    clock.tick(1)
    mine.visit(lambda session: blocking.run(here.end_all("ada", but=session)))
    clock.tick(1)
    assert verdicts(there, kept) == ("ada", "refreshed")
    assert verdicts(here, gone)[0] == "revoked"
    assert verdicts(there, alone)[0] == "revoked"
    assert why(here, gone.refresh) in {"revoked", "unknown"}
    assert other.visit(lambda session: session.user) is None
    assert mine.visit(lambda session: session.user) == "ada"


def test_sign_out_everywhere_of_the_sessions_is_enough(start: Process, clock: Clock) -> None:
    """A password change calls one thing, and no token is forgotten."""
    here, there = start(), start()
    _, pair = sign_in(here)
    alone = blocking.run(here.begin("ada", at=clock()))
    clock.tick(1)
    assert there.sessions is not None
    blocking.run(there.sessions.end_all("ada"))
    clock.tick(1)
    for one in (pair, alone):
        assert verdicts(here, one) == ("revoked", "revoked")
    assert blocking.run(here.list("ada")) == []


@pytest.mark.parametrize("on_server", [False, True])
def test_signing_out_everywhere_outlasts_the_tokens_of_other_processes(
    tmp_path: Path, clock: Clock, *, on_server: bool
) -> None:
    """A process without tokens, whose sessions live shorter, does not know how long they live."""

    def started() -> tuple[SqliteStore, Sessions]:
        store = SqliteStore(tmp_path / "sessions.db")
        home = ServerSide(store) if on_server else ClientSide(IronSeal(SECRET), revocations=store)
        lifetime = Lifetime(idle=1800, absolute=8 * 3600)
        secret = SECRET if on_server else None
        return store, Sessions(home, secret=secret, lifetime=lifetime, clock=clock)

    def api() -> Tokens:
        store, sessions = started()
        url = "https://api.example.org"
        return Tokens(
            store, secret=SECRET, issuer=url, audience=url, sessions=sessions, clock=clock
        )

    stolen = begin(api())
    clock.tick(1)
    blocking.run(started()[1].end_all("ada"))
    clock.tick(25 * 3600)
    assert why(api(), stolen.refresh) == "revoked"


def test_a_session_that_moves_takes_along_what_it_was_spared_from(
    start: Process, clock: Clock
) -> None:
    tokens = start()
    browser, _ = sign_in(tokens)
    clock.tick(1)
    browser.visit(lambda session: blocking.run(tokens.end_all("ada", but=session)))
    browser.visit(lambda session: session.rotate())
    pair = another(tokens, browser)
    clock.tick(1)
    assert verdicts(tokens, pair) == ("ada", "refreshed")


def test_a_session_that_moves_to_a_new_id_keeps_its_pairs(start: Process, clock: Clock) -> None:
    here, there = start(), start()
    browser, pair = sign_in(here)
    before = browser.twin().visit(lambda session: session.handle)
    browser.visit(lambda session: session.rotate())
    after = browser.twin().visit(lambda session: session.handle)
    assert after != before
    clock.tick(1)
    assert verdicts(there, pair) == ("ada", "refreshed")
    assert verdicts(here, pair) == ("ada", "refreshed")
    # They are found where the session is now.
    pair = refresh(there, pair.refresh)
    assert blocking.run(there.verify(pair.access)).sid == after
    assert [device.session for device in blocking.run(there.list("ada"))] == [after]
    blocking.run(there.end_all("ada", but=before))
    clock.tick(1)
    assert verdicts(here, pair) == ("ada", "refreshed")
    assert browser.visit(lambda session: session.user) == "ada"


@pytest.mark.parametrize("how", ["logout", "handle", "all"])
def test_the_end_of_a_session_that_has_moved_is_the_end_of_its_pairs(
    start: Process, clock: Clock, how: str
) -> None:
    here, there = start(), start()
    browser, pair = sign_in(here)
    for _ in range(2):
        browser.visit(lambda session: session.rotate())
    handle = browser.twin().visit(lambda session: session.handle)
    clock.tick(1)
    assert there.sessions is not None
    if how == "logout":
        browser.visit(lambda session: session.logout())
    elif how == "handle":
        assert blocking.run(there.sessions.end(handle))
    else:
        blocking.run(there.sessions.end_all("ada"))
    clock.tick(1)
    assert verdicts(here, pair) == ("revoked", "revoked")
    assert why_access(there, pair.access) == "revoked"


@pytest.mark.parametrize("store", [MemoryStore, SqliteStore])
def test_a_pair_is_refreshed_while_its_session_is_moving(
    tmp_path: Path, clock: Clock, store: type[Any]
) -> None:
    """The new id is in the store, and the log does not say yet that it took the old one's place."""
    seen: list[str] = []

    class Moving(store):  # type: ignore[misc]
        async def replace(self, *records: Any, **options: Any) -> None:
            await super().replace(*records, **options)
            seen.append(why(tokens, pair.refresh))

    home = Moving() if store is MemoryStore else Moving(tmp_path / "sessions.db")
    sessions = Sessions(ServerSide(home), secret=SECRET, clock=clock)
    tokens = process(home, clock, sessions=sessions)
    browser, pair = sign_in(tokens)
    browser.visit(lambda session: session.rotate())
    assert seen == ["refreshed"]
    assert verdicts(tokens, pair) == ("ada", "refreshed")


def test_a_session_that_expired_or_had_to_make_room_ends_its_pairs(clock: Clock) -> None:
    store = MemoryStore()
    home = ServerSide(store, limit=Limit(1))
    lifetime = Lifetime(idle=600, absolute=3600)
    sessions = Sessions(home, secret=SECRET, clock=clock, lifetime=lifetime)
    tokens = process(store, clock, sessions=sessions)
    _, evicted = sign_in(tokens)
    clock.tick(1)
    _, idle = sign_in(tokens)
    assert why(tokens, evicted.refresh) == "revoked"
    assert why(tokens, idle.refresh) == "refreshed"
    clock.tick(601)
    assert why(tokens, idle.refresh) == "revoked"


def test_a_pair_never_outlives_its_session(start: Process, clock: Clock) -> None:
    tokens = start()
    browser, _ = sign_in(tokens)
    began = clock()
    clock.tick(3_000)
    pair = another(tokens, browser)
    assert pair.refresh_expires == began + 3_600_000
    assert pair.expires == began + 3_600_000
    clock.tick(600)
    assert verdicts(tokens, pair) == ("expired", "unknown")


def test_a_session_that_was_ended_gets_no_pair(start: Process, clock: Clock) -> None:
    """The end comes between the look at the session and the making of the pair."""
    here, there = start(), start()
    browser, _ = sign_in(here)
    with browser.under_way() as session:
        assert session.user == "ada"
        clock.tick(0.001)
        assert there.sessions is not None
        blocking.run(there.sessions.end_all("ada"))
        with pytest.raises(Rejected):
            blocking.run(here.of_session(session))
    assert blocking.run(here.list("ada")) == []


def test_nobody_gets_no_pair(start: Process) -> None:
    tokens = start()
    assert tokens.sessions is not None
    with pytest.raises(Misuse, match="signed in"):
        Browser(tokens.sessions).visit(lambda session: blocking.run(tokens.of_session(session)))


def test_a_session_older_than_the_log_gets_a_pair_all_the_same(clock: Clock) -> None:
    store = MemoryStore()
    browser = Browser(Sessions(ServerSide(store), secret=SECRET, clock=clock))
    browser.visit(lambda session: session.login("ada"))
    clock.tick(60)
    sessions = browser.sessions = Sessions(ServerSide(store), secret=SECRET, clock=clock)
    tokens = process(store, clock, sessions=sessions)
    blocking.run(tokens.begin("eve", at=clock()))
    clock.tick(60)
    assert verdicts(tokens, another(tokens, browser)) == ("ada", "refreshed")


def test_sessions_that_nobody_can_end_have_no_tokens(clock: Clock) -> None:
    sessions = Sessions(ClientSide(IronSeal(SECRET)), clock=clock)
    with pytest.raises(Misuse, match="revocations=store"):
        process(MemoryStore(), clock, sessions=sessions)
    endless = Sessions(ServerSide(MemoryStore()), secret=SECRET, lifetime=Lifetime(absolute=None))
    with pytest.raises(Misuse, match="absolute="):
        process(MemoryStore(), clock, sessions=endless)
