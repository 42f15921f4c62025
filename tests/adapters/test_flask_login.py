"""The real Flask-Login on our sessions, unchanged; its own keys say who it is."""

from typing import Any

import pytest
from flask import Flask
from flask_login import (
    LoginManager,
    UserMixin,
    confirm_login,
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
)

from dojang import blocking
from dojang.adapters.flask import Dojang
from dojang.sessions import Sessions
from dojang.testing import Clock
from tests.adapters.asking import Client, over_wsgi
from tests.conftest import SECRET


class User(UserMixin):
    def __init__(self, id: str) -> None:
        self.id = id


def application(sessions: Sessions) -> Flask:
    app = Flask("with_flask_login")
    app.config["SECRET_KEY"] = SECRET  # signs its own remember cookie
    Dojang(app, sessions)
    manager = LoginManager(app)
    manager.user_loader(User)

    @app.get("/login/<name>")
    def login(name: str) -> str:
        return str(login_user(User(name)))

    @app.get("/remember/<name>")
    def remember(name: str) -> str:
        return str(login_user(User(name), remember=True))

    @app.get("/logout")
    def logout() -> str:
        return str(logout_user())

    @app.get("/me")
    @login_required
    def me() -> str:
        return str(current_user.get_id())

    @app.get("/fresh")
    @fresh_login_required
    def fresh() -> str:
        return "fresh"

    @app.get("/confirm")
    def confirm() -> str:
        confirm_login()
        return ""

    return app


@pytest.fixture
def owned(sessions: Sessions, clock: Clock) -> Sessions:
    """The same home, told where Flask-Login keeps its user."""
    strategy = sessions.strategy
    secret = SECRET if strategy.on_server else None
    return Sessions(strategy, secret=secret, principal="_user_id", clock=clock)


@pytest.fixture
def client(owned: Sessions) -> Client:
    return Client(over_wsgi(application(owned)))


def test_its_login_and_logout_work(client: Client) -> None:
    assert client.get("/me").status == 401
    client.get("/login/ada")
    assert client.get("/me").text == "ada"
    assert client.get("/fresh").text == "fresh"
    client.get("/logout")
    assert client.get("/me").status == 401


def test_its_login_rotates_which_flask_login_itself_never_does(client: Client) -> None:
    client.get("/login/ada")
    first = client.cookies["__Host-session"]
    client.get("/login/eve")
    assert client.cookies["__Host-session"] != first
    assert client.get("/me").text == "eve"


def test_a_copied_cookie_is_worthless_after_its_logout(client: Client, owned: Sessions) -> None:
    client.get("/login/ada")
    copied = client.twin()
    client.get("/logout")
    if owned.strategy.on_server:
        assert copied.get("/me").status == 401


def test_its_users_are_listed_and_ended_from_afar(client: Client, owned: Sessions) -> None:
    client.get("/login/ada")
    if owned.revocable:
        (entry,) = blocking.run(owned.list("ada"))
        assert entry.device.address == "192.0.2.7"
        assert blocking.run(owned.end_all("ada")) == 1
        assert client.get("/me").status == 401


# Flask-Login 0.6.3 asks the time in a way that Python 3.12 warns about.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_its_remember_cookie_signs_in_again_and_is_not_fresh(client: Client) -> None:
    client.get("/remember/ada")
    del client.cookies["__Host-session"]
    assert client.get("/me").text == "ada"
    assert client.get("/fresh").status == 401
    client.get("/confirm")
    assert client.get("/fresh").text == "fresh"
    client.get("/logout")
    assert "remember_token" not in client.cookies or not client.cookies["remember_token"]
    assert client.get("/me").status == 401


def test_another_browser_with_a_copied_cookie_is_not_fresh(client: Client) -> None:
    """Its session protection, which keeps a hash of address and browser in the session."""
    client.get("/login/ada", ("user-agent", "one"))
    other: Any = client.twin()
    assert other.get("/fresh", ("user-agent", "two")).status == 401
