"""Tokens that somebody else issued: good on demand, refreshed once, stored before they are used."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Rejected, SignInAgain, Unavailable
from dojang.session.lifetime import Lifetime
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.tokens import Issued, Upstream, Vault
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser
from tests.conftest import SECRET
from tests.counts import scaled

LIFE = 600


class Issuer:
    """Rotates, and punishes whoever uses a refresh token twice."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls = 0
        self.live: str | None = "r0"
        self.down = self.strict = False
        self.lock = threading.Lock()

    def issue(self) -> Issued:
        return Issued(
            access=f"a{self.calls}", refresh=self.live, expires=self.clock() + LIFE * 1000
        )

    def refresh(self, token: str) -> Issued:
        with self.lock:
            if self.down:
                raise OSError("nobody listens")
            self.calls += 1
            if token != self.live:
                self.live = None
                raise SignInAgain("invalid_grant")
            self.live = f"r{self.calls}"
            return self.issue()

    async def refresh_slowly(self, token: str) -> Issued:
        await asyncio.sleep(0.01)
        return self.refresh(token)


def test_synchronous_code_in_an_event_loop_does_not_begin_what_it_cannot_wait_for(
    vault: Vault,
) -> None:
    begun = []

    async def work() -> str:
        begun.append(True)
        return "token"

    async def main() -> None:
        with pytest.raises(Misuse, match="from synchronous code"):
            blocking.run(vault.once("h", work))
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    asyncio.run(main())
    assert begun == []


@pytest.fixture
def issuer(clock: Clock) -> Issuer:
    return Issuer(clock)


@pytest.fixture(params=["client-side", "server-side"])
def browser(request: pytest.FixtureRequest, clock: Clock) -> Browser:
    home: Any = ClientSide(IronSeal(SECRET))
    if request.param == "server-side":
        home = ServerSide(MemoryStore())
    secret = SECRET if request.param == "server-side" else None
    browser = Browser(Sessions(home, secret=secret, clock=clock))
    browser.visit(lambda session: session.login("ada"))
    return browser


@pytest.fixture
def vault(clock: Clock, tmp_path: Path) -> Iterator[Vault]:
    store = SqliteStore(tmp_path / "vault.db")
    yield Vault(store, secret=SECRET, clock=clock)
    store.close()


def upstream(session: Session, issuer: Issuer, vault: Vault) -> Upstream:
    return Upstream(session, refresh=issuer.refresh, vault=vault)


def keep(browser: Browser, issuer: Issuer, vault: Vault) -> None:
    browser.visit(
        lambda session: blocking.run(upstream(session, issuer, vault).keep(issuer.issue()))
    )


def token(browser: Browser, issuer: Issuer, vault: Vault) -> str:
    got: str = browser.visit(lambda session: blocking.run(upstream(session, issuer, vault).token()))
    return got


