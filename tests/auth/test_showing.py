"""An address is whoever's who reads its mail; what was claimed with it from elsewhere is nothing.

The attacks are those of Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022: Eve
makes something with Ada's address, and waits until Ada comes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from dojang.auth import (
    AccountChanges,
    Accounts,
    AlreadyTaken,
    InvalidCredentials,
    InvalidInput,
    PasswordHasher,
    User,
)
from dojang.auth.claims import Claims
from dojang.auth.errors import SignInFirst, Spent
from dojang.auth.links import Links
from dojang.auth.one_time import LONGEST, OneTimeTokens
from dojang.auth.passwords import CHEAPEST
from dojang.auth.providers import Identity, Linking
from dojang.auth.schema import upgrade
from dojang.auth.second_factor import SecondFactor
from dojang.auth.showing import Showing, Shown
from dojang.auth.tables import metadata
from dojang.auth.throttle import Throttle
from dojang.session.session import Session
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.wire.cookies import Cookie
from dojang.wire.keyring import Keyring
from tests.conftest import SECRET

from .kit import PASSWORD, run

EVES = "eves own password"
NEW = "a new one of adas"
ADA = "Ada@example.org"


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
def door() -> Door:
    return Door()


@pytest.fixture
def tokens(accounts: Accounts, clock: Clock) -> OneTimeTokens:
    return OneTimeTokens(accounts.engine, clock=clock)


@pytest.fixture
def changes(accounts: Accounts, door: Door) -> AccountChanges:
    return AccountChanges(accounts, sign_out=door)


@pytest.fixture
def claims(clock: Clock) -> Claims:
    return Claims(SECRET, cookie=Cookie(), clock=clock)


@pytest.fixture
def showing(
    accounts: Accounts, changes: AccountChanges, tokens: OneTimeTokens, claims: Claims
) -> Showing:
    return Showing(accounts, changes, tokens=tokens, claims=claims)


@pytest.fixture
def links(accounts: Accounts) -> Links:
    return Links(accounts, secret=SECRET)


@pytest.fixture
def squat(accounts: Accounts) -> User:
    """An account that Eve made with Ada's address, while no mail was sent."""
    return run(accounts.sign_up(email=ADA, username="eve", password=EVES))


def claimed(accounts: Accounts, claims: Claims, password: str, **fields: str) -> str:
    """Return the Cookie header of a browser that signed up as Ada."""
    claim = run(accounts.claim(email=ADA, password=password, **fields))
    return claims.keep(claim).partition(";")[0]


def there(accounts: Accounts, user: User) -> User:
    found = run(accounts.find(user.id))
    assert found
    return found


def opens(accounts: Accounts, login: str, password: str) -> bool:
    try:
        run(accounts.check_password(login, password))
    except InvalidCredentials:
        return False
    return True


def github(subject: str = "666", **facts: Any) -> Identity:
    return Identity(provider="github", issuer="https://github.com", subject=subject, **facts)


def at_once(count: int, work: Callable[[], Awaitable[Any]]) -> list[Any]:
    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(work() for _ in range(count)), return_exceptions=True)

    return run(all_of_them())


# -- an address that has no account ----------------------------------------------------------------


