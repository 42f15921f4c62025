"""An e-mail address is changed, and put back; each link works once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from dojang.auth import Accounts, AlreadyTaken, InvalidInput, PasswordHasher, User
from dojang.auth.emails import Changed, Emails
from dojang.auth.errors import SignInFirst, Spent
from dojang.auth.links import Links
from dojang.auth.one_time import LONGEST, LONGEST_UNDO, OneTimeTokens
from dojang.auth.passwords import CHEAPEST
from dojang.auth.schema import upgrade
from dojang.auth.tables import metadata
from dojang.session.session import Session
from dojang.testing import Clock
from tests.conftest import SECRET

from .kit import PASSWORD, run


class Door:
    """Who was signed out."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def __call__(self, user: str, *, but: Session | str | None = None) -> int:
        assert but is None
        self.ended.append(user)
        return 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgres"])
def accounts(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """Accounts in both databases."""
    hasher = PasswordHasher(CHEAPEST)
    if request.param == "sqlite":
        made = Accounts.on_sqlite(tmp_path / "accounts.db", clock=clock, hasher=hasher)
    else:
        url: str = request.getfixturevalue("postgres_url")
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS dojang_auth_version")
            metadata.drop_all(connection)
        upgrade(engine)
        made = Accounts(engine, clock=clock, hasher=hasher)
    yield made
    made.close()


@pytest.fixture
def tokens(accounts: Accounts, clock: Clock) -> OneTimeTokens:
    return OneTimeTokens(accounts.engine, clock=clock)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def emails(accounts: Accounts, tokens: OneTimeTokens, door: Door) -> Emails:
    return Emails(accounts, tokens, sign_out=door)


@pytest.fixture
def ada(accounts: Accounts) -> User:
    return run(accounts.sign_up(email="Ada@example.org", password=PASSWORD))


def verified(emails: Emails, user: User) -> User:
    assert user.email
    run(emails._accounts.verify_email(user.id, user.email))
    return run(emails._there(user.id))


def changed(emails: Emails, user: User, email: str) -> Changed:
    return run(emails.change(run(emails.begin_changing(user, email)), user=user.id))


def at_once(count: int, work: Callable[[], Awaitable[Any]]) -> list[Any]:
    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(work() for _ in range(count)), return_exceptions=True)

    return run(all_of_them())