def test_a_token_is_given_as_it_is_until_it_is_about_to_expire(
    browser: Browser, issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    keep(browser, issuer, vault)
    clock.tick(LIFE - 31)
    assert (token(browser, issuer, vault), issuer.calls) == ("a0", 0)
    clock.tick(1)
    assert (token(browser, issuer, vault), issuer.calls) == ("a1", 1)
    assert (token(browser, issuer, vault), issuer.calls) == ("a1", 1)
    clock.tick(LIFE)
    assert (token(browser, issuer, vault), issuer.calls) == ("a2", 2)


def test_the_session_holds_a_handle_and_the_store_a_sealed_text(
    browser: Browser, issuer: Issuer, clock: Clock
) -> None:
    store = MemoryStore()
    vault = Vault(store, secret=SECRET, clock=clock)
    issuer.live = "a refresh token to be looked for"
    keep(browser, issuer, vault)
    assert set(browser.visit(lambda session: session.copy())) == {"upstream"}
    assert issuer.live not in repr(vars(store))
    assert "ada" not in repr(store._documents)


def test_a_refused_refresh_is_sign_in_again_and_no_loop(
    browser: Browser, issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    keep(browser, issuer, vault)
    issuer.live = None
    clock.tick(LIFE)
    for _ in range(5):
        with pytest.raises(SignInAgain):
            token(browser, issuer, vault)
    assert issuer.calls == 1
    issuer.live = "r9"
    keep(browser, issuer, vault)
    assert token(browser, issuer, vault) == "a1"


def test_an_issuer_that_is_down_is_no_refusal_and_an_old_token_serves_while_it_is_good(
    browser: Browser, issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    keep(browser, issuer, vault)
    issuer.down = True
    clock.tick(LIFE - 10)
    assert token(browser, issuer, vault) == "a0"
    clock.tick(10)
    with pytest.raises(Unavailable, match="issuer"):
        token(browser, issuer, vault)
    issuer.down = False
    assert token(browser, issuer, vault) == "a1"


def test_a_refresh_token_that_does_not_rotate_goes_on(
    browser: Browser, vault: Vault, clock: Clock
) -> None:
    def refresh(refresh_token: str) -> Issued:
        assert refresh_token == "forever"
        return Issued(access="next", expires=clock() + LIFE * 1000)

    first = Issued(access="first", refresh="forever", expires=clock())
    browser.visit(
        lambda session: blocking.run(Upstream(session, refresh=refresh, vault=vault).keep(first))
    )
    for _ in range(3):
        got = browser.visit(
            lambda session: blocking.run(Upstream(session, refresh=refresh, vault=vault).token())
        )
        assert got == "next"
        clock.tick(LIFE)


def test_without_a_refresh_token_the_end_is_the_end(
    browser: Browser, issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    issuer.live = None
    keep(browser, issuer, vault)
    assert token(browser, issuer, vault) == "a0"
    clock.tick(LIFE)
    with pytest.raises(SignInAgain, match="none to refresh it"):
        token(browser, issuer, vault)
    assert issuer.calls == 0


def test_nobody_gets_the_tokens_of_another_user(
    browser: Browser, issuer: Issuer, vault: Vault
) -> None:
    keep(browser, issuer, vault)
    stolen = browser.visit(lambda session: session["upstream"])

    def as_eve(session: Session) -> None:
        session.login("eve")
        session["upstream"] = stolen

    browser.visit(as_eve)
    with pytest.raises(SignInAgain):
        token(browser, issuer, vault)


def test_what_was_forgotten_is_gone(browser: Browser, issuer: Issuer, vault: Vault) -> None:
    keep(browser, issuer, vault)
    browser.visit(lambda session: blocking.run(upstream(session, issuer, vault).forget()))
    with pytest.raises(SignInAgain):
        token(browser, issuer, vault)


def test_without_an_absolute_limit_the_tokens_go_once_nobody_asks_for_them(
    issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    endless = Lifetime(idle=LIFE, absolute=None)
    sessions = Sessions(ClientSide(IronSeal(SECRET)), lifetime=endless, clock=clock)
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    keep(browser, issuer, vault)
    for _ in range(10):
        clock.tick(LIFE - 1)
        assert token(browser, issuer, vault).startswith("a")
    clock.tick(LIFE - 1)
    browser.visit(lambda session: session.user)
    clock.tick(1)
    with pytest.raises(SignInAgain):
        token(browser, issuer, vault)


def test_a_session_that_is_extended_beside_a_refresh_loses_no_rotated_token(
    vault: Vault, clock: Clock
) -> None:
    """Whoever extends the tokens of a session writes the old ones anew, and the refresher knows."""
    renewed = Lifetime(idle=LIFE, absolute=None, renew=0)
    sessions = Sessions(ClientSide(IronSeal(SECRET)), lifetime=renewed, clock=clock)
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    asked: list[str] = []

    async def scene() -> None:
        asking, answers = asyncio.Event(), asyncio.Event()

        async def refresh(token: str) -> Issued:
            asked.append(token)
            asking.set()
            await answers.wait()
            return Issued(access="new", refresh="r1", expires=clock() + LIFE * 1000)

        async def mine() -> Upstream:
            visit = await sessions.open(browser.header)
            return Upstream(visit.session, refresh=refresh, vault=vault)

        refreshing = asyncio.create_task((await mine()).token())
        await asking.wait()
        handle = (await sessions.open(browser.header)).session["upstream"]
        kept = await vault.find(handle)
        assert kept is not None
        assert kept.document.expires is not None
        later = kept.document.expires + 1000
        extended = await vault.put(handle, kept.issued, user="ada", before=kept, until=later)
        assert extended
        answers.set()
        assert await refreshing == "new"
        kept = await vault.find(handle)
        assert kept is not None
        assert (kept.issued.refresh, kept.document.expires) == ("r1", later)
        assert await (await mine()).token() == "new"

    issued = Issued(access="old", refresh="r0", expires=clock() + 1000)

    def nothing(token: str) -> Issued:
        raise AssertionError(token)

    browser.visit(
        lambda session: blocking.run(Upstream(session, refresh=nothing, vault=vault).keep(issued))
    )
    asyncio.run(scene())
    assert asked == ["r0"]


def test_a_session_without_tokens_and_one_of_nobody(
    browser: Browser, issuer: Issuer, vault: Vault
) -> None:
    with pytest.raises(SignInAgain):
        token(browser, issuer, vault)
    browser.visit(lambda session: session.logout())
    with pytest.raises(Misuse, match="signed in"):
        keep(browser, issuer, vault)


def test_tasks_threads_and_processes_that_ask_at_once_refresh_once(
    browser: Browser, issuer: Issuer, clock: Clock, open_store: Any
) -> None:
    vaults = [Vault(open_store(), secret=SECRET, clock=clock) for _ in range(2)]
    keep(browser, issuer, vaults[0])
    for n in range(1, scaled(50) + 1):
        clock.tick(LIFE)
        got: list[str] = []

        async def ask(vault: Vault, got: list[str] = got) -> None:
            visit = await browser.sessions.open(browser.header)
            session = visit.session
            mine = Upstream(session, refresh=issuer.refresh_slowly, vault=vault)
            got += await asyncio.gather(*(mine.token() for _ in range(25)))

        threads = [threading.Thread(target=lambda v=vault: asyncio.run(ask(v))) for vault in vaults]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [f"a{n}"] * 50
    assert issuer.calls == scaled(50)


def test_a_caller_that_is_cancelled_loses_no_rotated_token(
    browser: Browser, issuer: Issuer, vault: Vault, clock: Clock
) -> None:
    keep(browser, issuer, vault)
    clock.tick(LIFE)

    async def give_up_and_ask_again() -> str:
        visit = await browser.sessions.open(browser.header)
        mine = Upstream(visit.session, refresh=issuer.refresh_slowly, vault=vault)
        asking = asyncio.create_task(mine.token())
        while not issuer.calls and not asking.done():
            await asyncio.sleep(0)
            if vault._under_way:
                asking.cancel()
                break
        return await mine.token()

    assert asyncio.run(give_up_and_ask_again()) == "a1"
    assert issuer.calls == 1


PROCESS = """
import asyncio, json, sys, urllib.error, urllib.request
from dojang import ClientSide, IronSeal, Sessions
from dojang.errors import SignInAgain
from dojang.stores import urls
from dojang.tokens import Issued, Upstream, Vault
from dojang.wire.cookies import Cookie

store_url, issuer, secret, cookies = sys.argv[1:]
sessions = Sessions(ClientSide(IronSeal(secret)))
vault = Vault(urls.open_store(store_url), secret=secret)


def ask(token):
    try:
        with urllib.request.urlopen(issuer, data=token.encode()) as answer:
            got = json.load(answer)
    except urllib.error.HTTPError:
        raise SignInAgain("invalid_grant") from None
    return Issued(access=got["access"], refresh=got["refresh"], expires=None)


async def refresh(token):
    return await asyncio.to_thread(ask, token)


async def one():
    visit = await sessions.open(cookies)
    return await Upstream(visit.session, refresh=refresh, vault=vault).token()


async def main():
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    return await asyncio.gather(*(one() for _ in range(50)))


print(json.dumps(asyncio.run(main())), flush=True)
"""


class Punishing(ThreadingHTTPServer):
    """An issuer over HTTP that rotates, and refuses everything once a token came twice."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.calls: list[str] = []
        self.lock = threading.Lock()


class Endpoint(BaseHTTPRequestHandler):
    server: Punishing

    def do_POST(self) -> None:
        came = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.server.lock:
            good = came == f"r{len(self.server.calls)}"
            self.server.calls.append(came)
        threading.Event().wait(0.05)  # as slow as an issuer is
        self.send_response(200 if good else 400)
        self.end_headers()
        self.wfile.write(b'{"access": "new", "refresh": "r1"}' if good else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def punishing() -> Iterator[Punishing]:
    with Punishing() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("store", ["sqlite", "postgres", "redis"])
def test_4_processes_with_50_requests_each_refresh_once_and_none_fails(
    request: pytest.FixtureRequest, tmp_path: Path, punishing: Punishing, store: str
) -> None:
    url = f"sqlite:///{tmp_path}/vault.db"
    if store == "postgres":
        url = request.getfixturevalue("postgres_url")
    elif store == "redis":
        url = request.getfixturevalue("redis").url
    expired_session = signed_in(url)
    issuer = f"http://127.0.0.1:{punishing.server_port}"
    arguments = [sys.executable, "-c", PROCESS, url, issuer, SECRET, expired_session]
    children = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    answers = [child.communicate(timeout=60)[0] for child in children]
    assert answers == ['["' + '", "'.join(["new"] * 50) + '"]\n'] * 4
    assert punishing.calls == ["r0"]


def signed_in(url: str) -> str:
    """Return the cookies of a session whose upstream token has expired."""
    from dojang.stores import urls

    store = urls.open_store(url)
    vault = Vault(store, secret=SECRET)
    browser = Browser(Sessions(ClientSide(IronSeal(SECRET))))
    browser.visit(lambda session: session.login("ada"))
    expired = Issued(access="old", refresh="r0", expires=vault.clock() - 1)

    def refuse(_: str) -> Issued:
        raise AssertionError("asked")

    browser.visit(
        lambda session: blocking.run(Upstream(session, refresh=refuse, vault=vault).keep(expired))
    )
    store.close()
    return browser.header


def test_times_that_mean_nothing_are_refused(
    browser: Browser, issuer: Issuer, vault: Vault
) -> None:
    visit = browser.open()
    with pytest.raises(Misuse, match="patience"):
        Upstream(visit.session, refresh=issuer.refresh, vault=vault, patience=0)


def test_another_secret_is_trouble_and_no_sign_out(
    browser: Browser, issuer: Issuer, clock: Clock
) -> None:
    store = MemoryStore()
    keep(browser, issuer, Vault(store, secret=SECRET, clock=clock))
    with pytest.raises(Unavailable, match="behind the new one"):
        token(browser, issuer, Vault(store, secret="n" * 31 + "1", clock=clock))
    newer = Vault(store, secret=["n" * 31 + "1", SECRET], clock=clock)
    assert token(browser, issuer, newer) == "a0"
    assert issubclass(SignInAgain, Rejected)