def test_what_was_typed_is_no_account_before_its_address_is_shown(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    cookies = claimed(accounts, claims, PASSWORD, username="ada", name="Ada")
    assert run(accounts.find_login(ADA)) is None
    assert not opens(accounts, ADA, PASSWORD)
    token = run(showing.begin_new(ADA))
    assert not run(showing.peek(token, cookies=cookies)).choose
    shown = run(showing.finish(token, cookies=cookies))
    assert shown.made
    assert (shown.user.email, shown.user.email_verified) == (ADA, True)
    assert (shown.user.username, shown.user.name) == ("ada", "Ada")
    assert opens(accounts, "ada", PASSWORD)
    with pytest.raises(Spent):
        run(showing.finish(token, cookies=cookies))


def test_p4_a_user_name_is_nobodys_before_the_address_beside_it_is_shown(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    first = claimed(accounts, claims, PASSWORD, username="ada")
    claimed(accounts, claims, PASSWORD, username="ada")  # is not refused
    token = run(showing.begin_new(ADA))
    run(accounts.sign_up(username="ada", password=PASSWORD))
    with pytest.raises(AlreadyTaken) as taken:
        run(showing.finish(token, cookies=first))
    assert taken.value.field == "username"
    with pytest.raises(AlreadyTaken):
        claimed(accounts, claims, PASSWORD, username="ada")
    assert run(showing.finish(token, password=NEW)).user.username is None


def test_pre_hijacking_classic_whoever_typed_the_address_first_has_nothing_of_it(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    eves = claimed(accounts, claims, EVES)
    caused_by_eve = run(showing.begin_new(ADA))
    adas = claimed(accounts, claims, PASSWORD)
    # Ada opens what Eve had mailed, in the browser that she signed up with.
    assert run(showing.finish(caused_by_eve, cookies=adas)).made
    assert opens(accounts, ADA, PASSWORD)
    assert not opens(accounts, ADA, EVES)
    with pytest.raises(Spent):
        run(showing.finish(caused_by_eve, cookies=eves))


def test_pre_hijacking_in_another_browser_a_password_is_chosen(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    claimed(accounts, claims, EVES, name="Eve")
    token = run(showing.begin_new(ADA))
    assert run(showing.peek(token)).choose
    for password in (None, "", "short"):
        with pytest.raises(InvalidInput) as refused:
            run(showing.finish(token, password=password))
        assert refused.value.field == "password"
    shown = run(showing.finish(token, password=NEW, name="Ada L."))
    assert shown.user.name == "Ada L."
    assert opens(accounts, ADA, NEW)
    assert not opens(accounts, ADA, EVES)


def test_what_was_claimed_with_another_address_counts_for_nothing(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    cookies = claimed(accounts, claims, PASSWORD)
    token = run(showing.begin_new("grace@example.org"))
    assert run(showing.peek(token, cookies=cookies)).choose


def test_links_to_one_address_wait_beside_each_other(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    """Nobody voids the link of somebody else by asking for one."""
    cookies = claimed(accounts, claims, PASSWORD)
    first, _ = run(showing.begin_new(ADA)), run(showing.begin_new("ADA@example.org"))
    assert run(showing.finish(first, cookies=cookies)).made


def test_of_parallel_uses_of_a_link_one_makes_the_account(
    accounts: Accounts, claims: Claims, showing: Showing
) -> None:
    cookies = claimed(accounts, claims, PASSWORD)
    links = iter([run(showing.begin_new(ADA)) for _ in range(2)] * 4)
    answers = at_once(8, lambda: showing.finish(next(links), cookies=cookies))
    assert sum(isinstance(one, Shown) for one in answers) == 1
    assert sum(isinstance(one, Spent) for one in answers) == 7


def test_a_link_to_an_address_that_has_an_account_by_now_is_good_for_nothing(
    accounts: Accounts, showing: Showing, links: Links
) -> None:
    token = run(showing.begin_new(ADA))
    run(links.create(github(email=ADA, email_verified=True)))
    with pytest.raises(Spent):
        run(showing.peek(token))
    with pytest.raises(Spent):
        run(showing.finish(token, password=EVES))
    assert not opens(accounts, ADA, EVES)


def test_claims_and_links_are_good_for_ten_minutes(
    accounts: Accounts, claims: Claims, showing: Showing, clock: Clock
) -> None:
    cookies = claimed(accounts, claims, PASSWORD)
    clock.tick(LONGEST - 1)
    token = run(showing.begin_new(ADA))
    assert not run(showing.peek(token, cookies=cookies)).choose
    clock.tick(1)
    assert run(showing.peek(token, cookies=cookies)).choose
    clock.tick(LONGEST)
    with pytest.raises(Spent):
        run(showing.peek(token))


def test_a_claim_is_sealed_for_its_place_and_no_neighbouring_host_sets_it(
    accounts: Accounts, claims: Claims
) -> None:
    line = claims.keep(run(accounts.claim(email=ADA, password=PASSWORD)))
    assert line.startswith("__Host-sign-up=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    name, _, text = line.partition(";")[0].partition("=")
    assert claims.find(f"{name}={text}", ADA)
    for other in (text[:-2], "1.AAAA", "", f"{text}AA"):
        assert claims.find(f"{name}={other}", ADA) is None


# -- an account that claims an address -------------------------------------------------------------


def test_whoever_is_signed_in_shows_that_the_address_of_their_account_is_theirs(
    accounts: Accounts, showing: Showing, squat: User, door: Door
) -> None:
    token = run(showing.begin(squat))
    assert token
    assert not run(showing.peek(token, user=squat.id)).choose
    shown = run(showing.finish(token, user=squat.id))
    assert shown.user.email_verified
    assert not shown.closed
    assert door.ended == []
    assert opens(accounts, ADA, EVES)
    assert run(showing.begin(shown.user)) is None


def test_pre_hijacking_unexpired_session_trojan_identifier_the_link_opened_elsewhere_closes_all(
    accounts: Accounts, showing: Showing, links: Links, squat: User, door: Door
) -> None:
    run(links.link(squat.id, github()))
    token = run(showing.begin(squat))  # Eve has it mailed while Ada waits for a mail
    assert token
    assert run(showing.peek(token)).choose
    with pytest.raises(InvalidInput):
        run(showing.finish(token))
    shown = run(showing.finish(token, password=NEW))
    assert shown.closed
    assert shown.user.email_verified
    assert set(door.ended) == {squat.id}
    assert opens(accounts, ADA, NEW)
    assert not opens(accounts, "eve", EVES)
    assert run(links.list(squat.id)) == []
    assert run(links.find(github())) is None


def test_being_signed_in_to_another_account_shows_nothing(
    accounts: Accounts, showing: Showing, squat: User
) -> None:
    grace = run(accounts.sign_up(username="grace", password=PASSWORD))
    token = run(showing.begin(squat))
    assert token
    assert run(showing.peek(token, user=grace.id)).choose


def test_pre_hijacking_unexpired_email_change_what_was_asked_before_changes_nothing(
    showing: Showing, tokens: OneTimeTokens, squat: User
) -> None:
    change = run(tokens.issue("change-email", user=squat.id, target="eve@example.org"))
    token = run(showing.begin(squat))
    assert token
    run(showing.finish(token, password=NEW))
    with pytest.raises(Spent):
        run(tokens.redeem("change-email", change))


def test_pre_hijacking_classic_federated_merge_no_provider_opens_what_was_claimed(
    accounts: Accounts, links: Links, squat: User
) -> None:
    linking = Linking(users=links, by_email=True)
    ada = github("1", email=ADA, email_verified=True)
    with pytest.raises(Exception, match="sign in to it as until now"):
        run(linking.open(ada))
    opened = run(linking.open(ada, apart=True))
    assert opened
    assert opened.user != squat.id
    assert run(links.list(squat.id)) == []
    own = run(accounts.find(opened.user))
    assert own
    assert own.email is None


def test_pre_hijacking_non_verifying_idp_an_address_that_is_not_vouched_for_is_nobodys(
    accounts: Accounts, links: Links
) -> None:
    opened = run(Linking(users=links).open(github(email=ADA, email_verified=False)))
    assert opened
    made = run(accounts.find(opened.user))
    assert made
    assert made.email is None
    assert run(accounts.find_login(ADA)) is None


def test_who_was_vouched_for_keeps_the_password_and_the_providers(
    accounts: Accounts, changes: AccountChanges, showing: Showing, links: Links, door: Door
) -> None:
    """An operator who brings accounts along is no stranger."""
    kim = run(accounts.sign_up(email="kim@example.org", password=PASSWORD, vouched=True))
    run(links.link(kim.id, github()))
    token = run(showing.begin(kim))
    assert token
    assert not run(showing.peek(token)).choose
    assert not run(changes.claim(kim))  # as the first sign-in by mail does
    assert there(accounts, kim).email_verified
    assert opens(accounts, "kim@example.org", PASSWORD)
    assert len(run(links.list(kim.id))) == 1
    assert door.ended == []


def test_no_mail_by_itself_opens_an_account_with_a_second_factor(
    accounts: Accounts, showing: Showing, squat: User, clock: Clock
) -> None:
    second = SecondFactor(
        engine=accounts.engine,
        secret=Keyring(SECRET),
        throttle=Throttle(MemoryStore(), clock=clock),
        clock=clock,
    )
    enrolment = second.enrolments.begin(squat.id)
    run(second.add(squat.id, enrolment.ticket, enrolment.authenticator.code(now=clock())))
    token = run(showing.begin(squat))
    assert token
    with pytest.raises(SignInFirst):
        run(showing.finish(token, password=NEW))
    assert opens(accounts, ADA, EVES)
    assert run(showing.finish(token, user=squat.id)).user.email_verified


def test_an_account_that_is_closed_or_has_no_address_shows_none(
    accounts: Accounts, showing: Showing, squat: User
) -> None:
    nick = run(accounts.sign_up(username="grace", password=PASSWORD))
    assert run(showing.begin(nick)) is None
    token = run(showing.begin(squat))
    assert token
    run(accounts.set_disabled(squat.id, disabled=True))
    with pytest.raises(Spent):
        run(showing.finish(token, user=squat.id))


def test_of_parallel_uses_of_a_link_one_closes_the_account(showing: Showing, squat: User) -> None:
    token = run(showing.begin(squat))
    assert token
    found = at_once(8, lambda: showing.finish(token, password=NEW))
    assert sum(isinstance(one, Shown) for one in found) == 1
    assert sum(isinstance(one, Spent) for one in found) == 7


@pytest.mark.parametrize("token", ["", "A" * 43, "\ud800", "\0"])
def test_anything_else_is_good_for_nothing(showing: Showing, token: str) -> None:
    with pytest.raises(Spent):
        run(showing.peek(token))
