"""Six digits by mail: good in the browser that asked, counted like guesses, and told to nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dojang import blocking
from dojang.auth import Accounts, PasswordHasher, SignIn, Throttle, TooManyAttempts, User
from dojang.auth.errors import InvalidCredentials, Spent
from dojang.auth.mailed_sign_in import MailedSignIn
from dojang.auth.one_time import OneTimeTokens
from dojang.auth.passwords import CHEAPEST
from dojang.auth.sign_in import Proven
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from tests.conftest import SECRET
from tests.postbox import Postbox, postbox

from .kit import PASSWORD

URL = "https://login.example.org"
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@dataclass
class Door:
    """Where people come in by mail, with everything real but the time."""

    accounts: Accounts
    box: Postbox
    clock: Clock
    ada: User

    def __post_init__(self) -> None:
        throttle = Throttle(MemoryStore(), clock=self.clock)
        self.by_password = SignIn(self.accounts, throttle)
        self.mailed = MailedSignIn(
            self.accounts,
            tokens=OneTimeTokens(self.accounts.engine, clock=self.clock),
            throttle=throttle,
            url=URL,
            secret=SECRET,
        )

    def ask(
        self, login: str = "ada@example.org", address: str = HOME, *, link: bool = False
    ) -> str:
        """Ask for a code, and send what is written then; return the ticket."""
        asked = blocking.run(self.mailed.ask(login, address=address, language="en", link=link))
        if mail := blocking.run(asked.write()):
            blocking.run(self.box.mailer.send(mail, now=self.clock()))
        return asked.ticket

    def asked(self, login: str = "ada@example.org") -> tuple[str, str]:
        ticket = self.ask(login)
        return ticket, self.box.last.code

    def proven(self, ticket: str, code: str, address: str = HOME) -> Proven:
        return blocking.run(self.mailed.redeem(ticket, code, address=address))

    def opens(self, ticket: str, code: str, address: str = HOME) -> bool:
        try:
            return self.proven(ticket, code, address).user.id == self.ada.id
        except Spent:
            return False


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def door(tmp_path: Path, clock: Clock, box: Postbox) -> Iterator[Door]:
    box.empty()
    accounts = Accounts.on_sqlite(
        tmp_path / "accounts.db", clock=clock, hasher=PasswordHasher(CHEAPEST)
    )
    ada = blocking.run(accounts.sign_up(email="Ada@example.org", username="ada", password=PASSWORD))
    blocking.run(accounts.verify_email(ada.id, "ada@example.org"))
    yield Door(accounts, box, clock, ada)
    accounts.close()


def test_a_code_opens_the_account_once(door: Door) -> None:
    began = door.clock()
    ticket, code = door.asked()
    door.clock.tick(5)
    proven = door.proven(ticket, f" {code[:3]} {code[3:]}")
    assert (proven.user.id, proven.at) == (door.ada.id, began + 5000)
    assert not door.opens(ticket, code)


def test_the_link_holds_the_code_and_nothing_that_opens_anything(door: Door) -> None:
    ticket = door.ask(link=True)
    code = door.box.last.code
    assert door.box.last.link == f"{URL}/sign-in/code?code={code}"
    assert ticket not in door.box.last.text
    assert door.opens(ticket, code)


def test_a_code_is_good_with_the_ticket_of_the_browser_that_asked(door: Door) -> None:
    _, code = door.asked()
    of_somebody_else = door.ask("nobody")
    assert not door.opens(of_somebody_else, code)


def test_p7_of_parallel_uses_one_gets_in(door: Door) -> None:
    ticket, code = door.asked()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: door.opens(ticket, code), range(4))).count(True) == 1


def test_p7_a_code_is_good_for_ten_minutes(door: Door) -> None:
    ticket, code = door.asked()
    door.clock.tick(600)
    assert not door.opens(ticket, code)


def test_nobody_spoils_a_code_by_asking_for_another(door: Door) -> None:
    """Each belongs to the ticket that it was asked for with, and opens with no other."""
    first, old = door.asked()
    second = door.ask(address=CAFE)
    new = door.box.last.code
    assert old == new or not door.opens(second, old, CAFE)
    assert door.opens(first, old)
    assert not door.opens(first, old)
    assert door.opens(second, new, CAFE)


def test_after_five_wrong_codes_none_is_right(door: Door) -> None:
    ticket, code = door.asked()
    assert not any(door.opens(ticket, wrong(code)) for _ in range(5))
    door.clock.tick(60)
    assert not door.opens(ticket, code)


def test_wrong_codes_and_wrong_passwords_have_one_count(door: Door) -> None:
    ticket, code = door.asked()
    for _ in range(2):
        assert not door.opens(ticket, wrong(code))
    for _ in range(3):
        with pytest.raises(InvalidCredentials):
            blocking.run(door.by_password.by_password(" ADA@example.org", "x", address=HOME))
    with pytest.raises(TooManyAttempts):
        door.opens(ticket, code)
    assert door.opens(ticket, code, address=CAFE)


def test_a_stranger_is_told_apart_by_nothing(door: Door) -> None:
    """Tickets are of one length, wrong codes are refused alike, and as often."""
    told: dict[str, list[str]] = {}
    for login in ("ada", "eve", "bob"):
        ticket = door.ask(login, address=CAFE)
        told[login] = [str(len(ticket))]
        for _ in range(7):
            try:
                door.proven(ticket, "000000", address=CAFE)
            except (Spent, TooManyAttempts) as error:
                told[login].append(str(error))
    assert told["ada"] == told["eve"] == told["bob"]
    assert len(set(told["ada"])) == 3


def test_the_same_is_kept_for_everybody(door: Door) -> None:
    for login in ("ada", "eve", "bob"):
        door.ask(login)
    statement = "SELECT purpose, expires, tries, length(code_digest) FROM dojang_one_time_tokens"
    with door.accounts.engine.connect() as connection:
        kept = connection.execute(text(statement)).all()
    assert len(kept) == 3
    assert len(set(kept)) == 1


def test_a_disabled_account_is_mailed_nothing_and_not_opened(door: Door) -> None:
    ticket, code = door.asked()
    blocking.run(door.accounts.set_disabled(door.ada.id, disabled=True))
    assert not door.opens(ticket, code)
    door.ask()
    assert len(door.box.letters) == 1


def test_a_code_for_an_address_that_is_not_theirs_any_more_opens_nothing(door: Door) -> None:
    ticket, code = door.asked()
    with door.accounts.engine.begin() as connection:
        connection.execute(text("UPDATE dojang_users SET email = 'new@example.org'"))
    assert not door.opens(ticket, code)


def test_next_auth_cve_2022_39263_a_code_opens_the_account_it_was_mailed_for(door: Door) -> None:
    blocking.run(door.accounts.sign_up(email="eve@example.org", username="eve", password=PASSWORD))
    ticket = door.ask("ada")
    _, code = door.asked("eve")
    assert not door.opens(ticket, code)


def test_so_many_codes_a_day_are_mailed_and_no_more_whoever_asks(door: Door) -> None:
    """A million codes, and a hundred guesses a day: whoever tries needs 27 years."""
    for number in range(20):
        door.ask(address=f"203.0.113.{number}")
    for login in ("ada@example.org", "nobody@example.org"):
        while True:
            try:
                door.ask(login, address=f"203.0.113.{len(login)}")
            except TooManyAttempts:
                break
    assert len(door.box.letters) == 20


def test_what_was_asked_for_comes_back_with_the_ticket(door: Door) -> None:
    asked = blocking.run(
        door.mailed.ask("ada", address=HOME, language="ko", target="/notes?page=2")
    )
    read = door.mailed.read(asked.ticket)
    assert (read.login, read.target) == ("ada", "/notes?page=2")
    assert read.secret not in repr(read) + repr(asked)


@given(ticket=st.text(), code=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_opens_nothing(door: Door, ticket: str, code: str) -> None:
    assert not door.opens(ticket, code)


def test_a_ticket_that_was_changed_anywhere_opens_nothing(door: Door) -> None:
    ticket, code = door.asked()
    for at in range(0, len(ticket), 7):
        other = "A" if ticket[at] != "A" else "B"
        assert not door.opens(ticket[:at] + other + ticket[at + 1 :], code)
    assert door.opens(ticket, code)
