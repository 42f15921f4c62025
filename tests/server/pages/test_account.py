import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from dojang.server.pages.moments import Moment, distance, instant
from dojang.testing import Clock
from tests.server.kit import break_accounts, break_sessions, parts, run

from .kit import IPHONE, Page, Person, leads

Serve = Callable[..., Starlette]

END_ONE = "/account/devices/sign-out"
END_OTHERS = "/account/devices/sign-out-others"


def test_the_front_door_leads_to_the_account_or_to_sign_in(visitor: Person) -> None:
    assert leads(visitor.get("/")) == "/sign-in"
    assert leads(visitor.sign_up().get("/")) == "/account"


def test_the_account_shows_the_session_with_its_expiry_as_the_api_does(member: Person) -> None:
    page = member.look("/account")
    session = member.client.get("/api/auth/session").json()
    for name, value in session.items():
        shown = '[ "pwd" ]' if name == "methods" else "null" if value is None else f'"{value}"'
        assert f'"{name}": {shown}' in page.text
    assert "It expires in 7 days, 2026-01-08 00:00 UTC" in page.text
    assert "until 2026-01-31 00:00 UTC at the latest" in page.text


def test_a_session_that_coming_back_does_not_keep_alive_does_not_say_so(member: Person) -> None:
    somebody = Person(member.app)
    form = {"login": "ada@example.org", "password": "correct horse battery"}
    assert somebody.send("/sign-in", form).status_code == 303  # does not stay: 12 hours
    page = somebody.look("/account")
    assert "It expires in 12 hours, 2026-01-01 12:00 UTC." in page.text
    assert "come back" not in page.text


@pytest.mark.parametrize(
    ("settings", "effect"),
    [
        ({}, "at once, and within 1 s for access tokens"),
        ({"sessions": "sealed:"}, "within 1 s, and within 6 s while the store cannot be asked"),
    ],
)
def test_the_page_says_how_long_a_sign_out_takes_where_sessions_live(
    serve: Serve, settings: dict[str, str], effect: str
) -> None:
    page = Person(serve(**settings)).sign_up().look("/account")
    assert f"Signing out takes effect {effect}." in page.text


def test_the_cookie_is_never_on_the_page(member: Person) -> None:
    assert member.cookie is not None
    secret = member.cookie.split(".")[0].removeprefix("s%3A")
    assert secret not in member.get("/account").text


def test_devices_are_shown_by_browser_system_and_address_this_one_first(member: Person) -> None:
    Person(member.app, agent=IPHONE).sign_in()
    Person(member.app, agent="something else").sign_in()
    page = member.look("/account")
    assert page.text.index("Chrome on macOS this device") < page.text.index("Safari on iOS")
    assert "Unknown browser" in page.text
    assert page.text.count("192.0.2.7") == 3
    assert page.text.count("this device") == 1
    assert len(page.handles()) == 3


def test_times_come_from_the_clock_of_the_sessions(member: Person, clock: Clock) -> None:
    phone = Person(member.app, agent=IPHONE).sign_in()
    clock.tick(600)
    phone.look("/account")
    clock.tick(3 * 3600)
    page = member.look("/account")
    assert "Last here 3 hours ago" in page.text
    assert "Signed in 3 hours ago, 2026-01-01 00:00 UTC" in page.text
    assert {"datetime": "2026-01-01T00:00:00Z"} in page.all("time")


def test_another_device_is_signed_out_from_here_and_nothing_else_is(member: Person) -> None:
    phone = Person(member.app, agent=IPHONE).sign_in()
    tablet = Person(member.app).sign_in()
    handle = phone.client.get("/api/auth/session").json()["handle"]
    answer = member.send(END_ONE, {"handle": handle})
    assert leads(answer) == "/account?notice=one-ended"
    assert "That device is signed out." in member.look("/account?notice=one-ended").text
    assert leads(phone.get("/account")) == "/sign-in?notice=over"
    assert tablet.get("/account").status_code == 200


def test_signing_out_this_device_from_the_list_is_signing_out(member: Person) -> None:
    current = member.look("/account").handles()[0]
    answer = member.send(END_ONE, {"handle": current})
    assert leads(answer) == "/sign-in?notice=signed-out"
    assert member.cookie is None


def test_all_other_devices_are_signed_out_and_this_one_stays(member: Person) -> None:
    others = [Person(member.app).sign_in() for _ in range(3)]
    assert leads(member.send(END_OTHERS)) == "/account?notice=others-ended"
    page = member.look("/account?notice=others-ended")
    assert "All other devices are signed out." in page.text
    assert len(page.handles()) == 1
    assert all(leads(other.get("/account")) == "/sign-in?notice=over" for other in others)


def test_the_button_for_all_others_is_there_only_when_there_are_others(member: Person) -> None:
    assert member.look("/account").all("form", action=END_OTHERS) == []
    Person(member.app).sign_in()
    assert member.look("/account").all("form", action=END_OTHERS)


def test_nobody_ends_the_session_of_somebody_else(member: Person) -> None:
    eve = Person(member.app).sign_up("eve@example.org")
    handle = member.client.get("/api/auth/session").json()["handle"]
    eve.send(END_ONE, {"handle": handle})
    eve.send(END_OTHERS)
    assert member.get("/account").status_code == 200
    stranger = Person(member.app)
    assert leads(stranger.send(END_ONE, {"handle": handle})) == "/sign-in"
    assert leads(stranger.send(END_OTHERS)) == "/sign-in"
    assert member.get("/account").status_code == 200


