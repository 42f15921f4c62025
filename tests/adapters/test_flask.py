"""Flask's `session` as Flask's own users know it."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, Response, flash, g, get_flashed_messages, render_template_string
from flask.json.tag import JSONTag
from markupsafe import Markup

from dojang import Cookie, MemoryStore, ServerSide, Sessions, blocking, testing
from dojang.adapters import quart
from dojang.adapters.flask import CrossSite, Dojang, current_user, login_required, of, session
from dojang.errors import (
    Conflict,
    InvalidCookie,
    Misuse,
    NotJson,
    TooManySessions,
    Unavailable,
    WeakSecret,
)
from dojang.session.limit import Limit
from dojang.stores.sqlite import SqliteStore
from dojang.testing import Clock
from tests.adapters.asking import Client, over_wsgi
from tests.conftest import SECRET

HTTPS = "https://localhost"


def flask_app(sessions: Sessions | None = None, **config: Any) -> Flask:
    app = Flask("tested")
    app.config.update(config)
    Dojang(app, sessions)
    return app


def ask(app: Flask, view: Any) -> Any:
    """Return what `view` answers, over and over, for one browser."""
    app.add_url_rule("/", "view", view)
    return app.test_client()


def sign_in() -> str:
    session.login("ada")
    return ""


VALUES = {
    "tuple": (1, (2, "three")),
    "bytes": b"\x00\xff",
    "uuid": uuid.UUID(int=7),
    "markup": Markup("<b>"),
    "datetime": datetime(2026, 11, 21, 8, 11, 37, tzinfo=UTC),
    "nested": [{"when": (b"x",)}],
    "looks like a tag": {" t": [1]},
    " t": "a member by the name of a tag",
}


def test_values_that_json_lacks_come_back_as_they_were(sessions: Sessions) -> None:
    app = flask_app(sessions)

    def view() -> str:
        seen = dict(session)
        session.update(VALUES)
        return "same" if seen == VALUES and isinstance(seen["markup"], Markup) else "none"

    client = ask(app, view)
    assert client.get("/", base_url=HTTPS).text == "none"
    assert client.get("/", base_url=HTTPS).text == "same"


def test_the_stored_text_is_what_flask_would_store(in_memory: Sessions) -> None:
    app = flask_app(in_memory)
    values = {name: value for name, value in VALUES.items() if name != " t"}
    from flask.sessions import session_json_serializer

    def view() -> str:
        session.update(values)
        return ""

    ask(app, view).get("/", base_url=HTTPS)
    store = in_memory.strategy.store  # type: ignore[attr-defined]
    (record,) = blocking.run(store.scan(now=in_memory.clock())).records
    assert record.data == session_json_serializer.dumps(values)


def test_a_value_that_flask_has_no_tag_for_names_its_place(in_memory: Sessions) -> None:
    app = flask_app(in_memory, TESTING=True)

    def view() -> str:
        session["cart"] = [{"of": {1, 2}}]
        return ""

    with pytest.raises(NotJson, match=r"cart\[0\].of is a set"):
        ask(app, view).get("/", base_url=HTTPS)


def test_a_tag_of_the_applications_own_is_used(sessions: Sessions) -> None:
    class TagComplex(JSONTag):
        key = " c"

        def check(self, value: Any) -> bool:
            return isinstance(value, complex)

        def to_json(self, value: Any) -> Any:
            return [value.real, value.imag]

        def to_python(self, value: Any) -> Any:
            return complex(*value)

    app = flask_app(sessions)
    app.session_interface.serializer.register(TagComplex)  # type: ignore[attr-defined]

    def view() -> str:
        return str(session.setdefault("z", 1 + 2j))

    client = ask(app, view)
    assert [client.get("/", base_url=HTTPS).text for _ in range(2)] == ["(1+2j)"] * 2


def test_a_session_ends_with_the_browser_until_it_is_permanent(sessions: Sessions) -> None:
    app = flask_app(sessions)

    @app.get("/stay")
    def stay() -> str:
        session.permanent = True
        return ""

    def view() -> str:
        session["n"] = 1
        return str(session.permanent)

    client = ask(app, view)
    first = client.get("/", base_url=HTTPS)
    assert (first.text, "Max-Age" in first.headers["Set-Cookie"]) == ("False", False)
    assert "Max-Age" in client.get("/stay", base_url=HTTPS).headers["Set-Cookie"]
    assert client.get("/", base_url=HTTPS).text == "True"


def test_sessions_may_begin_permanent(sessions: Sessions) -> None:
    app = flask_app(sessions, SESSION_PERMANENT=True)
    answer = ask(app, lambda: str(session.setdefault("n", 1))).get("/", base_url=HTTPS)
    assert "Max-Age" in answer.headers["Set-Cookie"]


def test_new_modified_and_accessed_say_what_they_say_in_flask(sessions: Sessions) -> None:
    seen: list[tuple[bool, bool, bool]] = []

    def view() -> str:
        before = session.new, session.modified
        session.setdefault("cart", []).append("pear")
        seen.append((*before, session.modified))
        return str(session.accessed)

    client = ask(flask_app(sessions), view)
    assert [client.get("/", base_url=HTTPS).text for _ in range(2)] == ["True", "True"]
    assert seen == [(True, False, True), (False, False, True)]


def test_a_change_deep_inside_needs_no_flag_and_the_flag_does_no_harm(sessions: Sessions) -> None:
    def view() -> str:
        session.setdefault("cart", {"items": []})["items"].append("pear")
        return str(len(session["cart"]["items"]))

    client = ask(flask_app(sessions), view)
    assert [client.get("/", base_url=HTTPS).text for _ in range(3)] == ["1", "2", "3"]

    def marked() -> str:
        session.modified = True
        return str(session.modified)

    assert ask(flask_app(sessions), marked).get("/", base_url=HTTPS).text == "True"


def test_flashed_messages_arrive_once(sessions: Sessions) -> None:
    app = flask_app(sessions)

    @app.get("/say")
    def say() -> str:
        flash("saved", "good")
        return ""

    client = ask(app, lambda: str(get_flashed_messages(with_categories=True)))
    client.get("/say", base_url=HTTPS)
    assert client.get("/", base_url=HTTPS).text == "[('good', 'saved')]"
    assert client.get("/", base_url=HTTPS).text == "[]"


def test_flasks_test_client_reads_and_writes_the_session(sessions: Sessions) -> None:
    app = flask_app(sessions)
    client = ask(app, lambda: str(session.get("n")))
    with client.session_transaction(base_url=HTTPS) as before:
        before["n"] = 7
    assert client.get("/", base_url=HTTPS).text == "7"
    with client.session_transaction(base_url=HTTPS) as after:
        assert after["n"] == 7


def test_two_members_changed_at_once_both_win_tags_and_all(on_server: Sessions) -> None:
    app = flask_app(on_server)
    other: dict[str, Any] = {}

    def view() -> str:
        seen = dict(session)
        if "ask" in other:
            session["a"] = (1,)
            other.pop("ask").get("/", base_url=HTTPS)
        else:
            session["b"] = (2,)
        return str(seen)

    client = ask(app, view)
    client.get("/", base_url=HTTPS)
    twin = app.test_client()
    cookie = client.get_cookie("__Host-session")
    assert cookie is not None
    twin.set_cookie("__Host-session", cookie.value)
    other["ask"] = twin
    client.get("/", base_url=HTTPS)
    assert client.get("/", base_url=HTTPS).text == "{'b': (2,), 'a': (1,)}"


def test_a_streamed_body_that_reads_the_session_may(sessions: Sessions) -> None:
    from flask import stream_with_context

    def view() -> Response:
        session.setdefault("name", "ada")
        return Response(stream_with_context(piece for piece in ("hello ", session["name"])))

    assert ask(flask_app(sessions), view).get("/", base_url=HTTPS).text == "hello ada"


def test_what_a_stream_changes_is_kept_on_the_server(on_server: Sessions) -> None:
    from flask import stream_with_context

    def view() -> Response:
        count = session.setdefault("n", 0)

        def body() -> Any:
            yield str(count)
            session["n"] = count + 1

        return Response(stream_with_context(body()))

    client = ask(flask_app(on_server), view)
    assert [client.get("/", base_url=HTTPS).text for _ in range(3)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("down", retry_after=7), 503),
        (Conflict("changed"), 409),
        (TooManySessions(1), 409),
    ],
)
def test_what_is_raised_in_a_view_becomes_a_problem_document(
    in_memory: Sessions, error: Exception, status: int
) -> None:
    def view() -> str:
        raise error

    answer = ask(flask_app(in_memory), view).get("/", base_url=HTTPS)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.headers.get("Retry-After") == ("7" if status == 503 else None)


def test_what_is_refused_while_saving_replaces_the_answer_and_what_describes_it(
    clock: Clock,
) -> None:
    strategy = ServerSide(MemoryStore(), limit=Limit(1, "refuse"))
    app = flask_app(Sessions(strategy, secret=SECRET, clock=clock))

    def view() -> Response:
        session.login("ada")
        headers = {"ETag": "x", "Content-Language": "en", "Access-Control-Allow-Origin": "x"}
        return Response("in", headers=headers)

    assert ask(app, view).get("/", base_url=HTTPS).text == "in"
    answer = app.test_client().get("/", base_url=HTTPS)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "too-many-sessions"
    assert answer.headers["Access-Control-Allow-Origin"] == "x"
    assert {"ETag", "Content-Language", "Set-Cookie"}.isdisjoint(answer.headers.keys())


def test_a_fault_of_the_application_goes_flasks_own_way(in_memory: Sessions) -> None:
    def view() -> str:
        raise Misuse("wrong use")

    app = flask_app(in_memory)
    assert ask(app, view).get("/", base_url=HTTPS).status_code == 500
    app.testing = True
    with pytest.raises(Misuse, match="wrong use"):
        app.test_client().get("/", base_url=HTTPS)


def test_current_user_is_what_the_application_knows_by_the_principal(sessions: Sessions) -> None:
    app = Flask("tested")
    loaded: list[Any] = []

    def load_user(principal: Any) -> str:
        loaded.append(principal)
        return f"<{principal}>"

    Dojang(app, sessions, load_user=load_user)
    app.add_url_rule("/in", "in", sign_in)
    app.add_url_rule("/mine", "mine", login_required(lambda: "mine"))
    client = ask(app, lambda: f"{current_user} {current_user} {bool(current_user)}")
    assert client.get("/", base_url=HTTPS).text == "None None False"
    refused = client.get("/mine", base_url=HTTPS)
    assert (refused.status_code, refused.json["code"]) == (401, "missing")
    client.get("/in", base_url=HTTPS)
    assert client.get("/", base_url=HTTPS).text == "<ada> <ada> True"
    assert client.get("/mine", base_url=HTTPS).text == "mine"
    assert loaded == ["ada", "ada"]


def test_current_user_without_a_loader_is_the_principal(in_memory: Sessions) -> None:
    def view() -> str:
        session.login("ada")
        return f"{current_user} {'_dojang_user' in g}"

    assert ask(flask_app(in_memory), view).get("/", base_url=HTTPS).text == "ada False"


def test_everything_may_come_from_the_configuration(tmp_path: Any) -> None:
    app = flask_app(
        None,
        DOJANG_SESSIONS=f"sqlite:///{tmp_path}/sessions.db",
        SECRET_KEY=SECRET,
        SESSION_COOKIE_NAME="sid",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=1),
    )

    def view() -> str:
        session.permanent = True
        session["_user_id"] = "ada"
        return ""

    line = ask(app, view).get("/", base_url=HTTPS).headers["Set-Cookie"]
    assert line.startswith("sid=s%3A")
    attributes = "; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Strict"
    assert line.endswith(attributes)
    with app.app_context():
        assert len(blocking.run(of(app).sessions.list("ada"))) == 1
        of(app).sessions.close()


def test_secrets_of_the_configuration_rotate_and_the_newest_signs() -> None:
    """Flask CVE-2025-47278: the fallback keys were tried, and signed with, in reverse."""
    new, old = SECRET, SECRET[::-1]

    def client(**secrets: Any) -> Client:
        app = flask_app(None, **secrets)
        app.add_url_rule("/put", "put", lambda: str(session.setdefault("n", 1)))
        app.add_url_rule("/", "view", lambda: str(session.get("n")))
        return Client(over_wsgi(app))

    before, during, after = (
        client(SECRET_KEY=old),
        client(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]),
        client(SECRET_KEY=new),
    )
    before.get("/put")
    during.cookies = before.cookies
    assert during.get("/").text == "1"
    after.cookies = during.cookies
    assert after.get("/").text == "1"


def test_ready_made_sessions_may_stand_in_the_configuration(in_memory: Sessions) -> None:
    app = flask_app(None, DOJANG_SESSIONS=in_memory)
    with app.app_context():
        assert of(app).sessions is in_memory


@pytest.mark.parametrize(
    ("config", "error", "words"),
    [
        ({}, WeakSecret, "SECRET_KEY"),
        ({"SECRET_KEY": "dev"}, WeakSecret, "3 characters"),
        ({"SECRET_KEY": SECRET, "SECRET_KEY_FALLBACKS": "one"}, Misuse, "list of secrets"),
        ({"SECRET_KEY": SECRET, "DOJANG_SESSIONS": "nowhere:"}, Misuse, "nowhere"),
        ({"SECRET_KEY": SECRET, "DOJANG_SESSIONS": 7}, Misuse, "int"),
        ({"SECRET_KEY": SECRET, "SESSION_COOKIE_SAMESITE": "None"}, InvalidCookie, "Secure"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_at_start(
    config: Any, error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        flask_app(None, **config)


def test_an_application_without_dojang_is_told_what_to_write() -> None:
    with pytest.raises(Misuse, match=r"Dojang\(app, sessions\)"):
        of(Flask("other"))


def test_an_extension_may_serve_its_application_later(in_memory: Sessions) -> None:
    extension, app = Dojang(sessions=in_memory), Flask("later")
    extension.init_app(app)
    assert of(app) is extension


def test_address_and_browser_are_those_behind_a_trusted_proxy(on_server: Sessions) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    app = flask_app(on_server)
    app.add_url_rule("/", "in", sign_in)
    client = Client(over_wsgi(ProxyFix(app)))
    client.get("/", ("x-forwarded-for", "203.0.113.9"), ("user-agent", "Netscape"))
    (entry,) = blocking.run(on_server.list("ada"))
    assert (entry.device.address, entry.device.agent) == ("203.0.113.9", "Netscape")


def test_a_plain_http_cookie_is_a_choice_with_a_name(tmp_path: Any, clock: Clock) -> None:
    store = SqliteStore(tmp_path / "sessions.db")
    cookie = Cookie.for_local_development()
    app = flask_app(Sessions(ServerSide(store), secret=SECRET, cookie=cookie, clock=clock))
    client = ask(app, lambda: str(session.setdefault("n", 0)))
    assert "Secure" not in client.get("/").headers["Set-Cookie"]
    store.close()


def test_keys_that_are_set_after_dojang_count_as_they_do_in_flask() -> None:
    app = flask_app(None, SECRET_KEY=SECRET)
    CrossSite(app)
    app.config.update(
        SESSION_COOKIE_NAME="shop", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Strict"
    )
    app.permanent_session_lifetime = timedelta(hours=1)

    @app.get("/put")
    def put() -> str:
        session.permanent = True
        session["n"] = 1
        return "put"

    @app.get("/token")
    def token() -> str:
        return render_template_string("{{ form_token() }}")

    @app.post("/form")
    def form() -> str:
        return str(session["n"])

    client = app.test_client()
    line = client.get("/put", base_url="https://localhost").headers["Set-Cookie"]
    assert line.startswith("shop=")
    assert {"Secure", "SameSite=Strict", "Max-Age=3600"} <= set(line.split("; "))
    field = client.get("/token", base_url="https://localhost").text
    proof = re.findall('value="(.*?)"', field)[0]
    answer = client.post("/form", data={"csrf_token": proof}, base_url="https://localhost")
    assert (answer.status_code, answer.text) == (200, "1")
    with app.app_context():
        assert of(app).sessions is of(app).sessions


def test_the_interface_tells_the_truth_about_its_cookie(in_memory: Sessions) -> None:
    app = flask_app(in_memory)
    interface = app.session_interface
    assert interface.get_cookie_name(app) == "__Host-session"
    assert interface.get_cookie_secure(app)
    assert interface.get_cookie_httponly(app)
    assert (interface.get_cookie_path(app), interface.get_cookie_domain(app)) == ("/", None)
    assert interface.get_cookie_samesite(app) == "Lax"
    assert not interface.get_cookie_partitioned(app)


def test_a_user_who_is_gone_is_said_to_be_and_the_principal_0_is_somebody(
    in_memory: Sessions,
) -> None:
    gone, zero = flask_app(None, DOJANG_SESSIONS=in_memory), flask_app(in_memory)
    of(gone).load_user = lambda _: None
    for app in (gone, zero):
        app.add_url_rule("/private", view_func=login_required(lambda: "in"), endpoint="private")
    answer = testing.sign_in(gone.test_client(), in_memory, "ada").get(
        "/private", base_url="https://localhost"
    )
    assert (answer.status_code, (answer.json or {})["code"]) == (401, "anonymous")
    client = testing.sign_in(zero.test_client(), in_memory, 0)
    assert client.get("/private", base_url="https://localhost").text == "in"


def test_what_is_none_is_said_when_the_extension_is_made() -> None:
    odd: Any = "sealed:"
    for extension in (Dojang, quart.Dojang):
        with pytest.raises(Misuse, match=r"Sessions\.from_url"):
            extension(None, odd)
        with pytest.raises(Misuse, match="load_user is a function"):
            extension(load_user=odd)
