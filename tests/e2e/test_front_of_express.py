"""examples/express-connect-redis in Chromium: one session in Redis, and two that serve it."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dojang import new_secret
from tests.e2e.fronts import EITHER, OTHER_SITES, Front, Guests, guests_of
from tests.redis import RedisServer, redis_server, until

NAME, COOKIE = "express-connect-redis", "connect.sid"
WEEK = 7 * 86_400


@pytest.fixture(scope="module")
def front(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    settings = {"REDIS_URL": redis.url, "SESSION_SECRETS": new_secret()}
    with Front(NAME, tmp_path_factory.mktemp(NAME), **settings).running() as front:
        yield front


@pytest.fixture
def guests(chromium: Browser, front: Front, redis: RedisServer) -> Iterator[Guests]:
    redis.ask("FLUSHALL")
    with guests_of(chromium, front, COOKIE) as guests:
        yield guests


def key_of(redis: RedisServer) -> str:
    (key,) = [line for line in redis.read("KEYS", "sess:*") if line.startswith("sess:")]
    return key


def test_who_signs_in_at_the_front_keeps_a_note_at_the_service(guests: Guests) -> None:
    guest = guests()
    guest.sign_in()
    assert guest.sees == ("ada", "ada")
    guest.keep("<milk> & 장")
    assert guest.sees == ("ada, “<milk> & 장”", "ada, “<milk> & 장”")


@EITHER
def test_who_signs_out_at_either_is_signed_out_at_both(guests: Guests, side: str) -> None:
    guest = guests()
    guest.sign_in()
    kept = guest.cookie
    guest.sign_out(side)
    assert guest.sees == (None, None)
    # Whoever copied the cookie has no more of it.
    guest.put_cookie(kept)
    assert guest.sees == (None, None)


@pytest.mark.parametrize("path", ["/", "/api/py/me"], ids=["front", "service"])
def test_either_extends_the_session_and_its_cookie(
    guests: Guests, redis: RedisServer, path: str
) -> None:
    guest = guests()
    guest.sign_in()
    redis.ask("EXPIRE", key_of(redis), 100)
    guest.put_cookie({**guest.cookie, "expires": time.time() + 100})
    guest.page.goto(path)
    assert guest.days_left == pytest.approx(7, abs=0.01)
    assert int(redis.ask("TTL", key_of(redis))[1:]) > WEEK - 100
    assert guest.sees == ("ada", "ada")


def test_both_notice_at_once_that_a_session_was_ended_from_afar(guests: Guests) -> None:
    here, there, eve = guests(), guests(), guests()
    for guest, name in ((here, "ada"), (there, "ada"), (eve, "eve")):
        guest.sign_in(name)
        assert guest.sees == (name, name)
    here.sign_out_everywhere()
    assert (here.sees, there.sees, eve.sees) == ((None, None), (None, None), ("eve", "eve"))


@OTHER_SITES
def test_no_other_site_signs_anybody_in_or_out(
    guests: Guests, front: Front, said: dict[str, str]
) -> None:
    guest = guests()
    guest.sign_in()
    assert guest.is_turned_away_everywhere(front, said)
    assert guest.sees == ("ada", "ada")


def test_nobody_is_signed_out_by_a_new_secret(guests: Guests, front: Front) -> None:
    old, new = front.settings["SESSION_SECRETS"], new_secret()
    guest = guests()
    guest.sign_in()
    front.restart(SESSION_SECRETS=f"{new} {old}")
    assert guest.sees == ("ada", "ada")
    guest.look_at_the_service()
    front.restart(SESSION_SECRETS=new)
    assert guest.sees == ("ada", "ada")


def test_the_front_outlives_its_redis(chromium: Browser, tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        settings = {"REDIS_URL": redis.url, "SESSION_SECRETS": new_secret()}
        front = Front(NAME, tmp_path, **settings)
        with front.running(), guests_of(chromium, front, COOKIE) as guests:
            guest = guests()
            guest.sign_in()
            redis.kill()
            answer = guest.page.request.get("/")
            assert (answer.status, "    at " in answer.text()) == (500, False)
            assert guest.page.request.get("/api/py/me").status == 503
            redis.start()
            until(lambda: guest.page.request.get("/").ok)
            guest.sign_in()
            assert guest.sees == ("ada", "ada")


def test_ctrl_c_ends_both(redis: RedisServer, tmp_path: Path) -> None:
    front = Front(NAME, tmp_path, REDIS_URL=redis.url, SESSION_SECRETS=new_secret())
    front.start()
    front.stop(signal.SIGINT)