def test_a_device_that_is_gone_already_is_no_error(member: Person) -> None:
    assert leads(member.send(END_ONE, {"handle": "gone"})) == "/account?notice=one-ended"
    assert leads(member.send(END_ONE)) == "/account?notice=one-ended"


def test_sealed_sessions_are_listed_and_ended_from_another_device_too(serve: Serve) -> None:
    app = serve(sessions="sealed:")
    member = Person(app).sign_up()
    phone = Person(app)
    phone.sign_in()
    handles = member.look("/account").handles()
    assert len(handles) == 2
    here = member.client.get("/api/auth/session").json()["handle"]
    (there,) = set(handles) - {here}
    member.send(END_ONE, {"handle": there})
    assert leads(phone.get("/account")) == "/sign-in?notice=over"
    assert member.get("/account").status_code == 200


def test_the_session_of_a_disabled_account_ends_at_the_next_look(member: Person) -> None:
    user = member.client.get("/api/auth/session").json()["user_id"]
    run(parts(member.app).accounts.set_disabled(user, disabled=True))
    answer = member.get("/account")
    assert leads(answer) == "/sign-in?notice=over"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert run(parts(member.app).sessions.list(user)) == []
    assert "Your session is over" in member.look("/sign-in?notice=over").text


@pytest.mark.parametrize("path", ["/", "/account", "/sign-out", "/sign-in", "/sign-up"])
def test_the_session_of_a_deleted_account_ends_wherever_it_comes(member: Person, path: str) -> None:
    with parts(member.app).accounts.engine.begin() as database:
        database.execute(text("DELETE FROM dojang_users"))
    answer = member.get(path)
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.status_code == (200 if path in {"/sign-in", "/sign-up"} else 303)
    assert member.cookie is None


def test_a_store_that_is_down_is_a_page_and_nobody_is_signed_out(member: Person) -> None:
    break_sessions(member.app)
    for path in ("/", "/account", "/sign-in", "/sign-out"):
        answer = member.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert "set-cookie" not in answer.headers
        assert "nobody was signed out" in Page.of(answer).text
    assert member.cookie is not None


def test_accounts_that_are_down_are_a_page_and_nobody_is_signed_out(member: Person) -> None:
    break_accounts(member.app)
    answer = member.get("/account")
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers
    assert member.cookie is not None


def test_a_name_with_markup_is_shown_as_text(visitor: Person) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x>"
    visitor.sign_up("eve@example.org", name=evil)
    answer = visitor.get("/account")
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert evil in Page.of(answer).text


def test_markup_in_what_was_typed_or_asked_for_is_shown_as_text(visitor: Person) -> None:
    evil = '"><script>alert(1)</script>'
    form = {"login": evil, "password": "x", "name": evil, "next": evil}
    for answer in (
        visitor.send("/sign-in", form),
        visitor.send("/sign-up", form),
        visitor.client.get("/sign-in", params={"next": f"/{evil}", "notice": evil}),
        visitor.get(f"/{evil}"),
    ):
        assert "<script" not in answer.text
        Page.of(answer)


@pytest.mark.parametrize(
    ("renew", "says"),
    [
        (0, "2026-01-08 00:00 UTC. Coming back extends it, until 2026-01-31 00:00 UTC at"),
        (0.5, "2026-01-08 00:00 UTC. Coming back from 2026-01-04 12:00 UTC on extends it, until"),
        (1, "2026-01-08 00:00 UTC. {"),
    ],
)
def test_the_page_says_when_coming_back_extends_the_session(
    serve: Serve, renew: float, says: str
) -> None:
    page = Person(serve(session_renew=renew)).sign_up().get("/account")
    assert says in " ".join(re.sub(r"<[^>]+>", "", page.text).split())


def test_a_session_in_its_cookie_is_last_renewed_rather_than_last_seen(
    serve: Serve, clock: Clock
) -> None:
    app = serve(sessions="sealed:", session_renew=0)
    ada = Person(app).sign_up()
    phone = Person(app, agent=IPHONE).sign_in()
    clock.tick(3600)
    phone.look("/account")
    clock.tick(2 * 3600)
    page = ada.look("/account")
    assert "Last renewed 2 hours ago" in page.text
    assert "Last here" not in page.text


def test_markup_in_a_user_agent_is_shown_as_text(visitor: Person) -> None:
    evil = "<script>alert(1)</script> Chrome/1.0 <script>"
    visitor.client.headers["user-agent"] = evil
    assert "<script" not in visitor.sign_up().get("/account").text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-59, "just now"),
        (-60, "1 minute ago"),
        (-3599, "59 minutes ago"),
        (-3600, "1 hour ago"),
        (-86_400 * 2 + 1, "1 day ago"),
        (-86_400 * 2, "2 days ago"),
        (59, "in less than a minute"),
        (7 * 86_400, "in 7 days"),
        (7 * 86_400 - 1, "in 7 days"),
        (86_400 - 1, "in 24 hours"),
        (90 * 60, "in 2 hours"),
    ],
)
def test_a_distance_is_said_in_its_largest_whole_unit(seconds: int, words: str) -> None:
    assert distance(seconds) == words


def test_a_moment_is_said_in_utc() -> None:
    now = instant(1_767_225_600_000)
    moment = Moment.of(now - timedelta(hours=3), now)
    assert moment == Moment("2025-12-31T21:00:00Z", "2025-12-31 21:00 UTC", "3 hours ago")
