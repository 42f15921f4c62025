"""What WSGI allows beyond one call and one body, and what a session makes of it."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from dojang.adapters.wsgi import SessionMiddleware, save, session_of, with_session
from dojang.errors import Misuse, Unavailable
from dojang.sessions import Sessions
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.adapters.asking import Client, over_wsgi
from tests.conftest import SECRET
from tests.test_visit import Remote

PLAIN = [("Content-Type", "text/plain")]


def serve(sessions: Sessions, **apps: Any) -> Client:
    """One application per path, and two to look at what became of the session."""

    def peek(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", PLAIN)
        return [f"{session_of(environ).user} {sorted(session_of(environ))}".encode()]

    def login(environ: Any, start_response: Any) -> Any:
        session_of(environ).login("ada")
        start_response("200 OK", PLAIN)
        return [b""]

    apps = {"peek": peek, "login": login, **apps}

    def app(environ: Any, start_response: Any) -> Any:
        return apps[environ["PATH_INFO"][1:]](environ, start_response)

    return Client(over_wsgi(SessionMiddleware(app, sessions)))


def test_what_changes_after_start_response_was_called_is_still_written(sessions: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", PLAIN)
        session_of(environ).login("ada")
        return [b"welcome"]

    client = serve(sessions, app=app)
    assert client.get("/app").text == "welcome"
    assert client.get("/peek").text == "ada []"


def test_an_application_that_is_a_generator_may_begin_with_its_session(sessions: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        session_of(environ)["n"] = 1
        start_response("200 OK", PLAIN)
        yield b"one "
        yield b"two"

    client = serve(sessions, app=app)
    reply = client.get("/app")
    assert (reply.text, len(reply.cookies)) == ("one two", 1)
    assert client.get("/peek").text == "None ['n']"


def test_an_answer_without_a_body_is_sent_all_the_same(sessions: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        session_of(environ)["n"] = 1
        start_response("204 No Content", [])
        yield from ()

    client = serve(sessions, app=app)
    assert client.get("/app").status == 204
    assert client.get("/peek").text == "None ['n']"


def test_what_is_written_through_the_callable_comes_after_the_cookie(sessions: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", PLAIN)
        session_of(environ)["n"] = 1
        write(b"one ")
        write(b"two ")
        return [b"three"]

    client = serve(sessions, app=app)
    reply = client.get("/app")
    assert (reply.text, len(reply.cookies)) == ("one two three", 1)
    assert client.get("/peek").text == "None ['n']"


def test_an_error_handler_may_answer_otherwise_before_anything_was_sent(
    sessions: Sessions,
) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [*PLAIN, ("X-First", "1")])
        session_of(environ)["n"] = 1
        start_response("500 Oops", PLAIN, (RuntimeError, RuntimeError("boom"), None))
        return [b"sorry"]

    client = serve(sessions, app=app)
    reply = client.get("/app")
    assert (reply.status, reply.text, reply.cookies) == (500, "sorry", [])
    assert reply.all("x-first") == []
    assert client.get("/peek").text == "None []"


def test_an_error_after_the_first_piece_is_the_servers_to_judge(on_server: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        session_of(environ)["n"] = 1
        start_response("200 OK", PLAIN)
        yield b"first"
        start_response("500 Oops", PLAIN, (RuntimeError, RuntimeError("boom"), None))

    reply = serve(on_server, app=app).get("/app")
    assert isinstance(reply.broken, RuntimeError)
    assert reply.status == 200


def test_an_answer_replaced_before_the_server_sent_it_keeps_the_cookie_of_what_is_stored(
    on_server: Sessions,
) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        session_of(environ).login("ada")
        start_response("200 OK", PLAIN)
        yield b""
        start_response("500 Oops", PLAIN, (RuntimeError, RuntimeError("boom"), None))
        yield b"sorry"

    statuses: list[str] = []

    def server(status: str, headers: Any, exc_info: Any = None) -> Any:
        del exc_info
        statuses.append(f"{status} {sum(name == 'set-cookie' for name, _ in headers)}")
        return print

    body = SessionMiddleware(app, on_server)({"PATH_INFO": "/"}, server)
    assert (b"".join(body), statuses) == (b"sorry", ["200 OK 1", "500 Oops 1"])


def test_start_response_twice_without_an_error_is_a_fault_of_the_application(
    in_memory: Sessions,
) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        del environ
        start_response("200 OK", PLAIN)
        start_response("200 OK", PLAIN)
        return [b""]

    assert isinstance(serve(in_memory, app=app).get("/app").broken, AssertionError)


def test_a_body_is_closed_once_whatever_became_of_it(on_server: Sessions) -> None:
    closed: list[str] = []

    class Body:
        def __init__(self, name: str) -> None:
            self.name = name

        def __iter__(self) -> Iterator[bytes]:
            yield b"piece"

        def close(self) -> None:
            closed.append(self.name)

    def good(environ: Any, start_response: Any) -> Any:
        del environ
        start_response("200 OK", PLAIN)
        return Body("good")

    def bad(environ: Any, start_response: Any) -> Any:
        session_of(environ)["n"] = {1}
        start_response("200 OK", PLAIN)
        return Body("bad")

    client = serve(on_server, good=good, bad=bad)
    assert client.get("/good").text == "piece"
    assert client.get("/bad").status == 500
    assert closed == ["good", "bad"]


def test_a_list_stays_a_list_so_that_a_server_may_tell_its_length(in_memory: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        del environ
        start_response("200 OK", PLAIN)
        return [b"all"]

    given = SessionMiddleware(app, in_memory)({"PATH_INFO": "/"}, lambda *_: print)
    assert given == [b"all"]


def test_a_refusal_while_writing_replaces_the_answer(in_memory: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", PLAIN)
        session_of(environ)["n"] = {1}
        write(b"never seen")
        write(b"nor this")
        return [b"nor that"]

    reply = serve(in_memory, app=app).get("/app")
    assert (reply.status, reply.all("content-type")) == (500, ["application/problem+json"])
    assert reply.text.endswith("}")


def test_a_refusal_of_a_generator_replaces_the_answer(in_memory: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        session_of(environ)["n"] = {1}
        yield b"never seen"

    reply = serve(in_memory, app=app).get("/app")
    assert reply.status == 500
    assert "never" not in reply.text


def test_what_the_calling_code_did_wrong_is_logged_with_its_traceback(
    in_memory: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        session_of(environ)["n"] = {1}
        start_response("200 OK", PLAIN)
        return [b""]

    with caplog.at_level(logging.ERROR, "dojang"):
        assert "internal" in serve(in_memory, app=app).get("/app").text
    assert "n is a set" in caplog.text
    assert "Traceback" in caplog.text


def test_trouble_after_the_first_piece_is_the_servers_to_see(on_server: Sessions) -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        session_of(environ)["n"] = 1
        start_response("200 OK", PLAIN)
        yield b"first"
        raise Unavailable("down")

    def writes(environ: Any, start_response: Any) -> Any:
        session_of(environ)["n"] = 1
        start_response("200 OK", PLAIN)(b"first")
        raise Unavailable("down")

    client = serve(on_server, app=app, writes=writes)
    for path in ("/app", "/writes"):
        reply = client.get(path)
        assert isinstance(reply.broken, Unavailable)
        assert reply.text == "first"


def test_around_one_handler_only_what_was_saved_is_written(sessions: Sessions) -> None:
    @with_session(sessions)
    def handler(environ: Any, start_response: Any) -> Any:
        session = session_of(environ)
        seen = sorted(session)
        session["saved"] = True
        save(session)
        session["not"] = True
        start_response("200 OK", PLAIN)
        return [str(seen).encode()]

    client = Client(over_wsgi(handler))
    assert client.get("/").text == "[]"
    assert len(client.cookies) == 1
    assert client.get("/").text == "['saved']"


def test_around_one_handler_what_was_saved_is_told_whatever_the_answer(
    sessions: Sessions,
) -> None:
    @with_session(sessions)
    def handler(environ: Any, start_response: Any) -> Any:
        session_of(environ).login("ada")
        save(session_of(environ))
        start_response("500 Oops", PLAIN)
        return [b""]

    assert len(Client(over_wsgi(handler)).get("/").cookies) == 1


def test_without_middleware_and_decorator_the_error_says_what_to_write() -> None:
    with pytest.raises(Misuse, match="SessionMiddleware"):
        session_of({})


def test_a_store_that_would_wait_says_that_it_cannot_be_used_here(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = Sessions(ServerSide(Remote()), secret=SECRET, clock=clock)
    client = serve(sessions)
    reply = client.get("/login")
    assert (reply.status, reply.cookies) == (500, [])
    assert "blocking driver" in caplog.text
