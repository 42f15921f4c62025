"""WebSockets in every adapter that has them: a session while connected, a cookie on accept."""

import pytest

from dojang import blocking
from dojang.adapters.sockets import SESSION_ENDED
from dojang.errors import ResponseStarted
from dojang.sessions import Sessions
from tests.adapters.talking import TALKERS, Heard, Step, Wire, Work, talk
from tests.browser import Browser, look, put


@pytest.fixture(params=TALKERS)
def talker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def say(talker: str, sessions: Sessions, work: Work, browser: Browser, *steps: Step) -> Heard:
    return talk(TALKERS[talker](sessions, work), browser.header, *steps)


def signed_in(sessions: Sessions) -> Browser:
    browser = Browser(sessions)
    browser.visit(lambda session: session.login("ada"))
    return browser


async def who(wire: Wire) -> None:
    await wire.accept()
    await wire.say(f"{wire.session.user} {wire.session.rejected}")


def test_a_socket_knows_who_is_on_the_other_side(talker: str, home: Sessions) -> None:
    heard = say(talker, home, who, signed_in(home))
    assert (heard.texts, heard.cookies) == (["ada None"], [])


@pytest.mark.parametrize(("cookie", "code"), [("", "missing"), ("x" * 100_000, "oversized")])
def test_a_socket_says_why_not(talker: str, home: Sessions, cookie: str, code: str) -> None:
    browser = Browser(home)
    browser.cookies = {home.cookie.name: cookie} if cookie else {}
    assert say(talker, home, who, browser).texts == [f"None {code}"]


def test_what_is_put_in_before_the_accept_goes_with_it(talker: str, home: Sessions) -> None:
    async def work(wire: Wire) -> None:
        wire.session["n"] = 1
        await wire.accept()
        await wire.say("hello")

    browser = Browser(home)
    (line,) = say(talker, home, work, browser).cookies
    name, _, value = line.partition(";")[0].partition("=")
    browser.cookies[name] = value
    assert browser.visit(look) == {"n": 1}


def test_a_login_over_a_socket_moves_to_a_new_id(talker: str, server_home: Sessions) -> None:
    async def work(wire: Wire) -> None:
        wire.session.login("ada")
        await wire.accept()
        await wire.say(str(wire.session.user))

    browser = Browser(server_home)
    browser.visit(put(n=1))
    before = browser.cookie
    heard = say(talker, server_home, work, browser)
    assert (heard.texts, len(heard.cookies)) == (["ada"], 1)
    assert before not in heard.cookies[0]
    assert browser.visit(lambda session: session.rejected) == "unknown"


def test_an_open_socket_may_save_on_the_server(talker: str, server_home: Sessions) -> None:
    async def work(wire: Wire) -> None:
        await wire.accept()
        wire.session["said"] = wire.session.get("said", "nothing")
        await wire.say("what?")
        wire.session["said"] = await wire.hear()
        await wire.session.save()
        await wire.say("saved")

    browser = signed_in(server_home)
    assert say(talker, server_home, work, browser, "hello").texts == ["what?", "saved"]
    assert browser.visit(look)["said"] == "hello"


def test_in_a_cookie_an_open_socket_cannot_change_it(talker: str, cookie_home: Sessions) -> None:
    raised: list[str] = []

    async def work(wire: Wire) -> None:
        await wire.accept()
        try:
            wire.session["n"] = 1
        except ResponseStarted as error:
            raised.append(error.code)
        await wire.say("on we go")

    heard = say(talker, cookie_home, work, signed_in(cookie_home))
    assert (heard.texts, raised) == (["on we go"], ["response-started"])


def test_an_open_socket_may_look_again(talker: str, server_home: Sessions) -> None:
    async def work(wire: Wire) -> None:
        await wire.accept()
        await wire.say(str(wire.session.get("n")))
        await wire.hear()
        await wire.session.reload()
        await wire.say(str(wire.session.get("n")))

    browser = signed_in(server_home)
    heard = say(talker, server_home, work, browser, lambda: browser.visit(put(n=2)), "look")
    assert heard.texts == ["None", "2"]


def test_a_socket_ends_with_its_session(talker: str, server_home: Sessions) -> None:
    async def work(wire: Wire) -> None:
        await wire.accept()
        await wire.say(str(wire.session.user))
        await wire.hear()

    def end() -> None:
        blocking.run(server_home.end_all("ada"))

    heard = say(talker, server_home, work, signed_in(server_home), end)
    assert (heard.texts, heard.closed) == (["ada"], SESSION_ENDED)


def test_a_session_that_was_ended_is_not_brought_back_by_its_socket(
    talker: str, server_home: Sessions
) -> None:
    async def work(wire: Wire) -> None:
        await wire.accept()
        await wire.say(str(wire.session.user))
        await wire.hear()
        wire.session["late"] = 1
        await wire.session.save()
        await wire.say("saved")

    def end() -> None:
        blocking.run(server_home.end_all("ada"))

    browser = signed_in(server_home)
    say(talker, server_home, work, browser, end, "go on")
    assert browser.visit(lambda session: session.rejected) == "unknown"
    assert blocking.run(server_home.list("ada")) == []
