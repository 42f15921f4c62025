"""Django as it is served: both session middlewares, the admin, messages, checks and commands."""

import asyncio
import copy
import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from tests.adapters import django_project

django_project.prepare()

from django.contrib import auth, messages
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.test import AsyncClient, Client, override_settings

from dojang import IronSeal, MemoryStore, ServerSide, Sessions, blocking, peers
from dojang.adapters.django import cookies, sessions
from dojang.adapters.django.fresh import confirm_login, fresh_login_required
from dojang.adapters.django.middleware import SessionMiddleware
from dojang.errors import Conflict, Misuse, Unavailable
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from tests.adapters import asking
from tests.adapters.django_project import MIDDLEWARE, OURS, SECRET_KEY, VIEWS

PASSWORD = "seal upon paper"


@pytest.fixture(params=["sealed", "memory", "sqlite"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    urls = {"sealed": "sealed:", "memory": "memory:", "sqlite": f"sqlite:///{tmp_path}/s.db"}
    with override_settings(DOJANG={"SESSIONS": urls[request.param]}):
        yield str(request.param)
        sessions().close()


@pytest.fixture(params=["stock", "ours"])
def middleware(request: pytest.FixtureRequest) -> Iterator[str]:
    with override_settings(MIDDLEWARE=OURS if request.param == "ours" else MIDDLEWARE):
        yield str(request.param)


@pytest.fixture
def ours() -> Iterator[None]:
    with override_settings(MIDDLEWARE=OURS):
        yield


@pytest.fixture(autouse=True)
def views() -> Iterator[dict[str, Any]]:
    def peek(request: Any) -> HttpResponse:
        return HttpResponse(str(sorted(request.session.keys())))

    def put(request: Any) -> HttpResponse:
        request.session["n"] = 1
        return HttpResponse()

    VIEWS.update(peek=peek, put=put)
    yield VIEWS
    VIEWS.clear()


def strict() -> asking.Client:
    """A browser before Django's own WSGI handler."""
    return asking.Client(asking.over_wsgi(WSGIHandler()))


def in_a_loop() -> asking.Client:
    """A browser before Django's own ASGI handler."""
    return asking.Client(asking.over_asgi(ASGIHandler()))


# -- moving in -------------------------------------------------------------------------------------


def test_who_signed_in_under_another_engine_stays_signed_in(
    views: dict[str, Any], tmp_path: Path
) -> None:
    views["who"] = lambda request: HttpResponse(request.user.get_username())
    client = Client()
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
        assert client.login(username="ada", password=PASSWORD)
    before = client.cookies["sessionid"].value
    accepts = {"django": peers.Django(SECRET_KEY)}
    ours = {"SESSIONS": f"sqlite:///{tmp_path}/s.db", "ACCEPTS": accepts}
    with override_settings(MIDDLEWARE=OURS, DOJANG=ours):
        assert client.get("/who").content == b"ada"
        assert client.cookies["sessionid"].value != before
        assert client.get("/who").content == b"ada"
        assert sessions().circulation.seen["django"].count == 1
        sessions().close()


# -- proving it once more --------------------------------------------------------------------------


@pytest.mark.parametrize("browser", ["sync", "async"])
def test_a_page_for_fresh_logins_sends_to_the_proof_and_back(
    ours: None, views: Any, clock: Clock, browser: str
) -> None:
    del ours

    def login(request: Any) -> HttpResponse:
        auth.login(request, User.objects.get(username="ada"))
        return HttpResponse()

    @fresh_login_required(within=60, confirm="/confirm")
    def page(_: Any) -> HttpResponse:
        return HttpResponse("here")

    def confirm(request: Any) -> HttpResponse:
        confirm_login(request)
        return HttpResponse(request.session.session_key)

    views.update(login=login, page=page, confirm=confirm)
    store, place = ServerSide(MemoryStore()), "_auth_user_id"
    made = Sessions(store, secret=SECRET_KEY, principal=place, clock=clock)
    with override_settings(DOJANG={"SESSIONS": made}, SESSION_COOKIE_NAME=made.cookie.name):
        client = strict() if browser == "sync" else in_a_loop()
        assert client.get("/page").status == 401
        client.get("/login")
        before = dict(client.cookies)
        assert client.get("/page").text == "here"
        clock.tick(61)
        reply = client.get("/page")
        assert (reply.status, reply.all("location")) == (303, ["/confirm?next=%2Fpage"])
        key = client.get("/confirm").text
        assert client.cookies != before
        assert key in client.cookies.values()
        assert client.get("/page").text == "here"


@pytest.mark.parametrize("later", [False, True])
def test_a_login_is_as_old_as_its_request(
    ours: None, views: Any, clock: Clock, later: bool
) -> None:
    """What was ended while a password was looked at is not signed in to by it."""
    del ours
    store, place = ServerSide(MemoryStore()), "_auth_user_id"
    made = Sessions(store, secret=SECRET_KEY, principal=place, clock=clock)

    def login(request: Any) -> HttpResponse:
        ada = User.objects.get(username="ada")
        if not later:
            clock.tick(5)
            blocking.run(made.end_all(str(ada.pk)))
            clock.tick(5)
        auth.login(request, ada)
        return HttpResponse()

    views.update(login=login)
    with override_settings(DOJANG={"SESSIONS": made}, SESSION_COOKIE_NAME=made.cookie.name):
        assert strict().get("/login").status == (200 if later else 401)


def test_an_async_view_may_need_a_fresh_login(ours: None, views: Any) -> None:
    del ours

    @fresh_login_required(within=60)
    async def page(_: Any) -> HttpResponse:
        return HttpResponse("here")

    views["page"] = page
    with override_settings(ROOT_URLCONF="tests.adapters.django_async_urls"):
        assert in_a_loop().get("/page").status == 401


# -- accounts and the admin ------------------------------------------------------------------------


def test_the_admin_is_signed_in_to_by_its_own_form(home: str, middleware: str) -> None:
    del home, middleware
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/admin/login/")
    token = page.context["csrf_token"]
    form = {"username": "ada", "password": PASSWORD, "csrfmiddlewaretoken": str(token)}
    answer = browser.post("/admin/login/?next=/admin/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert "Welcome" in browser.get("/admin/").text
    # Adding a user there uses messages, forms, redirects and the history of the admin.
    token = browser.get("/admin/auth/group/add/").context["csrf_token"]
    done = browser.post(
        "/admin/auth/group/add/",
        {"name": "sealers", "csrfmiddlewaretoken": str(token)},
        follow=True,
    )
    assert "was added successfully" in done.text
    auth.models.Group.objects.all().delete()
    token = browser.get("/admin/").context["csrf_token"]
    assert "Logged out" in browser.post("/admin/logout/", {"csrfmiddlewaretoken": str(token)}).text
    assert browser.get("/admin/").status_code == 302


def test_a_login_moves_the_session_to_a_new_key_and_keeps_its_data(
    home: str, middleware: str, views: dict[str, Any]
) -> None:
    del middleware

    def login(request: Any) -> HttpResponse:
        auth.login(request, User.objects.get(username="ada"))
        return HttpResponse()

    views["login"] = login
    browser = strict()
    browser.get("/put")
    before = browser.twin()
    browser.get("/login")
    assert browser.cookies != before.cookies
    assert "'_auth_user_id'" in browser.get("/peek").text
    assert "'n'" in browser.get("/peek").text
    assert before.get("/peek").text == ("['n']" if home == "sealed" else "[]")


def test_the_key_asked_for_right_after_a_login_is_the_one_that_lasts(
    home: str, middleware: str, views: dict[str, Any]
) -> None:
    """allauth and others keep a table of session keys that they fill when somebody signs in."""
    del home, middleware
    keys = []

    def login(request: Any) -> HttpResponse:
        auth.login(request, User.objects.get(username="ada"))
        keys.append(request.session.session_key)
        return HttpResponse()

    views["login"] = login
    browser = strict()
    browser.get("/login")
    assert len(keys) == 1
    with_key = asking.Client(browser.ask, {"sessionid": keys[0]})
    assert "_auth_user_id" in with_key.get("/peek").text


def test_users_are_listed_and_ended_by_their_primary_key(tmp_path: Path, middleware: str) -> None:
    del middleware
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = Client(REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="Netscape")
        ada = User.objects.get(username="ada")
        browser.force_login(ada)
        assert browser.get("/admin/").status_code == 200
        assert len(blocking.run(sessions().list(str(ada.pk)))) == 1
        assert blocking.run(sessions().end_all(str(ada.pk))) == 1
        assert browser.get("/admin/").status_code == 302
        sessions().close()


def test_another_user_gets_nothing_of_the_one_before(home: str, middleware: str) -> None:
    del home, middleware
    browser = Client()
    browser.force_login(User.objects.get(username="ada"))
    session = browser.session
    session["cart"] = 1
    session.save()
    browser.cookies["sessionid"] = session.session_key
    browser.force_login(User.objects.get(username="eve"))
    assert browser.get("/peek").text.count("cart") == 0
    browser.logout()
    assert browser.get("/admin/").status_code == 302


def test_a_changed_password_ends_the_session_as_django_has_it(home: str, middleware: str) -> None:
    del home, middleware
    eve = User.objects.get(username="eve")
    browser = Client()
    browser.force_login(eve)
    assert browser.get("/admin/").status_code == 200
    eve.set_password(PASSWORD)
    eve.save()
    assert browser.get("/admin/").status_code == 302


def test_messages_in_the_session_arrive_once(home: str, middleware: str, views: Any) -> None:
    del home, middleware

    def say(request: Any) -> HttpResponse:
        messages.success(request, "saved")
        return HttpResponse()

    def hear(request: Any) -> HttpResponse:
        return HttpResponse(str([str(message) for message in messages.get_messages(request)]))

    views.update(say=say, hear=hear)
    with override_settings(
        MESSAGE_STORAGE="django.contrib.messages.storage.session.SessionStorage"
    ):
        browser = strict()
        browser.get("/say")
        assert browser.get("/hear").text == "['saved']"
        assert browser.get("/hear").text == "[]"


# -- the middlewares -------------------------------------------------------------------------------


def test_a_change_deep_inside_is_saved(home: str, middleware: str, views: Any) -> None:
    del home, middleware

    def count(request: Any) -> HttpResponse:
        request.session.setdefault("cart", {"items": []})["items"].append(1)
        return HttpResponse(str(len(request.session["cart"]["items"])))

    views["count"] = count
    browser = strict()
    assert [browser.get("/count").text for _ in range(3)] == ["1", "2", "3"]


def test_what_is_emptied_loses_its_cookie_and_what_is_not_read_does_not_vary(
    home: str, middleware: str, views: Any
) -> None:
    del home, middleware

    def flush(request: Any) -> HttpResponse:
        request.session.flush()
        return HttpResponse()

    views.update(flush=flush, plain=lambda _: HttpResponse())
    browser = strict()
    browser.get("/put")
    assert "cookie" not in browser.get("/plain").vary
    assert browser.get("/plain").cookies == []
    reply = browser.get("/flush")
    assert "cookie" in reply.vary
    assert browser.cookies == {}


def test_5xx_saves_nothing(home: str, middleware: str, views: Any) -> None:
    del home, middleware

    def fail(request: Any) -> HttpResponse:
        request.session["n"] = 1
        return HttpResponse(status=503)

    views["fail"] = fail
    browser = strict()
    assert browser.get("/fail").cookies == []
    assert browser.get("/peek").text == "[]"


def test_a_session_ended_elsewhere_meanwhile_is_not_revived(
    tmp_path: Path, middleware: str, views: Any
) -> None:
    def slow(request: Any) -> HttpResponse:
        request.session["late"] = 1
        blocking.run(sessions().end(request.session.handle))
        return HttpResponse()

    views["slow"] = slow
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        browser.get("/put")
        reply = browser.get("/slow")
        assert reply.status == (400 if middleware == "stock" else 200)
        assert reply.cookies == []
        assert browser.get("/peek").text == "[]"
        sessions().close()


def test_the_cookie_of_a_login_elsewhere_is_not_wiped_by_a_slow_request(
    tmp_path: Path, middleware: str
) -> None:
    del middleware
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        browser.get("/put")
        slow = browser.twin()
        key = browser.cookies["sessionid"]
        from dojang.adapters.django import SessionStore

        SessionStore(key).delete()
        assert slow.get("/peek").cookies == []
        sessions().close()


def test_saving_every_request_moves_the_end_and_stores_nothing_for_nobody(
    tmp_path: Path, middleware: str
) -> None:
    del middleware
    with override_settings(
        DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}, SESSION_SAVE_EVERY_REQUEST=True
    ):
        browser = strict()
        assert browser.get("/peek").cookies == []
        browser.get("/put")
        assert len(browser.get("/peek").cookies) == 1
        sessions().close()


def test_the_cookie_has_the_attributes_of_the_settings(home: str, middleware: str) -> None:
    del home, middleware
    with override_settings(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_PATH="/p"):
        (line,) = strict().get("/put").cookies
    assert line.strip().startswith("sessionid=")
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"path=/p", "secure", "httponly", "samesite=lax"} <= attributes
    assert {"max-age=1209600"} <= attributes


def test_other_middleware_may_look_at_the_cookie_change_and_copy_it(
    home: str, middleware: str
) -> None:
    """As the usual middleware for iframes does, the cache, and tests of applications."""
    del home, middleware
    seen = []

    def changed(get_response: Any) -> Any:
        def serve(request: Any) -> Any:
            response = get_response(request)
            morsel = response.cookies["sessionid"]
            seen.append({key: value for key, value in morsel.items() if value})
            assert len({m.OutputString() for m in copies(morsel)}) == 1
            morsel["samesite"], morsel["secure"] = "None", True
            return response

        return serve

    def copies(morsel: Any) -> list[Any]:
        pickled = pickle.loads(pickle.dumps(morsel))
        return [morsel, copy.copy(morsel), copy.deepcopy(morsel), morsel.copy(), pickled]

    globals()["changed"] = changed
    from django.conf import settings

    with override_settings(MIDDLEWARE=[f"{__name__}.changed", *settings.MIDDLEWARE]):
        (line,) = strict().get("/put").cookies
    (attributes,) = seen
    attributes.pop("expires", None)
    assert attributes == {"httponly": True, "max-age": 1209600, "path": "/", "samesite": "Lax"}
    assert {"SameSite=None", "Secure", "HttpOnly", "Path=/"} <= set(line.split("; "))


def test_lines_keep_what_is_newer_than_pythons_cookies_and_one_name_in_two_places() -> None:
    line = "a=b; Max-Age=5; Path=/; Secure; SameSite=None; Partitioned; Priority=High"
    response = HttpResponse()
    cookies.add(response, [line, "a=; Max-Age=0; Path=/; Domain=example.com"])
    one, other = response.cookies.values()
    for each in (one, copy.copy(one), copy.deepcopy(one)):
        assert set(each.OutputString().split("; ")) == set(line.split("; "))
    assert one["partitioned"] is True
    assert other["domain"] == "example.com"


@pytest.mark.parametrize("colour", ["wsgi", "asgi"])
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, ["X-Forwarded-Proto came from 192.0.2.7 and nothing believes it"]),
        ({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, []),
        ({"SESSION_COOKIE_SECURE": False}, []),
    ],
)
def test_a_scheme_that_got_lost_before_a_secure_cookie_is_in_the_log_once(
    middleware: str, caplog: pytest.LogCaptureFixture, colour: str, settings: Any, told: list[str]
) -> None:
    del middleware

    def over_http() -> asking.Ask:
        wsgi = WSGIHandler()
        return asking.over_wsgi(
            lambda environ, start: wsgi({**environ, "wsgi.url_scheme": "http"}, start)
        )

    def over_http_in_a_loop() -> asking.Ask:
        asgi = ASGIHandler()
        return asking.over_asgi(
            lambda scope, receive, send: asgi({**scope, "scheme": "http"}, receive, send)
        )

    name = {"SESSION_COOKIE_NAME": f"name-{uuid4()}"}  # nothing has been said of it yet
    with override_settings(**{"SESSION_COOKIE_SECURE": True, **name, **settings}):
        ask = over_http() if colour == "wsgi" else over_http_in_a_loop()
        for _ in range(2):
            asking.Client(ask).get(
                "/put", ("user-agent", "Mozilla/5.0"), ("x-forwarded-proto", "https")
            )
    said = [record.message for record in caplog.records if record.name == "dojang"]
    assert all(words in message for words, message in zip(told, said, strict=True))


