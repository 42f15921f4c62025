"""examples/next-iron-session in Chromium: one sealed cookie, and two that seal it."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dojang import clock, new_secret
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.js.date import to_iso
from tests.e2e.fronts import EITHER, OTHER_SITES, Front, Guest, Guests, guests_of
from tests.redis import until

NAME, COOKIE = "next-iron-session", "session"
DAY = 86_400_000
OLD, NEW = new_secret(), new_secret()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    home = tmp_path_factory.mktemp(NAME)
    settings = {"SESSION_PASSWORDS": json.dumps({1: OLD}), "REVOCATIONS": str(home / "ended.db")}
    with Front(NAME, home, **settings).running() as front:
        yield front


@pytest.fixture
def guests(chromium: Browser, front: Front) -> Iterator[Guests]:
    with guests_of(chromium, front, COOKIE) as guests:
        yield guests


def age(guest: Guest, days: int) -> None:
    """Make the cookie of today one that was sealed so many days ago."""
    seal, then = IronSeal({1: OLD}), clock.now() - days * DAY
    claims = seal.decode(guest.cookie["value"], now=clock.now()).claims
    end = then + 7 * DAY
    claims["expires"] = to_iso(end)
    value = seal.encode(claims, expires=end, now=then)
    guest.put_cookie({**guest.cookie, "value": value, "expires": end / 1000})


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


@pytest.mark.parametrize("path", ["/", "/api/py/me"], ids=["front", "service"])
def test_either_extends_the_session_once_half_of_it_is_over(guests: Guests, path: str) -> None:
    guest = guests()
    guest.sign_in()
    age(guest, days=3)
    unchanged = guest.cookie
    guest.page.goto(path)
    assert guest.cookie == unchanged
    age(guest, days=4)
    guest.page.goto(path)
    assert guest.days_left >= 6.99
    seal = IronSeal({1: OLD}).decode(guest.cookie["value"], now=clock.now())
    assert seal.expires is not None
    assert seal.expires - clock.now() >= 6.99 * DAY
    assert seal.claims["expires"][:16] == to_iso(seal.expires)[:16]
    assert guest.sees == ("ada", "ada")


def test_a_session_that_was_ended_from_afar_is_over_for_the_front_once_it_would_be_extended(
    guests: Guests,
) -> None:
    here, there = guests(), guests()
    for guest in (here, there):
        guest.sign_in()
    there.keep("milk")
    here.sign_out_everywhere()
    until(lambda: there.sees == ("ada, “milk”", "nobody: revoked"))
    age(there, days=4)
    assert there.sees == (None, None)
    assert there.cookie is None


def test_what_was_ended_from_afar_stays_so_though_the_front_seals_it_again(guests: Guests) -> None:
    here, there = guests(), guests()
    for guest in (here, there):
        guest.sign_in()
    age(there, days=4)
    assert there.sees == ("ada", "ada")
    here.sign_out_everywhere()
    until(lambda: there.sees == ("ada", "nobody: revoked"))


@pytest.mark.parametrize("name", ["ada", "eve"])
def test_who_signs_in_over_a_session_that_was_ended_from_afar_is_signed_in(
    guests: Guests, name: str
) -> None:
    """As from a form that was open in another tab all the time."""
    here, there = guests(), guests()
    for guest in (here, there):
        guest.sign_in()
    there.keep("milk")
    here.sign_out_everywhere()
    until(lambda: there.sees == ("ada, “milk”", "nobody: revoked"))
    there.page.request.post("/sign-in", form={"name": name})
    assert there.sees == (name, name)


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
        age(guest, days=4)
    front.restart(SESSION_PASSWORDS=json.dumps({1: OLD, 2: NEW}))
    at_front.open()
    at_service.look_at_the_service()
    for guest in (at_front, at_service):
        # What needed the old secret is out there no more.
        assert IronSeal({2: NEW}).decode(guest.cookie["value"], now=clock.now()).claims["user"]
        assert guest.sees == ("ada", "ada")
    front.restart(SESSION_PASSWORDS=json.dumps({1: OLD}))
