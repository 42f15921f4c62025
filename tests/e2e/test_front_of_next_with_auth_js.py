"""examples/next-auth-js in Chromium: one encrypted token, and two that write it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dojang import clock, new_secret
from dojang.wire.authjs.auth_js import AuthJsToken
from tests.e2e.fronts import EITHER, OTHER_SITES, Front, Guest, Guests, guests_of
from tests.redis import until

NAME, COOKIE = "next-auth-js", "authjs.session-token"
DAY = 86_400_000
OLD, NEW = new_secret(), new_secret()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    home = tmp_path_factory.mktemp(NAME)
    settings = {"AUTH_SECRETS": OLD, "REVOCATIONS": str(home / "ended.db")}
    with Front(NAME, home, **settings).running() as front:
        yield front


@pytest.fixture
def guests(chromium: Browser, front: Front) -> Iterator[Guests]:
    with guests_of(chromium, front, COOKIE) as guests:
        yield guests


def age(guest: Guest, days: int) -> None:
    """Make the cookie of today one that was encrypted so many days ago."""
    token, then = AuthJsToken(OLD, salt=COOKIE), clock.now() - days * DAY
    claims, end = token.decode(guest.cookie["value"], now=clock.now()).claims, then + 7 * DAY
    value = token.encode(claims, expires=end, now=then)
    guest.put_cookie({**guest.cookie, "value": value, "expires": end / 1000})


def days_left_in(guest: Guest) -> float:
    opened = AuthJsToken(OLD, salt=COOKIE).decode(guest.cookie["value"], now=clock.now())
    assert opened.expires is not None
    return (opened.expires - clock.now()) / DAY


def test_who_signs_in_at_the_front_keeps_a_note_at_the_service(guests: Guests) -> None:
    guest = guests()
    guest.sign_in()
    assert guest.sees == ("ada", "ada")
    guest.keep("<milk> & 장")
    assert guest.sees == ("ada, “<milk> & 장”", "ada, “<milk> & 장”")


def test_somebody_else_at_the_same_browser_finds_nothing(guests: Guests) -> None:
    guest = guests()
    guest.sign_in("ada")
    guest.keep("milk")
    guest.page.request.post("/sign-in", form={"name": "eve"})
    assert guest.sees == ("eve", "eve")


@EITHER
def test_who_signs_out_at_either_is_signed_out_at_both(guests: Guests, side: str) -> None:
    guest = guests()
    guest.sign_in()
    guest.sign_out(side)
    assert guest.cookie is None
    assert guest.sees == (None, None)


@pytest.mark.parametrize(("path", "days"), [("/", 1), ("/api/py/me", 4)], ids=["front", "service"])
def test_either_extends_the_session_and_its_cookie(guests: Guests, path: str, days: int) -> None:
    guest = guests()
    guest.sign_in()
    guest.keep("milk")
    age(guest, days)
    assert days_left_in(guest) < 7 - days + 0.01
    guest.page.goto(path)
    assert days_left_in(guest) >= 6.99
    assert guest.days_left >= 6.99
    assert guest.sees == ("ada, “milk”", "ada, “milk”")


def test_the_service_leaves_a_session_alone_until_half_of_it_is_over(guests: Guests) -> None:
    guest = guests()
    guest.sign_in()
    age(guest, days=3)
    unchanged = guest.cookie
    guest.look_at_the_service()
    assert guest.cookie == unchanged


def test_a_session_that_was_ended_from_afar_is_not_extended_by_the_front(guests: Guests) -> None:
    here, there, eve = guests(), guests(), guests()
    for guest, name in ((here, "ada"), (there, "ada"), (eve, "eve")):
        guest.sign_in(name)
        # Auth.js has written a token of its own since the service saw the session.
        guest.open()
    copy = there.cookie
    here.sign_out_everywhere()
    assert (here.sees, there.sees, eve.sees) == ((None, None), (None, None), ("eve", "eve"))
    assert there.cookie is None
    # Nor is it by an address of Auth.js itself, which would take it for good.
    there.put_cookie(copy)
    answer = there.page.request.get("/api/auth/session")
    assert (answer.json(), there.cookie) == (None, None)
    there.put_cookie(copy)
    there.look_at_the_service()
    assert "revoked" in there.page.content()


def test_who_signs_in_on_the_page_of_auth_js_itself_is_signed_out_everywhere_too(
    guests: Guests,
) -> None:
    here, there = guests(), guests()
    here.sign_in()
    sign_in_at_auth_js(there)
    assert there.sees == ("ada", "ada")
    there.keep("milk")
    assert there.sees == ("ada, “milk”", "ada, “milk”")
    here.sign_out_everywhere()
    until(lambda: there.sees == (None, None))


@pytest.mark.parametrize("by_auth_js", [False, True], ids=["our page", "the page of Auth.js"])
def test_who_signs_in_over_a_session_that_was_ended_from_afar_is_signed_in(
    guests: Guests, by_auth_js: bool
) -> None:
    here, there = guests(), guests()
    for guest in (here, there):
        guest.sign_in()
    ended = there.cookie
    here.sign_out_everywhere()
    until(lambda: there.sees == (None, None))
    there.put_cookie(ended)
    if by_auth_js:
        sign_in_at_auth_js(there)
    else:
        there.page.request.post("/sign-in", form={"name": "eve"})
    name = "ada" if by_auth_js else "eve"
    assert there.sees == (name, name)


def sign_in_at_auth_js(guest: Guest) -> None:
    guest.page.goto("/api/auth/signin")
    guest.page.locator("input[name=name]").fill("ada")
    with guest.page.expect_navigation():
        guest.page.locator("form button[type=submit]").click()


@OTHER_SITES
def test_no_other_site_signs_anybody_in_or_out(
    guests: Guests, front: Front, said: dict[str, str]
) -> None:
    guest = guests()
    guest.sign_in()
    assert guest.is_turned_away_everywhere(front, said)
    assert guest.sees == ("ada", "ada")


def test_nobody_is_signed_out_by_a_new_secret(guests: Guests, front: Front) -> None:
    at_front, at_service = guests(), guests()
    for guest in (at_front, at_service):
        guest.sign_in()
    front.restart(AUTH_SECRETS=f"{NEW} {OLD}")
    at_front.open()
    at_service.look_at_the_service()
    for guest in (at_front, at_service):
        # What needed the old secret is out there no more.
        assert AuthJsToken(NEW, salt=COOKIE).decode(guest.cookie["value"], now=clock.now())
        assert guest.sees == ("ada", "ada")
    front.restart(AUTH_SECRETS=OLD)