def test_a_cookie_may_end_with_the_browser(home: str, middleware: str) -> None:
    del home, middleware
    with override_settings(SESSION_EXPIRE_AT_BROWSER_CLOSE=True):
        (line,) = strict().get("/put").cookies
    assert "max-age" not in line.lower()


def test_ours_records_where_a_login_came_from(tmp_path: Path, ours: None, views: Any) -> None:
    del ours

    def login(request: Any) -> HttpResponse:
        auth.login(request, User.objects.get(username="ada"))
        return HttpResponse()

    views["login"] = login
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        strict().get("/login", ("user-agent", "Netscape"))
        pk = str(User.objects.get(username="ada").pk)
        (entry,) = blocking.run(sessions().list(pk))
        assert (entry.device.address, entry.device.agent) == ("192.0.2.7", "Netscape")
        sessions().close()


def test_ours_is_django_admins_idea_of_a_session_middleware(ours: None) -> None:
    del ours
    assert [message.id for message in run_checks() if message.id.startswith("admin")] == []


@pytest.mark.parametrize(
    ("error", "status"), [(Unavailable("down", retry_after=7), 503), (Conflict("changed"), 409)]
)
def test_with_ours_what_a_view_raises_is_a_problem_document(
    ours: None, views: Any, error: Exception, status: int
) -> None:
    del ours

    def fail(_: Any) -> HttpResponse:
        raise error

    views["fail"] = fail
    for browser in (strict(), in_a_loop()):
        reply = browser.get("/fail")
        assert (reply.status, reply.all("content-type")) == (status, ["application/problem+json"])


