"""What every adapter keeps to, in every home: the decided cases, and what is refused and why."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import ResponseStarted, Unavailable
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from tests.adapters.asking import Client
from tests.adapters.homes import made
from tests.adapters.served import Say, inner
from tests.adapters.stage import Stage, in_thread

DAY = 24 * 3600


# -- what is answered decides what is kept --------------------------------------------------------


def test_a_handler_that_raises_saves_nothing_and_sends_no_cookie(
    stage: Stage, home: Sessions
) -> None:
    def breaks(session: Any) -> Say:
        session["n"] = 1
        raise RuntimeError("boom")

    client = stage.open(home, breaks=breaks)
    reply = client.get("/breaks")
    assert (reply.status, reply.cookies) == (500, [])
    assert client.get("/peek").text == "None []"


def test_an_answer_of_5xx_saves_nothing_and_sends_no_cookie(stage: Stage, home: Sessions) -> None:
    def fails(session: Any) -> Say:
        session["n"] = 1
        return Say(status=503)

    client = stage.open(home, fails=fails)
    assert client.get("/fails").cookies == []
    assert client.get("/peek").text == "None []"


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_an_error_answer_drops_a_gained_principal_and_keeps_the_rest(
    stage: Stage, home: Sessions, status: int
) -> None:
    def half(session: Any) -> Say:
        inner(session).login("ada")
        session["flash"] = "second factor wanted"
        return Say(status=status)

    client = stage.open(home, half=half)
    client.get("/half")
    assert client.get("/peek").text == "None ['flash']"


def test_an_error_answer_keeps_a_logout(stage: Stage, home: Sessions) -> None:
    def out(session: Any) -> Say:
        session.clear()
        return Say(status=403)

    client = stage.open(home, out=out)
    client.get("/login")
    assert client.get("/peek").text == "ada []"
    client.get("/out")
    assert client.get("/peek").text == "None []"


def test_an_error_answer_does_not_turn_one_user_into_another(stage: Stage, home: Sessions) -> None:
    def become(session: Any) -> Say:
        inner(session).login("root")
        return Say(status=400)

    client = stage.open(home, become=become)
    client.get("/login")
    client.get("/become")
    assert client.get("/peek").text == "ada []"


# -- after the headers have left ------------------------------------------------------------------


def late(change: Callable[[Any], object], raised: list[BaseException]) -> Callable[[Any], Say]:
    def work(session: Any) -> Say:
        inner(session).mark_accessed()

        def pieces() -> Iterator[str]:
            yield "first "
            try:
                change(session)
            except ResponseStarted as error:
                raised.append(error)
            yield "last"

        return Say(pieces=pieces)

    return work


def change_late(session: Any) -> None:
    session["late"] = True


def test_in_a_cookie_changing_late_raises_and_the_stream_goes_on(
    stage: Stage, cookie_home: Sessions
) -> None:
    raised: list[BaseException] = []
    client = stage.open(cookie_home, late=late(change_late, raised))
    client.get("/login")
    assert client.get("/late").text == "first last"
    assert len(raised) == 1


def test_on_the_server_data_changed_late_are_still_saved(
    stage: Stage, server_home: Sessions
) -> None:
    raised: list[BaseException] = []
    client = stage.open(server_home, late=late(change_late, raised))
    client.get("/login")
    reply = client.get("/late")
    assert (reply.text, reply.broken, raised) == ("first last", None, [])
    assert client.get("/peek").text == "ada ['late']"


@pytest.mark.parametrize("change", ["login", "rotate", "logout"])
def test_on_the_server_a_new_id_late_raises(
    stage: Stage, server_home: Sessions, change: str
) -> None:
    raised: list[BaseException] = []

    def move(session: Any) -> None:
        getattr(inner(session), change)(*(["eve"] if change == "login" else []))

    client = stage.open(server_home, late=late(move, raised))
    client.get("/login")
    client.get("/late")
    assert len(raised) == 1
    assert client.get("/peek").text == "ada []"


def test_what_comes_after_an_answer_of_5xx_is_not_saved_either(
    stage: Stage, server_home: Sessions
) -> None:
    def fails(session: Any) -> Say:
        say = late(change_late, [])(session)
        say.status = 500
        return say

    client = stage.open(server_home, fails=fails)
    client.get("/login")
    client.get("/fails")
    assert client.get("/peek").text == "ada []"


# Django 5.2 leaves the body of such a request to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_a_stream_that_breaks_off_saves_nothing_of_what_it_did_late(
    stage: Stage, server_home: Sessions
) -> None:
    def breaks(session: Any) -> Say:
        inner(session).mark_accessed()

        def pieces() -> Iterator[str]:
            yield "first"
            session["late"] = True
            raise RuntimeError("boom")

        return Say(pieces=pieces)

    client = stage.open(server_home, breaks=breaks)
    client.get("/login")
    assert client.get("/breaks").text == "first"
    gc.collect()
    assert client.get("/peek").text == "ada []"


# -- ids ------------------------------------------------------------------------------------------


def test_an_id_that_was_never_issued_is_never_adopted(stage: Stage, clock: Clock) -> None:
    """aiohttp-session CVE-2018-1000519, Django CVE-2015-5143: fixation, and a row per guess."""
    store = MemoryStore()
    client = stage.open(made(ServerSide(store), clock))
    chosen = issued_elsewhere(clock)
    client.cookies = {"__Host-session": chosen}
    assert client.get("/peek").text == "None []"
    assert len(store) == 0


def test_what_begins_under_such_an_id_gets_another(
    stage: Stage, server_home: Sessions, clock: Clock
) -> None:
    client = stage.open(server_home)
    chosen = issued_elsewhere(clock)
    for path in ("/put", "/login"):
        client.cookies = {"__Host-session": chosen}
        client.get(path)
        assert client.cookies["__Host-session"] != chosen
    client.cookies = {"__Host-session": chosen}
    assert client.get("/peek").text == "None []"


def issued_elsewhere(clock: Clock) -> str:
    """Return an id that is signed with our secret and in no store of ours."""
    visit = blocking.run(made(ServerSide(MemoryStore()), clock).open())
    visit.session["n"] = 1
    (line,) = blocking.run(visit.close(200))
    return line.partition(";")[0].partition("=")[2]


def test_a_login_moves_to_a_new_id_and_the_old_one_dies(
    stage: Stage, server_home: Sessions
) -> None:
    """passport CVE-2022-25896: a login that kept the id an attacker had planted."""
    client = stage.open(server_home)
    client.get("/put")
    attacker = client.twin()
    client.get("/login")
    assert client.get("/peek").text == "ada ['n']"
    assert attacker.get("/peek").text == "None []"


def test_rotation_keeps_data_and_user(stage: Stage, home: Sessions) -> None:
    def rotate(session: Any) -> Say:
        inner(session).rotate()
        return Say()

    client = stage.open(home, rotate=rotate)
    client.get("/put")
    client.get("/login")
    before = dict(client.cookies)
    client.get("/rotate")
    assert client.cookies != before
    assert client.get("/peek").text == "ada ['n']"


def test_a_slow_request_never_brings_back_a_session_that_was_logged_out(
    stage: Stage, server_home: Sessions
) -> None:
    """JupyterHub CVE-2021-41247: another tab undid the logout."""

    def slow(session: Any) -> Say:
        session["late"] = 1
        handle = inner(session).handle or ""
        in_thread(lambda: blocking.run(server_home.end(handle)))
        return Say()

    client = stage.open(server_home, slow=slow)
    client.get("/login")
    assert client.get("/slow").cookies == []
    assert client.get("/peek").text == "None []"
    assert blocking.run(server_home.list("ada")) == []


def test_two_requests_that_change_different_members_both_win(
    stage: Stage, server_home: Sessions
) -> None:
    def elsewhere() -> None:
        visit = blocking.run(server_home.open(client.header))
        visit.session["b"] = 1
        blocking.run(visit.close(200))

    def change(session: Any) -> Say:
        session["a"] = 1
        in_thread(elsewhere)
        return Say()

    client = stage.open(server_home, change=change)
    client.get("/put")
    client.get("/change")
    assert client.get("/peek").text == "None ['a', 'b', 'n']"


def test_clearing_it_as_the_frameworks_do_is_a_logout(stage: Stage, home: Sessions) -> None:
    def clear(session: Any) -> Say:
        session.clear()
        return Say()

    client = stage.open(home, clear=clear)
    client.get("/put")
    client.get("/login")
    client.get("/clear")
    assert client.cookies == {}
    assert client.get("/peek").text == "None []"


def test_a_cookie_is_deleted_with_the_attributes_it_was_set_with(
    stage: Stage, home: Sessions, clock: Clock
) -> None:
    cookie = Cookie(name="__Secure-session", domain="example.com", path="/app", same_site="none")
    client = stage.open(made(home.strategy, clock, cookie=cookie))
    (line,) = client.get("/login").cookies
    (end,) = client.get("/logout").cookies
    attributes = {"domain=example.com", "path=/app", "secure", "httponly", "samesite=none"}
    for told in (line, end):
        assert attributes <= {part.strip().lower() for part in told.split(";")[1:]}
    assert "max-age=0" in end.lower()


# -- two clocks -----------------------------------------------------------------------------------


def test_it_slides_while_it_is_used_and_ends_all_the_same(
    stage: Stage, home: Sessions, clock: Clock
) -> None:
    lasting = made(home.strategy, clock, lifetime=Lifetime(idle=10 * DAY, absolute=25 * DAY))
    client = stage.open(lasting)
    client.get("/login")
    for _ in range(4):
        clock.tick(6 * DAY)
        assert client.get("/peek").text == "ada []"
    clock.tick(DAY)
    assert client.get("/peek").text == "None []"


def test_it_is_not_renewed_before_it_is_due(stage: Stage, home: Sessions, clock: Clock) -> None:
    client = stage.open(home)
    client.get("/login")
    clock.tick(60)
    assert client.get("/peek").cookies == []


def test_left_alone_it_ends(stage: Stage, home: Sessions, clock: Clock) -> None:
    client = stage.open(home)
    client.get("/login")
    clock.tick(7 * DAY)
    assert client.get("/why").text == "expired"


# -- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look",
    [
        lambda s: s.get("n"), lambda s: "n" in s, lambda s: list(s.keys()), lambda s: s["n"],
        lambda s: list(s.items()), lambda s: list(s.values()), lambda s: s.setdefault("n", 1),
    ],
)  # fmt: skip
def test_an_answer_that_looked_at_the_session_varies_by_cookie(
    stage: Stage, home: Sessions, look: Any
) -> None:
    """Flask CVE-2023-30861, CVE-2026-27205; Django CVE-2014-1418."""

    def peep(session: Any) -> Say:
        look(session)
        return Say(headers={"Vary": "Accept"})

    client = stage.open(home, peep=peep)
    client.get("/put")
    assert client.get("/peep").vary == {"accept", "cookie"}


def test_an_answer_that_did_not_look_does_not_vary_and_sets_nothing(
    stage: Stage, home: Sessions
) -> None:
    client = stage.open(home)
    client.get("/put")
    reply = client.get("/plain")
    assert (reply.text, reply.vary, reply.cookies) == ("plain", set(), [])
    assert reply.all("x-plain") == ["yes"]


def test_an_answer_that_sets_a_cookie_is_not_stored_by_caches(stage: Stage, home: Sessions) -> None:
    def store(session: Any) -> Say:
        session["n"] = 1
        return Say(headers={"Cache-Control": "public, max-age=600"})

    reply = stage.open(home, store=store).get("/store")
    assert reply.all("cache-control") == ["no-store"]
    assert len(reply.cookies) == 1


def test_of_two_cookies_of_one_name_the_one_that_verifies_counts(
    stage: Stage, home: Sessions
) -> None:
    client = stage.open(home)
    client.get("/put")
    for header in (
        f"__Host-session=evil; {client.header}",
        f"{client.header}; __Host-session=evil",
    ):
        assert client.get("/peek", ("cookie", header)).text == "None ['n']"


@pytest.mark.parametrize(
    "cookie",
    [
        "\xff\xfe", "__Host-session=\xff", "=", ";", ";;;", "a" * 8_000, "__Host-session",
        "__Host-session=%00", "__Host-session=" + "A" * 65_536, '__Host-session="\\073"',
        "; ".join(f"__Host-session={n}" for n in range(500)),
        "__Host-session=Fe26.2*1*2*3*4*5*6*7~2", "__Host-session=s%3Aid.sig",
    ],
)  # fmt: skip
def test_a_hostile_cookie_header_is_never_a_server_error(
    stage: Stage, home: Sessions, cookie: str
) -> None:
    """next-auth CVE-2022-31093: malformed input that threw."""
    reply = stage.open(home).get("/peek", ("cookie", cookie))
    assert (reply.status, reply.text) == (200, "None []")


def test_a_bearer_token_opens_what_the_cookie_would(stage: Stage, clock: Clock) -> None:
    client = stage.open(made(ServerSide(MemoryStore()), clock, bearer=True))
    client.get("/login")
    token = client.cookies.pop("__Host-session")
    reply = client.get("/peek", ("authorization", f"Bearer {token}"))
    assert (reply.text, reply.vary) == ("ada []", {"cookie", "authorization"})


# -- nothing for nobody, and trouble --------------------------------------------------------------


def test_nothing_is_stored_for_nobody(stage: Stage, clock: Clock) -> None:
    store = MemoryStore()
    client = stage.open(made(ServerSide(store), clock))
    for path in ("/peek", "/plain", "/logout"):
        assert client.get(path).cookies == []
    assert len(store) == 0


class Troubled(MemoryStore):
    down = False

    async def find(self, *arguments: Any, **options: Any) -> Any:
        if self.down:
            raise Unavailable("taken down by the test", retry_after=7)
        return await super().find(*arguments, **options)

    async def insert(self, *arguments: Any, **options: Any) -> Any:
        if self.down:
            raise Unavailable("taken down by the test", retry_after=7)
        return await super().insert(*arguments, **options)


@pytest.mark.parametrize("path", ["/peek", "/put", "/login"])
def test_a_store_that_is_down_is_503_and_nobody_is_logged_out(
    stage: Stage, clock: Clock, path: str
) -> None:
    store = Troubled()
    client = stage.open(made(ServerSide(store), clock))
    if path == "/peek":
        client.get("/login")
    store.down = True
    reply = client.get(path)
    assert (reply.status, reply.all("retry-after"), reply.cookies) == (503, ["7"], [])
    assert reply.all("content-type") == ["application/problem+json"]
    assert client.get("/plain").text == "plain"
    store.down = False
    assert client.get("/peek").text == ("ada []" if path == "/peek" else "None []")


def test_a_conflict_is_409_where_that_is_the_policy(stage: Stage, clock: Clock) -> None:
    home = made(ServerSide(MemoryStore(), on_conflict="error"), clock)

    def change(session: Any) -> Say:
        session["a"] = 1
        visit = blocking.run(home.open(client.header))
        visit.session["a"] = 2
        blocking.run(visit.close(200))
        return Say()

    client = stage.open(home, change=change)
    client.get("/put")
    reply = client.get("/change")
    assert (reply.status, reply.all("content-type")) == (409, ["application/problem+json"])


def test_a_login_beyond_the_limit_is_409_and_hands_out_no_cookie(
    stage: Stage, clock: Clock
) -> None:
    client = stage.open(made(ServerSide(MemoryStore(), limit=Limit(1, "refuse")), clock))
    client.get("/login")
    other = Client(client.ask)
    reply = other.get("/login")
    assert (reply.status, reply.cookies) == (409, [])
    assert '"too-many-sessions"' in reply.text


def test_what_json_lacks_is_a_fault_of_ours_without_details(stage: Stage, home: Sessions) -> None:
    def bad(session: Any) -> Say:
        session["secret plan"] = {1, 2}
        return Say()

    reply = stage.open(home, bad=bad).get("/bad")
    assert (reply.status, reply.cookies) == (500, [])
    assert "secret plan" not in reply.text


def test_where_a_login_came_from_is_in_the_device_list(stage: Stage, server_home: Sessions) -> None:
    client = stage.open(server_home)
    client.get("/login", ("user-agent", "Netscape " + "x" * 600))
    (entry,) = blocking.run(server_home.list("ada"))
    assert entry.device.address == "192.0.2.7"
    assert (entry.device.agent[:9], len(entry.device.agent)) == ("Netscape ", 512)


def test_what_is_shown_is_a_mapping_that_remembers(stage: Stage, home: Sessions) -> None:
    def count(session: Any) -> Say:
        session["n"] = session.get("n", 0) + 1
        session.setdefault("deep", []).append(session["n"])
        return Say(f"{session['n']} {session['deep']}")

    client = stage.open(home, count=count)
    assert [client.get("/count").text for _ in range(2)] == ["1 [1]", "2 [1, 2]"]
