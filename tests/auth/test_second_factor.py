"""A second factor: each code opens once, nobody guesses one, and nobody is locked out."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine

from dojang import blocking
from dojang.auth.enrolment import LIFE
from dojang.auth.errors import (
    AlreadyEnrolled,
    InvalidCode,
    NoSecondFactor,
    Spent,
    TooManyAttempts,
)
from dojang.auth.schema import upgrade
from dojang.auth.second_factor import SecondFactor
from dojang.auth.second_factor_rows import find
from dojang.auth.sqlite import sqlite_engine
from dojang.auth.throttle import Throttle
from dojang.auth.totp import STEP, Authenticator
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.wire.keyring import Keyring, new_secret
from tests import postgres

ADA, GRACE = "ada", "grace"
HOME, AWAY = "192.0.2.7", "198.51.100.1"
SECRET = new_secret()


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
        connection.exec_driver_sql("DELETE FROM dojang_second_factors")
        connection.exec_driver_sql("DELETE FROM dojang_recovery_codes")
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def second(engine: Engine, clock: Clock) -> SecondFactor:
    throttle = Throttle(MemoryStore(), clock=clock)
    return SecondFactor(engine=engine, secret=Keyring(SECRET), throttle=throttle, clock=clock)


@pytest.fixture
def app(second: SecondFactor) -> Authenticator:
    """Ada's, which was added just now."""
    return added(second)[0]


def added(second: SecondFactor, user: str = ADA) -> tuple[Authenticator, tuple[str, ...]]:
    begun = second.enrolments.begin(user)
    code = begun.authenticator.code(now=second.clock())
    return begun.authenticator, blocking.run(second.add(user, begun.ticket, code))


def opens(second: SecondFactor, code: str, *, user: str = ADA, address: str = HOME) -> str | None:
    try:
        return blocking.run(second.check(user, code, address=address))
    except InvalidCode:
        return None


def next_code(app: Authenticator, clock: Clock) -> str:
    clock.tick(STEP)
    return app.code(now=clock())


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    together = Barrier(count)

    def begun() -> object:
        together.wait()
        return work()

    with ThreadPoolExecutor(count) as pool:
        return [one.result() for one in [pool.submit(begun) for _ in range(count)]]


def test_a_code_opens_once(second: SecondFactor, app: Authenticator, clock: Clock) -> None:
    """Source: devise-two-factor CVE-2015-7225."""
    code = next_code(app, clock)
    assert opens(second, code) == "otp"
    assert opens(second, code) is None
    assert opens(second, next_code(app, clock)) == "otp"