@pytest.mark.filterwarnings("ignore:.*was never awaited:RuntimeWarning")
def test_a_fault_of_the_application_goes_djangos_own_way(ours: None, views: Any) -> None:
    del ours

    def wrong(_: Any) -> HttpResponse:
        raise Misuse("wrong use")

    def bad(request: Any) -> HttpResponse:
        request.session["n"] = {1}
        return HttpResponse()

    views.update(wrong=wrong, bad=bad)
    assert strict().get("/wrong").status == 500
    assert strict().get("/bad").status == 500


def test_what_is_refused_while_saving_is_a_problem_document(ours: None) -> None:
    del ours
    store = MemoryStore(capacity=1)
    one = Sessions(ServerSide(store), secret=SECRET_KEY, principal="_auth_user_id")
    with override_settings(DOJANG={"SESSIONS": one}, SESSION_COOKIE_NAME="__Host-session"):
        assert strict().get("/put").status == 200
        reply = strict().get("/put")
        assert (reply.status, reply.all("retry-after"), reply.cookies) == (503, ["1"], [])


def test_what_a_stream_changes_is_kept_on_the_server(
    tmp_path: Path, ours: None, views: Any
) -> None:
    del ours

    def stream(request: Any) -> StreamingHttpResponse:
        count = request.session.setdefault("n", 0)

        def body() -> Iterator[str]:
            yield str(count)
            request.session["n"] = count + 1

        return StreamingHttpResponse(body())

    async def astream(request: Any) -> StreamingHttpResponse:
        count = await request.session.asetdefault("n", 0)

        async def body() -> Any:
            yield str(count)
            await request.session.aset("n", count + 1)

        return StreamingHttpResponse(body())

    views["stream"] = stream
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        replies = [browser.get("/stream") for _ in range(3)]
        assert [(r.text, r.broken) for r in replies] == [("0", None), ("1", None), ("2", None)]
        views["stream"] = astream
        with override_settings(ROOT_URLCONF="tests.adapters.django_async_urls"):
            looped = in_a_loop()
            replies = [looped.get("/stream") for _ in range(3)]
            assert [(r.text, r.broken) for r in replies] == [("0", None), ("1", None), ("2", None)]
        sessions().close()


