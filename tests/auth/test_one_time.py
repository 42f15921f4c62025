"""A link or a code that was mailed is good once, for one thing, for ten minutes at most."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine

from dojang import blocking
from dojang.auth.errors import Spent
from dojang.auth.one_time import Code, OneTimeTokens, Redeemed
from dojang.auth.schema import upgrade
from dojang.auth.sqlite import sqlite_engine
from dojang.errors import Misuse
from dojang.testing import Clock
from tests import postgres

ADA = Redeemed("ada", "ada@example.org")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.serving() as running:
        yield running.url.replace("postgresql", "postgresql+psycopg", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = sqlite_engine(tmp_path / "accounts.db")
    else:
        made = create_engine(request.getfixturevalue("server"))
    upgrade(made)
    with made.begin() as connection:
        connection.exec_driver_sql("DELETE FROM dojang_one_time_tokens")
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(engine: Engine, clock: Clock) -> OneTimeTokens:
    return OneTimeTokens(engine, clock=clock)


def issued(tokens: OneTimeTokens, purpose: str = "reset", browser: str = "") -> str:
    return blocking.run(tokens.issue(purpose, user=ADA.user, target=ADA.target, browser=browser))


def redeemed(tokens: OneTimeTokens, token: str, purpose: str = "reset", browser: str = "") -> bool:
    try:
        found = blocking.run(tokens.redeem(purpose, token, browser=browser))
    except Spent:
        return False
    assert found == ADA
    return True


def coded(tokens: OneTimeTokens) -> Code:
    return blocking.run(tokens.issue_code("sign-in", user=ADA.user, target=ADA.target))


def told(tokens: OneTimeTokens, ticket: str, code: str, purpose: str = "sign-in") -> bool:
    try:
        found = blocking.run(tokens.redeem_code(purpose, ticket, code))
    except Spent:
        return False
    assert found == ADA
    return True


def in_parallel(count: int, work: Callable[[], bool]) -> int:
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(lambda _: work(), range(count)))


def test_a_link_is_good_once(tokens: OneTimeTokens) -> None:
    token = issued(tokens)
    assert len(token) == 43
    assert [redeemed(tokens, token) for _ in range(2)] == [True, False]


def test_opening_a_link_does_not_use_it_up(tokens: OneTimeTokens) -> None:
    token = issued(tokens)
    assert [blocking.run(tokens.peek("reset", token)) for _ in range(3)] == [ADA] * 3
    assert redeemed(tokens, token)
    with pytest.raises(Spent):
        blocking.run(tokens.peek("reset", token))


def test_p7_two_uses_at_once_have_one_winner(tokens: OneTimeTokens) -> None:
    for _ in range(5):
        token = issued(tokens)
        assert in_parallel(8, lambda: redeemed(tokens, token)) == 1  # noqa: B023 - run at once


def test_p7_a_link_is_good_for_ten_minutes_and_not_longer(
    tokens: OneTimeTokens, clock: Clock
) -> None:
    token = issued(tokens)
    clock.tick(599)
    assert blocking.run(tokens.peek("reset", token)) == ADA
    clock.tick(1)
    assert not redeemed(tokens, token)


def test_a_token_is_good_for_what_it_was_issued_for(tokens: OneTimeTokens) -> None:
    token = issued(tokens, "verify")
    assert not redeemed(tokens, token, "reset")
    assert redeemed(tokens, token, "verify")


def test_a_newer_one_takes_the_place_of_an_older(tokens: OneTimeTokens) -> None:
    first, other, second = issued(tokens), issued(tokens, "verify"), issued(tokens)
    assert not redeemed(tokens, first)
    assert redeemed(tokens, second)
    assert redeemed(tokens, other, "verify")


def test_one_beside_others_leaves_them_good(tokens: OneTimeTokens) -> None:
    first = issued(tokens)
    second = blocking.run(tokens.issue("reset", user=ADA.user, target=ADA.target, beside=True))
    assert redeemed(tokens, second)
    assert redeemed(tokens, first)


def test_what_is_bound_to_a_browser_is_good_there_alone(tokens: OneTimeTokens) -> None:
    token = issued(tokens, browser="what the cookie says")
    assert not redeemed(tokens, token)
    assert not redeemed(tokens, token, browser="another")
    assert redeemed(tokens, token, browser="what the cookie says")


def test_the_database_has_nothing_that_can_be_used(tokens: OneTimeTokens, engine: Engine) -> None:
    token, code = issued(tokens), coded(tokens)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM dojang_one_time_tokens").all()
    kept = repr(rows)
    assert len(rows) == 2
    assert [text for text in (token, code.ticket, f"'{code.code}'") if text in kept] == []


def test_a_code_is_six_digits_and_good_once(tokens: OneTimeTokens) -> None:
    code = coded(tokens)
    assert (len(code.code), code.code.isdigit()) == (6, True)
    typed = f" {code.code[:3]} {code.code[3:]}\n"
    assert [told(tokens, code.ticket, typed) for _ in range(2)] == [True, False]


def test_a_code_is_good_with_its_ticket_alone(tokens: OneTimeTokens) -> None:
    code = coded(tokens)
    assert not told(tokens, "another ticket", code.code)
    assert not redeemed(tokens, code.ticket, "sign-in")
    assert not told(tokens, code.ticket, code.code, "reset")
    assert told(tokens, code.ticket, code.code)


def test_after_five_wrong_codes_none_is_right(tokens: OneTimeTokens) -> None:
    code = coded(tokens)
    wrong = "000000" if code.code != "000000" else "111111"
    assert not any(told(tokens, code.ticket, wrong) for _ in range(4))
    assert told(tokens, code.ticket, code.code)
    code = coded(tokens)
    wrong = "000000" if code.code != "000000" else "111111"
    assert not any(told(tokens, code.ticket, wrong) for _ in range(5))
    assert not told(tokens, code.ticket, code.code)


def test_p7_five_codes_are_tried_however_many_at_once(tokens: OneTimeTokens) -> None:
    code = coded(tokens)
    guesses = iter([*(f"{n:06}" for n in range(8) if f"{n:06}" != code.code), code.code])

    def guess() -> bool:
        return told(tokens, code.ticket, next(guesses))

    in_parallel(7, guess)
    assert not told(tokens, code.ticket, code.code)


def test_what_was_sent_before_a_change_can_be_revoked(tokens: OneTimeTokens) -> None:
    token, code = issued(tokens), coded(tokens)
    blocking.run(tokens.revoke_all("ada"))
    assert not redeemed(tokens, token)
    assert not told(tokens, code.ticket, code.code)


@pytest.mark.parametrize("seconds", [0, -1, 601])
def test_nothing_that_is_mailed_is_good_for_longer(tokens: OneTimeTokens, seconds: int) -> None:
    with pytest.raises(Misuse, match="write 1 to 600"):
        blocking.run(tokens.issue("reset", user="ada", target="x", seconds=seconds))


@given(text=st.text(), other=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_a_token_that_is_good_for_nothing(
    tokens: OneTimeTokens, text: str, other: str
) -> None:
    assert not redeemed(tokens, text, browser=other)
    assert not told(tokens, text, other)
