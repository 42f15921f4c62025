"""A login that is proved once more: fresh, under a new id, and no longer than before."""

from datetime import timedelta

import pytest

from dojang import ClientSide, MemoryStore, ServerSide, Sessions
from dojang.errors import Misuse
from dojang.session.lifetime import Lifetime
from dojang.session.methods import together
from dojang.session.record import Login, Record, goes_on
from dojang.testing import Clock
from dojang.wire.iron.iron_session import IronSeal
from tests.browser import Browser, look, put
from tests.conftest import SECRET

DAY = Lifetime(idle=3600, absolute=86_400)


@pytest.fixture(params=["on-server", "sealed", "sealed-and-revocable"])
def browser(request: pytest.FixtureRequest, clock: Clock) -> Browser:
    match request.param:
        case "on-server":
            sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, lifetime=DAY, clock=clock)
        case "sealed":
            sessions = Sessions(ClientSide(IronSeal(SECRET)), lifetime=DAY, clock=clock)
        case _:
            strategy = ClientSide(IronSeal(SECRET), revocations=MemoryStore())
            sessions = Sessions(strategy, lifetime=DAY, clock=clock)
    made = Browser(sessions)
    made.visit(lambda session: session.login("ada"))
    made.visit(put(theme="dark"))
    return made


def test_it_is_fresh_again_and_all_else_stays(browser: Browser, clock: Clock) -> None:
    before = browser.cookie
    facts = browser.visit(lambda one: (one.user, one.created, one.remember))
    clock.tick(100)
    browser.visit(lambda session: session.confirm(methods=("otp",)))
    assert browser.cookie != before
    assert browser.visit(look) == {"theme": "dark"}
    assert browser.visit(lambda one: (one.user, one.created, one.remember)) == facts
    assert browser.visit(lambda session: session.methods) == ("pwd", "otp", "mfa")
    assert browser.visit(lambda session: session.fresh(within=0))


def test_a_code_of_before_does_not_stand_beside_the_time_of_a_password(browser: Browser) -> None:
    """Or a rule that asks for a second factor, lately, is passed with the password alone."""
    browser.visit(lambda session: session.login("ada", methods=("pwd", "otp", "mfa")))
    browser.visit(lambda session: session.confirm(methods=("pwd",)))
    assert browser.visit(lambda session: session.methods) == ("pwd",)
    browser.visit(lambda session: session.confirm(methods=("otp",)))
    assert browser.visit(lambda session: session.methods) == ("pwd", "otp", "mfa")


def test_it_does_not_make_the_session_last_longer(browser: Browser, clock: Clock) -> None:
    for _ in range(40):
        clock.tick(3_000)
        if browser.visit(lambda session: session.user) is None:
            break
        browser.visit(lambda session: session.confirm())
    began = browser.sessions.lifetime.absolute
    assert began is not None
    assert browser.visit(lambda session: session.user) is None
    assert timedelta(seconds=40 * 3_000) > timedelta(seconds=began)


def test_an_answer_that_is_an_error_confirms_nothing(browser: Browser, clock: Clock) -> None:
    clock.tick(100)
    before = browser.cookie
    browser.visit(lambda session: session.confirm(), status=500)
    assert browser.cookie == before
    browser.visit(lambda session: session.confirm(), status=401)
    assert not browser.visit(lambda session: session.fresh(within=99))


def test_nobody_confirms_nothing(browser: Browser) -> None:
    browser.visit(lambda session: session.logout())
    with pytest.raises(Misuse, match="nobody is signed in"):
        browser.visit(lambda session: session.confirm())


def test_what_is_to_come_proves_nothing(browser: Browser, clock: Clock) -> None:
    with pytest.raises(Misuse, match="1 ms from now"):
        browser.visit(lambda session: session.confirm(at=clock() + 1))


def test_it_is_no_older_than_its_proof(browser: Browser, clock: Clock) -> None:
    clock.tick(100)
    began = clock()
    clock.tick(5)
    browser.visit(lambda session: session.confirm(at=began))
    assert browser.visit(lambda session: session.fresh(within=5))
    assert not browser.visit(lambda session: session.fresh(within=4))


def test_the_old_id_is_dead_where_ids_can_die(browser: Browser, clock: Clock) -> None:
    twin = browser.twin()
    clock.tick(10)
    browser.visit(lambda session: session.confirm())
    clock.tick(2)
    dead = twin.visit(lambda session: session.user) is None
    assert dead == browser.sessions.revocable


@pytest.mark.parametrize(
    ("before", "shown", "together_"),
    [
        (("pwd",), ("otp",), ("pwd", "otp", "mfa")),
        (("pwd",), ("pwd",), ("pwd",)),
        (("fed",), ("recovery",), ("fed", "recovery", "mfa")),
        (("pwd", "otp", "mfa"), ("fed",), ("pwd", "otp", "fed", "mfa")),
        (("otp",), ("recovery",), ("otp", "recovery")),
        (("email",), ("pwd",), ("email", "pwd")),
        ((), ("otp",), ("otp",)),
    ],
)
def test_two_kinds_of_factors_are_several(
    before: tuple[str, ...], shown: tuple[str, ...], together_: tuple[str, ...]
) -> None:
    assert together(before, *shown) == together_


def test_a_login_of_the_same_user_is_no_renewal() -> None:
    first = Record(user="ada", created=1, expires=None, login=Login(1, ("pwd",)))
    renewed = Record(user="ada", created=1, expires=None, login=Login(9, ("pwd", "otp")))
    again = Record(user="ada", created=9, expires=None, login=Login(9, ("pwd",)))
    nobody = Record(created=1, expires=None)
    assert goes_on(first, renewed)
    assert not goes_on(first, again)
    assert not goes_on(first, nobody)
    assert not goes_on(nobody, first)