def test_async_views_use_the_session_natively(home: str, middleware: str, views: Any) -> None:
    del home, middleware

    async def count(request: Any) -> HttpResponse:
        await request.session.aset("n", await request.session.aget("n", 0) + 1)
        return HttpResponse(str(await request.session.aget("n")))

    async def login(request: Any) -> HttpResponse:
        await auth.alogin(request, await User.objects.aget(username="ada"))
        return HttpResponse()

    async def logout(request: Any) -> HttpResponse:
        await auth.alogout(request)
        return HttpResponse()

    views.update(count=count, login=login, logout=logout)
    with override_settings(ROOT_URLCONF="tests.adapters.django_async_urls"):
        browser = in_a_loop()
        assert [browser.get("/count").text for _ in range(3)] == ["1", "2", "3"]
        first = dict(browser.cookies)
        browser.get("/login")
        assert browser.cookies != first
        assert browser.get("/count").text == "4"
        browser.get("/logout")
        assert "sessionid" not in browser.cookies


@pytest.fixture(params=["sealed", "revocable", "memory", "sqlite"])
def any_home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path}/s.db"
    homes: dict[str, dict[str, Any]] = {
        "sealed": {"SESSIONS": "sealed:"},
        "revocable": {"SESSIONS": "sealed:", "REVOCATIONS": url, "ABSOLUTE": 86_400},
        "memory": {"SESSIONS": "memory:"},
        "sqlite": {"SESSIONS": url},
    }
    with override_settings(
        DOJANG=homes[request.param], ROOT_URLCONF="tests.adapters.django_async_urls"
    ):
        yield str(request.param)
        sessions().close()