def test_a_provider_finds_an_account_by_a_verified_address_alone(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    links = Links(accounts, secret=SECRET)
    assert run(links.find_by_email("ada@example.org")) is None
    verified(emails, ada)
    assert run(links.find_by_email("ADA@example.org")) == ada.id
    for nobody in ("", "ada", "grace@example.org", "a@b,ada@example.org", "\ud800@example.org"):
        assert run(links.find_by_email(nobody)) is None


def test_an_address_changes_when_its_reader_says_so_and_not_before(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    token = run(emails.begin_changing(ada, "lovelace@example.org"))
    assert run(emails.peek_changing(token, user=ada.id)).target == "lovelace@example.org"
    assert run(accounts.check_password("ada@example.org", PASSWORD)).id == ada.id
    found = run(emails.change(token, user=ada.id))
    assert (found.user.email, found.user.email_verified) == ("lovelace@example.org", True)
    assert found.old == "Ada@example.org"
    assert run(accounts.check_password("lovelace@example.org", PASSWORD)).id == ada.id
    assert run(accounts.find_login("ada@example.org")) is None


def test_sessions_stay_when_an_address_changes(emails: Emails, ada: User, door: Door) -> None:
    changed(emails, ada, "lovelace@example.org")
    assert door.ended == []


@pytest.mark.parametrize("email", ["", "nobody", "a@b,c@d", "ADA@EXAMPLE.ORG", "a@b\r\nBcc: c@d"])
def test_what_is_no_other_address_is_refused(emails: Emails, ada: User, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(emails.begin_changing(ada, email))
    assert refused.value.field == "email"


def test_an_address_that_was_taken_meanwhile_stays_with_who_has_it(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    token = run(emails.begin_changing(ada, "grace@example.org"))
    grace = run(accounts.sign_up(email="grace@example.org", password=PASSWORD))
    for _ in range(2):  # nothing came of it, so the token is as good as before
        with pytest.raises(AlreadyTaken):
            run(emails.change(token, user=ada.id))
    assert run(emails.owner_of("Grace@example.org")) == grace


def test_of_parallel_uses_of_a_link_one_changes(emails: Emails, ada: User) -> None:
    token = run(emails.begin_changing(ada, "lovelace@example.org"))
    found = at_once(8, lambda: emails.change(token, user=ada.id))
    assert sum(isinstance(one, Changed) for one in found) == 1
    assert sum(isinstance(one, Spent) for one in found) == 7


def test_what_was_mailed_to_the_address_until_now_opens_nothing(
    emails: Emails, tokens: OneTimeTokens, ada: User
) -> None:
    reset = run(tokens.issue("reset-password", user=ada.id, target="Ada@example.org"))
    changed(emails, ada, "lovelace@example.org")
    with pytest.raises(Spent):
        run(tokens.redeem("reset-password", reset))


def test_whoever_reads_the_old_address_puts_it_back_and_signs_everybody_out(
    emails: Emails, clock: Clock, ada: User, door: Door
) -> None:
    ada = verified(emails, ada)
    undo = changed(emails, ada, "eve@example.org").undo
    assert undo
    clock.tick(LONGEST_UNDO - 1)
    assert run(emails.peek_putting_back(undo)).target == "Ada@example.org"
    back = run(emails.put_back(undo))
    assert (back.email, back.email_verified) == ("Ada@example.org", True)
    assert door.ended == [ada.id]
    with pytest.raises(Spent):
        run(emails.put_back(undo))


def test_an_address_that_was_never_shown_to_be_theirs_takes_nothing_back(
    emails: Emails, ada: User
) -> None:
    """It may be a stranger's, mistyped."""
    assert changed(emails, ada, "lovelace@example.org").undo is None


def test_a_thief_who_changes_the_address_twice_or_the_password_keeps_nothing(
    emails: Emails, tokens: OneTimeTokens, clock: Clock, ada: User
) -> None:
    ada = verified(emails, ada)
    first = changed(emails, ada, "eve@example.org")
    clock.tick(1)
    second = changed(emails, first.user, "mallory@example.org")
    assert first.undo
    assert second.undo
    run(tokens.revoke_all(ada.id))  # as a new password does
    assert run(emails.put_back(second.undo)).email == "eve@example.org"
    assert run(emails.put_back(first.undo)).email == "Ada@example.org"


def test_putting_back_ends_what_would_undo_it(emails: Emails, clock: Clock, ada: User) -> None:
    first = changed(emails, verified(emails, ada), "eve@example.org")
    clock.tick(1)
    second = changed(emails, first.user, "mallory@example.org")
    assert first.undo
    assert second.undo
    assert run(emails.put_back(first.undo)).email == "Ada@example.org"
    with pytest.raises(Spent):
        run(emails.put_back(second.undo))


def test_an_address_is_put_back_from_whoever_sits_on_it(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    undo = changed(emails, verified(emails, ada), "eve@example.org").undo
    assert undo
    squatter = run(
        accounts.sign_up(email="ada@example.org", username="squatter", password=PASSWORD)
    )
    assert run(emails.put_back(undo)).email == "Ada@example.org"
    found = run(accounts.find(squatter.id))
    assert found
    assert found.email is None


def test_an_address_is_not_put_back_from_whoever_reads_it_too(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    undo = changed(emails, verified(emails, ada), "lovelace@example.org").undo
    assert undo
    verified(emails, run(accounts.sign_up(email="ada@example.org", password=PASSWORD)))
    with pytest.raises(AlreadyTaken):
        run(emails.put_back(undo))


def test_a_link_is_good_for_ten_minutes(emails: Emails, clock: Clock, ada: User) -> None:
    token = run(emails.begin_changing(ada, "x@example.org"))
    clock.tick(LONGEST)
    with pytest.raises(Spent):
        run(emails.change(token, user=ada.id))


def test_a_link_is_good_for_what_it_was_mailed_for(emails: Emails, ada: User) -> None:
    token = run(emails.begin_changing(ada, "x@example.org"))
    for use in (emails.put_back, emails.peek_putting_back):
        with pytest.raises(Spent):
            run(use(token))
    assert run(emails.change(token, user=ada.id)).user.id == ada.id


def test_pre_hijacking_trojan_identifier_a_change_is_done_where_it_was_asked_for(
    emails: Emails, accounts: Accounts, ada: User
) -> None:
    """Whoever reads the mail would give a stranger's account their address."""
    token = run(emails.begin_changing(ada, "grace@example.org"))
    somebody = run(accounts.sign_up(username="grace", password=PASSWORD))
    for user in (None, somebody.id):
        with pytest.raises(SignInFirst):
            run(emails.change(token, user=user))
    assert run(accounts.find_login("grace@example.org")) is None
    assert run(emails.change(token, user=ada.id)).user.email == "grace@example.org"
