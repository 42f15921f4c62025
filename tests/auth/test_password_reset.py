"""A forgotten password: a link to the address that is kept, good once, and told to nobody else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from dojang import blocking
from dojang.auth import (
    AccountChanges,
    Accounts,
    InvalidCredentials,
    InvalidInput,
    PasswordHasher,
    Throttle,
    TooBusy,
    TooManyAttempts,
    User,
)
from dojang.auth.errors import Spent
from dojang.auth.links import Links
from dojang.auth.mail import Mail
from dojang.auth.one_time import OneTimeTokens
from dojang.auth.password_reset import PasswordReset
from dojang.auth.passwords import CHEAPEST
from dojang.auth.providers.identity import Identity
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.browser import Browser
from tests.conftest import SECRET
from tests.postbox import Postbox, postbox

from .kit import PASSWORD

NEW = "another battery of horses"
URL = "https://login.example.org"
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@dataclass
class Desk:
    """Where passwords are set anew, with everything real but the time."""

    accounts: Accounts
    sessions: Sessions
    tokens: OneTimeTokens
    box: Postbox
    clock: Clock
    ada: User

    def __post_init__(self) -> None:
        self.reset = PasswordReset(
            self.accounts,
            AccountChanges(self.accounts, sign_out=self.sessions.end_all),
            tokens=self.tokens,
            throttle=Throttle(MemoryStore(), clock=self.clock),
            url=URL,
        )

    def ask(self, login: str = "ada@example.org", address: str = HOME) -> Mail | None:
        """Ask for a link, and send what is written then."""
        write = blocking.run(self.reset.ask(login, address=address, language="en"))
        mail = blocking.run(write())
        if mail:
            blocking.run(self.box.mailer.send(mail, now=self.clock()))
        return mail

    def token(self, login: str = "ada@example.org") -> str:
        assert self.ask(login)
        page, _, token = self.box.last.link.partition("?token=")
        assert page == f"{URL}/reset-password"
        return token

    def set(self, token: str, password: str = NEW, *, end_sessions: bool = True) -> bool:
        try:
            blocking.run(self.reset.set_password(token, password, end_sessions=end_sessions))
        except Spent:
            return False
        return True

    def opens(self, password: str) -> bool:
        try:
            blocking.run(self.accounts.check_password("ada", password))
        except InvalidCredentials:
            return False
        return True

    def signed_in(self) -> Browser:
        browser = Browser(self.sessions)
        browser.visit(lambda session: session.login(self.ada.id))
        return browser

    def is_signed_in(self, browser: Browser) -> bool:
        return browser.twin().visit(lambda session: session.user) is not None


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, box: Postbox) -> Iterator[Desk]:
    box.empty()
    accounts = Accounts.on_sqlite(
        tmp_path / "accounts.db", clock=clock, hasher=PasswordHasher(CHEAPEST)
    )
    ada = blocking.run(accounts.sign_up(email="Ada@example.org", username="ada", password=PASSWORD))
    blocking.run(accounts.verify_email(ada.id, "Ada@example.org"))
    yield Desk(
        accounts,
        Sessions(ServerSide(MemoryStore()), secret=SECRET, clock=clock),
        OneTimeTokens(accounts.engine, clock=clock),
        box,
        clock,
        ada,
    )
    accounts.close()


def test_a_link_sets_another_password_once(desk: Desk) -> None:
    token = desk.token()
    assert blocking.run(desk.reset.peek(token)).id == desk.ada.id
    assert [desk.set(token), desk.set(token, PASSWORD)] == [True, False]
    assert (desk.opens(NEW), desk.opens(PASSWORD)) == (True, False)


def test_whoever_was_signed_in_is_signed_out(desk: Desk) -> None:
    before = desk.signed_in()
    desk.clock.tick(1)
    assert desk.set(desk.token())
    assert not desk.is_signed_in(before)


def test_on_request_whoever_is_signed_in_stays(desk: Desk) -> None:
    before = desk.signed_in()
    desk.clock.tick(1)
    assert desk.set(desk.token(), end_sessions=False)
    assert desk.opens(NEW)
    assert desk.is_signed_in(before)


@pytest.mark.parametrize(
    "typed", ["ada", "ADA@example.org", "\uff21da\uff20example.org", " ada@EXAMPLE.org "]
)
def test_p6_the_mail_goes_to_the_address_that_is_kept(desk: Desk, typed: str) -> None:
    assert desk.ask(typed)
    assert desk.box.last.to == "Ada@example.org"


@pytest.mark.parametrize(
    "typed",
    ["nobody", "nobody@example.org", "", "ada@example.org,eve@example.org", "\0", "x" * 10_000],
)
def test_a_stranger_is_answered_and_mailed_nothing(desk: Desk, typed: str) -> None:
    assert desk.ask(typed) is None
    assert desk.box.letters == []


def test_nobody_is_looked_for_before_the_answer_has_left(desk: Desk) -> None:
    desk.accounts.close()
    path = str(desk.accounts.engine.url.database)
    Path(path).write_bytes(b"this was a database once " * 100)
    for login in ("ada", "nobody"):
        blocking.run(desk.reset.ask(login, address=HOME, language="en"))


def test_the_same_is_kept_for_everybody(desk: Desk) -> None:
    """So that the time until the next request is answered does not tell either."""
    for login in ("ada", "nobody", "nobody else"):
        desk.ask(login)
    with desk.accounts.engine.connect() as connection:
        kept = connection.execute(text("SELECT purpose, expires FROM dojang_one_time_tokens")).all()
    assert len(kept) == 3
    assert len(set(kept)) == 1


def test_who_is_disabled_or_has_no_address_is_mailed_nothing(desk: Desk) -> None:
    blocking.run(desk.accounts.sign_up(username="grace", password=PASSWORD))
    blocking.run(desk.accounts.set_disabled(desk.ada.id, disabled=True))
    assert (desk.ask("ada"), desk.ask("grace")) == (None, None)
    assert desk.box.letters == []


def test_an_account_that_only_a_provider_opens_gets_a_password(desk: Desk) -> None:
    links = Links(desk.accounts, secret=SECRET)
    identity = Identity(
        provider="google",
        issuer="https://accounts.google.com",
        subject="1",
        email="grace@example.org",
        email_verified=True,
    )
    grace = blocking.run(links.create(identity))
    assert desk.set(desk.token("grace@example.org"))
    assert blocking.run(desk.accounts.check_password("grace@example.org", NEW)).id == grace


def test_whoever_lay_in_wait_at_somebody_elses_address_is_left_outside(desk: Desk) -> None:
    """Source: Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022."""
    links = Links(desk.accounts, secret=SECRET)
    eve = Identity(provider="google", issuer="https://accounts.google.com", subject="eve")
    desk.ada = blocking.run(desk.accounts.sign_up(email="bob@example.org", password=PASSWORD))
    blocking.run(links.link(desk.ada.id, eve))
    waiting = desk.signed_in()
    desk.clock.tick(1)
    assert desk.set(desk.token("bob@example.org"), end_sessions=False)
    assert not desk.is_signed_in(waiting)
    assert blocking.run(links.find(eve)) is None
    bob = blocking.run(desk.accounts.find(desk.ada.id))
    assert bob
    assert bob.email_verified


def test_links_stay_where_the_address_was_shown_before(desk: Desk) -> None:
    links = Links(desk.accounts, secret=SECRET)
    own = Identity(provider="google", issuer="https://accounts.google.com", subject="ada")
    blocking.run(links.link(desk.ada.id, own))
    assert desk.set(desk.token())
    assert blocking.run(links.find(own)) == desk.ada.id


def test_a_password_that_is_refused_leaves_the_link_good_and_everybody_signed_in(
    desk: Desk,
) -> None:
    before, token = desk.signed_in(), desk.token()
    desk.clock.tick(1)
    for password in ("short", "password", "ada@example.org", "x" * 5000):
        with pytest.raises(InvalidInput) as told:
            desk.set(token, password)
        assert told.value.field == "password"
    assert desk.is_signed_in(before)
    assert desk.set(token)


def test_a_server_that_is_too_busy_leaves_the_link_good(desk: Desk) -> None:
    token = desk.token()
    desk.accounts.hasher = Busy(CHEAPEST)
    with pytest.raises(TooBusy):
        desk.set(token)
    desk.accounts.hasher = PasswordHasher(CHEAPEST)
    assert desk.set(token)


class Busy(PasswordHasher):
    async def hash(self, password: str) -> str:
        del password
        raise TooBusy(1)


def test_p7_of_parallel_uses_one_sets_its_password(desk: Desk) -> None:
    for _ in range(5):
        token = desk.token()
        passwords = [f"{NEW} {number}" for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda password: desk.set(token, password), passwords))  # noqa: B023 - run at once
        assert won.count(True) == 1
        assert [desk.opens(password) for password in passwords] == won
        desk.clock.tick(86_400)


def test_p7_a_link_is_good_for_ten_minutes(desk: Desk) -> None:
    token = desk.token()
    desk.clock.tick(600)
    assert not desk.set(token)


def test_nobody_spoils_a_link_by_asking_for_another(desk: Desk) -> None:
    first = desk.token()
    assert desk.ask(address="198.51.100.7")
    second = desk.box.last.link.partition("?token=")[2]
    assert first != second
    assert desk.set(first)
    assert not desk.set(second, "a third battery of horses")


def test_all_else_that_was_mailed_is_good_for_nothing_afterwards(desk: Desk) -> None:
    other = blocking.run(desk.tokens.issue("change-email", user=desk.ada.id, target="x@y.example"))
    code = blocking.run(desk.tokens.issue_code("sign-in", user=desk.ada.id, target="x@y.example"))
    assert desk.set(desk.token())
    with pytest.raises(Spent):
        blocking.run(desk.tokens.redeem("change-email", other))
    with pytest.raises(Spent):
        blocking.run(desk.tokens.redeem_code("sign-in", code.ticket, code.code))


def test_a_link_is_good_for_nothing_once_the_password_was_changed(desk: Desk) -> None:
    token = desk.token()
    changes = AccountChanges(desk.accounts, sign_out=desk.sessions.end_all)
    blocking.run(changes.change_password(desk.ada.id, old=PASSWORD, new=NEW))
    assert not desk.set(token, PASSWORD)


@pytest.mark.parametrize("also_enabled", [False, True])
def test_a_link_is_good_for_nothing_once_the_account_was_disabled(
    desk: Desk, *, also_enabled: bool
) -> None:
    token = desk.token()
    blocking.run(desk.accounts.set_disabled(desk.ada.id, disabled=True))
    if also_enabled:
        blocking.run(desk.accounts.set_disabled(desk.ada.id, disabled=False))
    assert not desk.set(token)
    assert not desk.opens(NEW)


def test_better_auth_2vg6_nothing_is_left_of_an_account_that_was_deleted(desk: Desk) -> None:
    token, changes = desk.token(), AccountChanges(desk.accounts, sign_out=desk.sessions.end_all)
    assert blocking.run(changes.delete(desk.ada.id))
    assert not desk.set(token)
    with desk.accounts.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM dojang_one_time_tokens")).all() == []


def test_a_link_to_an_address_that_is_not_theirs_any_more_is_good_for_nothing(desk: Desk) -> None:
    token = desk.token()
    with desk.accounts.engine.begin() as connection:
        connection.execute(text("UPDATE dojang_users SET email = 'new@example.org'"))
    assert not desk.set(token)


@pytest.mark.parametrize("token", ["", "x", "\0", "a" * 43, "💥" * 100, "\ud800"])
def test_any_text_is_a_link_that_is_good_for_nothing(desk: Desk, token: str) -> None:
    assert not desk.set(token)


def test_one_source_asks_three_times_in_ten_minutes_whoever_it_is_for(desk: Desk) -> None:
    for login in ("ada", "nobody"):
        for _ in range(3):
            desk.ask(login)
        with pytest.raises(TooManyAttempts) as told:
            desk.ask(login)
        assert told.value.retry_after == 600
    assert len(desk.box.letters) == 3


def test_no_stranger_keeps_the_owner_from_a_link_or_fills_their_box(desk: Desk) -> None:
    """Twenty a day, whoever asks; and from there on one for each source."""
    strangers = [f"203.0.113.{number}" for number in range(20)]
    for stranger in strangers:
        assert desk.ask(address=stranger)
    assert desk.ask(address=CAFE)
    with pytest.raises(TooManyAttempts):
        desk.ask(address=CAFE)