def test_an_async_view_may_ask_for_the_key_after_a_login_and_it_lasts(
    any_home: str, middleware: str, views: Any
) -> None:
    """Asking was an error on SQLite, Redis and PostgreSQL, and ended the session all the same."""
    del middleware
    keys = []

    async def put(request: Any) -> HttpResponse:
        await request.session.aset("n", 1)
        return HttpResponse()

    async def peek(request: Any) -> HttpResponse:
        return HttpResponse(str(sorted(await request.session.akeys())))

    async def login(request: Any) -> HttpResponse:
        await auth.alogin(request, await User.objects.aget(username="ada"))
        keys.append(request.session.session_key)
        keys.append(request.session.session_key)
        return HttpResponse()

    views.update(put=put, peek=peek, login=login)
    for begun in (False, True):
        keys.clear()
        browser = in_a_loop()
        if begun:
            browser.get("/put")
        before = browser.twin()
        assert browser.get("/login").status == 200
        assert len({before.cookies.get("sessionid"), *keys}) == 2
        if any_home in {"memory", "sqlite"}:
            assert browser.cookies["sessionid"] == keys[0]
        for cookie in (browser.cookies["sessionid"], keys[0]):
            seen = asking.Client(browser.ask, {"sessionid": cookie}).get("/peek").text
            assert "_auth_user_id" in seen
            assert ("'n'" in seen) is begun
        if any_home == "revocable":
            handle = blocking.run(sessions().list(str(User.objects.get(username="ada").pk)))[0]
            assert blocking.run(sessions().end(handle.handle))
            assert asking.Client(browser.ask, {"sessionid": keys[0]}).get("/peek").text == "[]"


def test_an_async_view_may_cycle_the_key_and_ask_for_it(
    any_home: str, middleware: str, views: Any
) -> None:
    del any_home, middleware
    keys = []

    async def put(request: Any) -> HttpResponse:
        await request.session.aset("n", 1)
        return HttpResponse()

    async def cycle(request: Any) -> HttpResponse:
        await request.session.acycle_key()
        keys.append(request.session.session_key)
        assert await request.session.aexists(request.session.session_key)
        return HttpResponse(status=int(request.GET.get("status", 200)))

    async def peek(request: Any) -> HttpResponse:
        return HttpResponse(str(sorted(await request.session.akeys())))

    views.update(put=put, cycle=cycle, peek=peek)
    browser = in_a_loop()
    browser.get("/put")
    assert browser.get("/cycle").status == 200
    assert browser.get("/peek").text == "['n']"
    stranger = in_a_loop()
    assert stranger.get("/cycle").status == 200
    assert "sessionid" in stranger.cookies
    assert len(set(keys)) == 2