def test_the_code_that_added_it_opens_nothing(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    assert opens(second, app.code(now=clock())) is None


def test_an_older_code_than_the_last_used_one_opens_nothing(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    """Source: devise-two-factor CVE-2021-43177, where one was good in the next step too."""
    older = next_code(app, clock)
    ahead = app.code(now=clock() + STEP * 1000)
    assert opens(second, ahead) == "otp"
    assert opens(second, older) is None


@pytest.mark.parametrize("typed", ["{} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "\t{}\n"])
def test_blanks_are_passed_over(
    second: SecondFactor, app: Authenticator, clock: Clock, typed: str
) -> None:
    assert opens(second, typed.format(next_code(app, clock))) == "otp"


def test_the_wide_digits_of_a_korean_keyboard_are_digits(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in next_code(app, clock))
    assert opens(second, wide) == "otp"


def test_of_parallel_uses_of_one_code_one_wins(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    for _ in range(5):
        code = next_code(app, clock)
        results = at_once(5, lambda code=code: opens(second, code))  # type: ignore[misc]
        assert sorted(map(str, results)) == ["None"] * 4 + ["otp"]
        clock.tick(86_400)


def test_of_parallel_uses_of_one_recovery_code_one_wins(
    second: SecondFactor,
) -> None:
    _, codes = added(second)
    results = at_once(5, lambda: opens(second, codes[0]))
    assert sorted(map(str, results)) == ["None"] * 4 + ["recovery"]


def test_of_parallel_enrolments_one_is_kept(second: SecondFactor, clock: Clock) -> None:
    begun = [second.enrolments.begin(ADA) for _ in range(4)]

    def add() -> bool:
        mine = begun.pop()
        try:
            blocking.run(second.add(ADA, mine.ticket, mine.authenticator.code(now=clock())))
        except AlreadyEnrolled:
            return False
        return True

    assert sorted(map(bool, at_once(4, add))) == [False, False, False, True]
    state = blocking.run(second.state(ADA))
    assert state is not None
    assert state.codes_left == 10


def test_recovery_codes_open_once_each_however_they_are_typed(second: SecondFactor) -> None:
    _, codes = added(second)
    assert len(set(codes)) == 10
    assert opens(second, codes[0].upper()) == "recovery"
    assert opens(second, codes[0]) is None
    assert opens(second, codes[1].replace("-", " ")) == "recovery"
    assert opens(second, codes[2].replace("o", "0").replace("l", "1").replace("b", "8"))
    state = blocking.run(second.state(ADA))
    assert state is not None
    assert state.codes_left == 7


def test_recovery_codes_have_120_bits_and_are_nowhere_in_the_database(
    second: SecondFactor, engine: Engine
) -> None:
    app, codes = added(second)
    assert {len(code.replace("-", "")) for code in codes} == {24}
    with engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM dojang_recovery_codes").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM dojang_second_factors").all())
    assert app.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_new_recovery_codes_take_the_place_of_the_old(second: SecondFactor) -> None:
    _, old = added(second)
    new = blocking.run(second.renew_codes(ADA))
    assert [opens(second, code) for code in old[:3]] == [None] * 3
    assert opens(second, new[0]) == "recovery"
    with pytest.raises(NoSecondFactor):
        blocking.run(second.renew_codes(GRACE))


def test_of_parallel_renewals_ten_codes_stay(second: SecondFactor) -> None:
    added(second)
    at_once(4, lambda: blocking.run(second.renew_codes(ADA)))
    state = blocking.run(second.state(ADA))
    assert state is not None
    assert state.codes_left == 10


def test_codes_are_good_for_nobody_else(second: SecondFactor, clock: Clock) -> None:
    ada, hers = added(second, ADA)
    _, _ = added(second, GRACE)
    assert opens(second, hers[0], user=GRACE) is None
    assert opens(second, next_code(ada, clock), user=GRACE) is None


def test_without_a_second_factor_no_code_is_good(second: SecondFactor) -> None:
    assert not blocking.run(second.needed(ADA))
    assert opens(second, "000000") is None
    assert opens(second, "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa") is None


def test_what_was_removed_opens_nothing_and_another_can_be_added(
    second: SecondFactor, clock: Clock
) -> None:
    app, codes = added(second)
    assert blocking.run(second.remove(ADA))
    assert not blocking.run(second.remove(ADA))
    assert blocking.run(second.state(ADA)) is None
    assert opens(second, next_code(app, clock)) is None
    assert opens(second, codes[0]) is None
    added(second)


def test_one_that_is_there_is_not_replaced(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    with pytest.raises(AlreadyEnrolled):
        added(second)
    assert opens(second, next_code(app, clock)) == "otp"


# -- enrolling -------------------------------------------------------------------------------------


def test_it_counts_only_once_a_code_was_shown(second: SecondFactor) -> None:
    begun = second.enrolments.begin(ADA)
    assert not blocking.run(second.needed(ADA))
    with pytest.raises(InvalidCode):
        blocking.run(second.add(ADA, begun.ticket, "000000"))
    assert not blocking.run(second.needed(ADA))


def test_a_ticket_is_good_for_a_while_for_one_user(second: SecondFactor, clock: Clock) -> None:
    begun = second.enrolments.begin(ADA)
    with pytest.raises(Spent):
        second.enrolments.reopen(GRACE, begun.ticket)
    clock.tick(LIFE - 1)
    assert second.enrolments.reopen(ADA, begun.ticket) == begun.authenticator
    clock.tick(1)
    with pytest.raises(Spent):
        second.enrolments.reopen(ADA, begun.ticket)


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_safe_as_ticket(second: SecondFactor, text: str) -> None:
    with pytest.raises(Spent):
        second.enrolments.reopen(ADA, text)


@pytest.mark.usefixtures("app")
def test_what_is_kept_is_no_ticket(second: SecondFactor) -> None:
    row = find(second.engine, ADA)
    assert row is not None
    with pytest.raises(Spent):
        second.enrolments.reopen(ADA, row.secret)


def test_what_is_kept_of_one_account_does_not_serve_another(
    second: SecondFactor, app: Authenticator, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with second.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE dojang_second_factors SET user_id = 'grace'")
    assert opens(second, next_code(app, clock), user=GRACE) is None
    assert app.secret not in caplog.text


# -- secrets that rotate ---------------------------------------------------------------------------


def test_a_secret_that_rotates_keeps_it_readable_and_each_use_moves_it_on(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    newer = new_secret()
    both = replace(second, secret=Keyring([newer, SECRET]))
    assert opens(both, next_code(app, clock)) == "otp"
    alone = replace(second, secret=Keyring(newer))
    assert opens(alone, next_code(app, clock)) == "otp"


def test_a_secret_that_is_gone_opens_nothing_and_is_told_to_whoever_keeps_the_server(
    second: SecondFactor, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    app, codes = added(second)
    other = replace(second, secret=Keyring(new_secret()))
    with caplog.at_level(logging.ERROR, "dojang"):
        assert opens(other, next_code(app, clock)) is None
    assert "put it back behind the newest" in caplog.text
    assert blocking.run(other.needed(ADA))
    assert opens(other, codes[0]) == "recovery"


# -- guessing --------------------------------------------------------------------------------------


def guesses(second: SecondFactor, count: int, *, address: str = AWAY) -> int:
    """Return how many of so many wrong codes were looked at."""
    looked_at = 0
    for _ in range(count):
        try:
            assert opens(second, "000000", address=address) is None
        except TooManyAttempts:
            continue
        looked_at += 1
    return looked_at


def test_five_wrong_codes_a_minute_are_looked_at_wherever_they_come_from(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    assert sum(guesses(second, 1, address=f"198.51.100.{host}") for host in range(50)) == 5
    with pytest.raises(TooManyAttempts) as refused:
        opens(second, next_code(app, clock))
    assert 0 < refused.value.retry_after <= 60


@pytest.mark.usefixtures("app")
def test_guessing_gets_thirty_tries_a_day_at_most(second: SecondFactor, clock: Clock) -> None:
    """Source: devise-two-factor CVE-2024-0227, where nothing was counted."""
    looked_at = 0
    for _ in range(24 * 60):
        looked_at += guesses(second, 6)
        clock.tick(60)
    assert looked_at <= 30


@pytest.mark.usefixtures("app")
def test_of_parallel_guesses_no_more_are_looked_at(second: SecondFactor) -> None:
    assert sum(int(str(one)) for one in at_once(20, lambda: guesses(second, 1))) == 5


def test_a_right_code_gives_whoever_guesses_no_more_tries(
    second: SecondFactor, app: Authenticator, clock: Clock
) -> None:
    assert guesses(second, 4) == 4
    assert opens(second, next_code(app, clock)) == "otp"
    assert guesses(second, 10) == 1


def test_the_owner_is_not_locked_out_by_who_guesses(second: SecondFactor, clock: Clock) -> None:
    app, codes = added(second)
    guesses(second, 100)
    assert opens(second, codes[0]) == "recovery"
    clock.tick(86_400)
    assert opens(second, next_code(app, clock)) == "otp"


def test_recovery_codes_are_throttled_by_where_they_come_from(second: SecondFactor) -> None:
    _, codes = added(second)
    wrong = "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"
    for _ in range(5):
        assert opens(second, wrong, address=AWAY) is None
    with pytest.raises(TooManyAttempts):
        opens(second, codes[0], address=AWAY)
    assert opens(second, codes[0], address=HOME) == "recovery"


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_text_is_a_code_or_none(second: SecondFactor, text: str) -> None:
    with suppress(TooManyAttempts):
        assert opens(second, text) is None