def test_a_key_that_was_only_looked_at_is_not_stored_when_the_view_fails(
    tmp_path: Path, middleware: str, views: Any
) -> None:
    del middleware

    async def put(request: Any) -> HttpResponse:
        await request.session.aset("n", 1)
        return HttpResponse()

    async def fail(request: Any) -> HttpResponse:
        await auth.alogin(request, await User.objects.aget(username="ada"))
        return HttpResponse(request.session.session_key, status=500)

    async def peek(request: Any) -> HttpResponse:
        return HttpResponse(str(sorted(await request.session.akeys())))

    views.update(put=put, fail=fail, peek=peek)
    with override_settings(
        DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"},
        ROOT_URLCONF="tests.adapters.django_async_urls",
    ):
        browser = in_a_loop()
        browser.get("/put")
        key = browser.get("/fail").text
        assert browser.get("/peek").text == "['n']"
        assert asking.Client(browser.ask, {"sessionid": key}).get("/peek").text == "[]"
        sessions().close()


@pytest.mark.parametrize("call", ["save", "flush", "create", "cycle_key and save"])
def test_a_blocking_call_in_an_async_view_raises_and_does_nothing(
    tmp_path: Path, middleware: str, views: Any, call: str
) -> None:
    """As Django's own database sessions have it; it was an error, and done all the same."""
    del middleware

    async def put(request: Any) -> HttpResponse:
        await request.session.aset("n", 1)
        return HttpResponse()

    async def wrong(request: Any) -> HttpResponse:
        await request.session.aset("late", 1)
        for name in call.split(" and "):
            getattr(request.session, name)()
        return HttpResponse()

    async def peek(request: Any) -> HttpResponse:
        return HttpResponse(str(sorted(await request.session.akeys())))

    views.update(put=put, wrong=wrong, peek=peek)
    with override_settings(
        DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"},
        ROOT_URLCONF="tests.adapters.django_async_urls",
    ):
        browser = in_a_loop()
        browser.get("/put")
        assert browser.get("/wrong").status == 500
        assert browser.get("/peek").text == "['n']"
        assert blocking.run(sessions().strategy.store.count(now=sessions().clock())) == 1  # type: ignore[attr-defined]
        sessions().close()


@pytest.mark.parametrize("begin", ["create", "save"])
def test_a_guest_who_was_given_a_key_keeps_it(
    tmp_path: Path, middleware: str, views: Any, begin: str
) -> None:
    """The idiom of guest carts: `if not session.session_key: session.create()`."""
    del middleware

    def key(request: Any) -> HttpResponse:
        if not request.session.session_key:
            getattr(request.session, begin)()
        return HttpResponse(request.session.session_key)

    def leave(request: Any) -> HttpResponse:
        request.session.flush()
        return HttpResponse()

    views.update(key=key, leave=leave)
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        first = browser.get("/key").text
        assert browser.cookies == {"sessionid": first}
        assert browser.get("/peek").text == "[]"
        assert browser.get("/key").text == first
        assert browser.get("/key").cookies == []
        browser.get("/put")
        assert browser.get("/peek").text == "['n']"
        assert browser.get("/key").text == first
        browser.get("/leave")
        assert browser.cookies == {}
        assert blocking.run(sessions().strategy.store.count(now=sessions().clock())) == 0  # type: ignore[attr-defined]
        sessions().close()


def test_plain_reading_in_an_async_view(home: str, middleware: str, views: Any) -> None:
    del home, middleware

    async def count(request: Any) -> HttpResponse:
        request.session["n"] = request.session.get("n", 0) + 1
        return HttpResponse(str(request.session["n"]))

    views["count"] = count
    with override_settings(ROOT_URLCONF="tests.adapters.django_async_urls"):
        browser = in_a_loop()
        assert [browser.get("/count").text for _ in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize("saved", [False, True])
def test_what_is_emptied_member_by_member(
    tmp_path: Path, middleware: str, views: Any, saved: bool
) -> None:
    def empty(request: Any) -> HttpResponse:
        del request.session["n"]
        if saved:
            request.session.save()
        return HttpResponse()

    views["empty"] = empty
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        browser.get("/put")
        browser.get("/empty")
        stays = middleware == "stock" or saved
        assert ("sessionid" in browser.cookies) is stays
        assert blocking.run(sessions().strategy.store.count(now=sessions().clock())) == stays  # type: ignore[attr-defined]
        sessions().close()


def test_a_key_is_a_signed_id_of_which_the_store_has_a_hash(
    tmp_path: Path, middleware: str
) -> None:
    del middleware
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        browser = strict()
        browser.get("/put")
        key = unquote(browser.cookies["sessionid"])
        sessions().close()
    id = key.removeprefix("s:").partition(".")[0]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(key) == 89
    assert len(browser.cookies["sessionid"]) >= 91
    assert b'{"n":1}' in kept
    assert id.encode() not in kept


def test_in_an_event_loop_ours_needs_no_thread(home: str, ours: None, views: Any) -> None:
    del home, ours
    import threading

    seen = []

    async def count(request: Any) -> HttpResponse:
        seen.append(threading.current_thread())
        await request.session.aset("n", 1)
        return HttpResponse()

    class Watched(SessionMiddleware):
        async def _answered(self, request: Any, response: Any) -> Any:
            seen.append(threading.current_thread())
            return await super()._answered(request, response)

    views["count"] = count
    name = f"{__name__}.Watched"
    globals()["Watched"] = Watched
    with override_settings(ROOT_URLCONF="tests.adapters.django_async_urls", MIDDLEWARE=[name]):
        assert in_a_loop().get("/count").status == 200
    assert seen == [threading.main_thread()] * 2


def test_the_asynchronous_test_client_signs_in(home: str, middleware: str) -> None:
    del home, middleware

    async def main() -> int:
        browser = AsyncClient()
        await browser.aforce_login(await User.objects.aget(username="ada"))
        answer = await browser.get("/admin/")
        await browser.alogout()
        return int(answer.status_code)

    assert asyncio.run(main()) == 200


def test_the_same_session_is_seen_by_an_application_of_another_framework(tmp_path: Path) -> None:
    """One store and one secret: what Django's cookie holds is what every adapter's does."""
    shared = Sessions.from_url(
        f"sqlite:///{tmp_path}/s.db", secret=SECRET_KEY, principal="_auth_user_id"
    )
    with override_settings(DOJANG={"SESSIONS": shared}, SESSION_COOKIE_NAME="__Host-session"):
        browser = strict()
        browser.get("/put")
    visit = blocking.run(shared.open(browser.header))
    assert dict(visit.session) == {"n": 1}
    shared.close()


def test_sealed_sessions_can_be_ended_from_afar_with_revocations(tmp_path: Path) -> None:
    dojang = {
        "SESSIONS": "sealed:", "REVOCATIONS": f"sqlite:///{tmp_path}/r.db", "ABSOLUTE": 86_400,
    }  # fmt: skip
    with override_settings(DOJANG=dojang):
        browser = Client()
        ada = User.objects.get(username="ada")
        browser.force_login(ada)
        assert browser.get("/admin/").status_code == 200
        assert blocking.run(sessions().end_all(str(ada.pk))) == 1
        assert browser.get("/admin/").status_code == 302
        sessions().close()


def test_a_sealed_session_too_large_for_its_cookie_says_so(
    views: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def put(request: Any) -> HttpResponse:
        request.session["big"] = "x" * 5_000
        return HttpResponse()

    views["big"] = put
    with override_settings(DOJANG={"SESSIONS": "sealed:"}):
        assert strict().get("/big").status == 500
    assert "browsers keep 4096" in caplog.text


# -- templates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("processors", [[], ["django.template.context_processors.request"]])
def test_a_form_token_needs_no_context_processor(views: Any, processors: list[str]) -> None:
    """As Django's own `csrf_token` needs none."""

    def form(request: Any) -> HttpResponse:
        request.session["n"] = 1
        template = engines["django"].from_string("{% load dojang %}{% form_token %}")
        return HttpResponse(template.render({}, request))

    def bare(request: Any) -> HttpResponse:
        del request
        return HttpResponse(
            engines["django"].from_string("{% load dojang %}{% form_token %}").render({})
        )

    views.update(form=form, bare=bare)
    backend = "django.template.backends.django.DjangoTemplates"
    templates = [{"BACKEND": backend, "OPTIONS": {"context_processors": processors}}]
    gate = "dojang.adapters.django.cross_site.CrossSiteMiddleware"
    with override_settings(TEMPLATES=templates, MIDDLEWARE=[gate, *OURS]):
        browser = strict()
        browser.get("/put")
        assert '<input type="hidden" name="csrf_token"' in browser.get("/form").text
        with pytest.raises(Misuse, match="the template knows no request: write render"):
            Client().get("/bare")


# -- checks and commands ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"DOJANG": None}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "nowhere:"}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": 7}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "sealed:", "LIFE": 1}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "sealed:", "LIMIT": 3}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "sealed:", "REVOCATIONS": "memory:"}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "no.such.module"}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "REVOCATIONS": "memory:"}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "LIMIT": "3"}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "SECRET": 5}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "SECRET": [SECRET_KEY, 5]}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "FRONTS": ["*"]}}, "dojang.E001"),
        ({"DOJANG": {"SESSIONS": "memory:", "FRONTS": "https://a.example"}}, "dojang.E001"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.db"}, "dojang.E004"),
        ({"DOJANG": {"SESSIONS": "sealed:"}, "SECRET_KEY": "short"}, "dojang.E002"),
        ({"DOJANG": {"SESSIONS": "sealed:"}, "SESSION_COOKIE_SAMESITE": "None"}, "dojang.E003"),
        ({"DOJANG": {"SESSIONS": "memory:"}}, "dojang.W001"),
        ({"SESSION_SERIALIZER": "tests.adapters.django_project.Pickle"}, "dojang.W002"),
        (
            {"DOJANG": {"SESSIONS": "sealed:", "ACCEPTS": {"django": peers.Django(SECRET_KEY)}}},
            "dojang.W003",
        ),
        (
            {"DOJANG": {"SESSIONS": Sessions(ClientSide(IronSeal(SECRET_KEY)))}},
            "dojang.E001",
        ),
        (
            {
                "DOJANG": {
                    "SESSIONS": Sessions(
                        ClientSide(IronSeal(SECRET_KEY)), principal="_auth_user_id"
                    )
                }
            },
            "dojang.E001",
        ),
    ],
)
def test_bad_settings_are_found_before_the_first_request(changed: Any, id: str) -> None:
    with override_settings(**changed):
        found = [message.id for message in run_checks(tags=["security"])]
    assert [found_id for found_id in found if found_id.startswith("dojang")] == [id]


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        (
            {"DOJANG": {"SESSIONS": "sealed:", "REVOCATIONS": "memory:"}},
            'write DOJANG["ABSOLUTE"] in seconds',
        ),
        ({"DOJANG": {"SESSIONS": "memory:", "ABSOLUTE": "x"}}, "DOJANG['ABSOLUTE'] is a str"),
        ({"SESSION_COOKIE_AGE": 0}, "SESSION_COOKIE_AGE is 0"),
        ({"SESSION_COOKIE_SAMESITE": "None"}, "write SESSION_COOKIE_SECURE = True"),
        ({"SESSION_COOKIE_SAMESITE": "Laxx"}, "SESSION_COOKIE_SAMESITE is"),
        ({"SESSION_COOKIE_NAME": "__Host-s"}, "write SESSION_COOKIE_SECURE = True"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_settings(changed: Any, setting: str) -> None:
    with override_settings(**changed):
        (found,) = [m for m in run_checks(tags=["security"]) if m.id.startswith("dojang.E")]
    assert setting in found.msg


def test_settings_beside_sessions_that_are_made_already_are_found() -> None:
    made = Sessions(ServerSide(MemoryStore()), secret=SECRET_KEY, principal="_auth_user_id")
    with override_settings(
        DOJANG={"SESSIONS": made, "LIMIT": 3}, SESSION_COOKIE_NAME="__Host-session"
    ):
        (found,) = run_checks(tags=["security"])
    assert "DOJANG['LIMIT'] is for a URL" in found.msg


def test_good_settings_are_not_complained_about() -> None:
    assert [m for m in run_checks(tags=["security"]) if m.id.startswith("dojang")] == []


SHARED = Sessions.from_url("memory:", secret=SECRET_KEY, principal="_auth_user_id")


def test_sessions_may_be_named_by_a_dotted_path() -> None:
    with override_settings(
        DOJANG={"SESSIONS": f"{__name__}.SHARED"}, SESSION_COOKIE_NAME="__Host-session"
    ):
        assert sessions() is SHARED


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("dojang_sessions", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_ends_one_and_ends_all(tmp_path: Path) -> None:
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        ada = User.objects.get(username="ada")
        for _ in range(3):
            Client().force_login(ada)
        lines = run("list", str(ada.pk)).splitlines()
        assert len(lines) == 3
        assert run("end", lines[0].split()[0]) == "ended\n"
        with pytest.raises(CommandError, match="there is no session"):
            run("end", lines[0].split()[0])
        assert run("end-user", str(ada.pk)) == "ended 2\n"
        sessions().close()


@pytest.mark.parametrize("handle", ["-a", "--h", "-hA_", "--verbosity"])
def test_a_handle_that_begins_with_a_hyphen_is_no_option(tmp_path: Path, handle: str) -> None:
    with (
        override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}),
        pytest.raises(CommandError, match=f"there is no session '{handle}'"),
    ):
        run("end", handle)


def test_the_command_shows_a_terminal_nothing_that_it_would_obey(
    tmp_path: Path, ours: None, views: Any
) -> None:
    """Whoever signs in says what their browser is called; ESC and CSI paint, move and hide."""
    del ours

    def login(request: Any) -> HttpResponse:
        auth.login(request, User.objects.get(username="ada"))
        return HttpResponse()

    views["login"] = login
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        strict().get("/login", ("user-agent", "Mozilla \x1b[31m\x9b2J\u202e\nforged"))
        shown = run("list", str(User.objects.get(username="ada").pk))
        sessions().close()
    assert "Mozilla \\u001b[31m\\u009b2J\\u202e\\nforged" in shown
    assert shown.removesuffix("\n").isprintable()


def test_a_store_that_is_down_is_one_line_of_clearsessions(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"no database" * 100)
    with override_settings(DOJANG={"SESSIONS": f"sqlite:///{tmp_path}/s.db"}):
        with pytest.raises(CommandError, match="does not answer"):
            call_command("clearsessions")
        sessions().close()
    with override_settings(DOJANG={"SESSIONS": "memory:"}):
        call_command("clearsessions")


def test_the_command_says_what_a_home_cannot_do() -> None:
    with (
        override_settings(DOJANG={"SESSIONS": "sealed:"}),
        pytest.raises(CommandError, match=r"cannot be listed, .+; write DOJANG\[.REVOCATIONS.\]"),
    ):
        run("list", "1")
