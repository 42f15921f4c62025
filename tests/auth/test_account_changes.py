"""What changes an account signs out whoever was signed in to it, wherever sessions live."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dojang import blocking
from dojang.auth import (
    AccountChanges,
    Accounts,
    InvalidCredentials,
    InvalidInput,
    PasswordHasher,
    SignIn,
    Throttle,
    TooManyAttempts,
)
from dojang.auth.passwords import CHEAPEST
from dojang.errors import Unavailable
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.testing import Clock
from dojang.tokens import Pair, Tokens
from tests.browser import Browser
from tests.conftest import SECRET
from tests.tokens.kit import process, why, why_access
from tests.tokens.test_tokens_of_sessions import HOMES, another

from .kit import PASSWORD

NEW = "another battery of horses"


@dataclass
class Process:
    """One of several that share their accounts and the store of their sessions."""

    accounts: Accounts
    tokens: Tokens

    @property
    def changes(self) -> AccountChanges:
        return AccountChanges(self.accounts, sign_out=self.tokens.end_all)

    def sign_in(self, password: str = PASSWORD) -> tuple[Browser, Pair, Pair]:
        """A session, a pair that was made of it, and a pair that stands alone."""
        user = blocking.run(self.accounts.check_password("ada", password))
        assert self.tokens.sessions is not None
        browser = Browser(self.tokens.sessions)
        browser.visit(lambda session: session.login(user.id))
        alone = blocking.run(self.tokens.begin(user.id, at=self.tokens.clock()))
        return browser, another(self.tokens, browser), alone

    def is_signed_in(self, signed_in: tuple[Browser, Pair, Pair]) -> list[bool]:
        """Whether session, access tokens and refresh tokens are good here."""
        browser, *pairs = signed_in
        twin = browser.twin()
        assert self.tokens.sessions is not None
        twin.sessions = self.tokens.sessions
        found = [twin.visit(lambda session: session.user) is not None]
        for pair in pairs:
            found += [why_access(self.tokens, pair.access) not in {"revoked", "unknown"}]
            found += [why(self.tokens, pair.refresh) == "refreshed"]
        return found


Start = Callable[[], Process]


@pytest.fixture(params=HOMES)
def start(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Start:
    def started() -> Process:
        store = SqliteStore(tmp_path / "sessions.db")
        home = HOMES[request.param](store)
        secret = None if isinstance(home, ClientSide) else SECRET
        sessions = Sessions(home, secret=secret, clock=clock, lifetime=Lifetime(absolute=3600))
        hasher = PasswordHasher(CHEAPEST)
        accounts = Accounts.on_sqlite(tmp_path / "accounts.db", clock=clock, hasher=hasher)
        return Process(accounts, process(store, clock, sessions=sessions))

    return started


def ada(here: Process) -> str:
    return blocking.run(here.accounts.sign_up(username="ada", password=PASSWORD)).id


CHANGES: dict[str, Callable[[AccountChanges, str], Any]] = {
    "changing the password": lambda changes, id: changes.change_password(id, old=PASSWORD, new=NEW),
    "resetting the password": lambda changes, id: changes.set_password(id, NEW),
    "disabling": lambda changes, id: changes.set_disabled(id, disabled=True),
    "deleting": lambda changes, id: changes.delete(id),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_account_ends_every_earlier_session_and_token(
    start: Start, clock: Clock, change: str
) -> None:
    here, there = start(), start()
    id = ada(here)
    signed_in = [here.sign_in(), there.sign_in()]
    assert all(all(there.is_signed_in(one)) for one in signed_in)
    clock.tick(1)
    blocking.run(CHANGES[change](here.changes, id))
    clock.tick(1)
    for one in signed_in:
        assert not any(here.is_signed_in(one))
        assert not any(there.is_signed_in(one))


def test_who_changes_the_password_stays_and_the_new_one_signs_in(
    start: Start, clock: Clock
) -> None:
    here, there = start(), start()
    id = ada(here)
    mine, other = here.sign_in(), there.sign_in()
    clock.tick(1)
    browser, of_mine, _ = mine

    def change(session: Any) -> None:
        blocking.run(here.changes.change_password(id, old=PASSWORD, new=NEW, but=session))

    browser.visit(change)
    clock.tick(1)
    assert there.is_signed_in((browser, of_mine, of_mine))[:2] == [True, True]
    assert not any(there.is_signed_in(other))
    assert all(here.is_signed_in(there.sign_in(NEW)))
    with pytest.raises(InvalidCredentials):
        there.sign_in(PASSWORD)


def test_an_account_that_is_enabled_again_has_nobody_signed_in(start: Start, clock: Clock) -> None:
    here = start()
    id = ada(here)
    before = here.sign_in()
    clock.tick(1)
    for disabled in (True, False):
        assert blocking.run(here.changes.set_disabled(id, disabled=disabled))
    clock.tick(1)
    assert not any(here.is_signed_in(before))
    assert all(here.is_signed_in(here.sign_in()))


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [("wrong wrong", NEW, InvalidCredentials), (PASSWORD, "short", InvalidInput)],
)
def test_a_change_that_is_refused_signs_nobody_out(
    start: Start, clock: Clock, old: str, new: str, refusal: type[Exception]
) -> None:
    here = start()
    id = ada(here)
    signed_in = here.sign_in()
    clock.tick(1)
    with pytest.raises(refusal):
        blocking.run(here.changes.change_password(id, old=old, new=new))
    assert all(here.is_signed_in(signed_in))


@pytest.mark.parametrize("start", ["sealed"], indirect=True)
def test_of_parallel_changes_from_one_password_one_succeeds(start: Start) -> None:
    """A thief who knows the password does not take the account from whoever changes it."""
    here, there = start(), start()
    id = ada(here)

    async def both() -> list[Any]:
        changes = (
            one.changes.change_password(id, old=PASSWORD, new=f"{NEW} {n}")
            for n, one in enumerate((here, there, here, there))
        )
        return await asyncio.gather(*changes, return_exceptions=True)

    answers = asyncio.run(both())
    assert sorted(type(answer).__name__ for answer in answers) == [
        "InvalidCredentials", "InvalidCredentials", "InvalidCredentials", "NoneType",
    ]  # fmt: skip
    here.sign_in(f"{NEW} {answers.index(None)}")


@pytest.mark.parametrize("start", ["sealed"], indirect=True)
@pytest.mark.parametrize("change", CHANGES)
def test_where_nobody_can_be_signed_out_nothing_is_changed(start: Start, change: str) -> None:
    here = start()
    id = ada(here)

    async def down(user: str, *, but: Any = None) -> int:
        raise Unavailable(f"the store is down, and {user} is signed in still, {but} too")

    with pytest.raises(Unavailable):
        blocking.run(CHANGES[change](AccountChanges(here.accounts, sign_out=down), id))
    here.sign_in()


@pytest.mark.parametrize("start", ["sealed"], indirect=True)
@pytest.mark.parametrize("id", ["", "nobody", "A" * 22, "\udcff", "x\0"])
def test_nobody_is_changed_and_nobody_else_is_signed_out(
    start: Start, clock: Clock, id: str
) -> None:
    here = start()
    ada(here)
    signed_in = here.sign_in()
    clock.tick(1)
    changes = here.changes
    assert blocking.run(changes.set_password(id, NEW)) is False
    assert blocking.run(changes.set_disabled(id, disabled=True)) is False
    assert blocking.run(changes.delete(id)) is False
    with pytest.raises(InvalidCredentials):
        blocking.run(changes.change_password(id, old=PASSWORD, new=NEW))
    assert all(here.is_signed_in(signed_in))


@pytest.mark.parametrize("start", ["sealed"], indirect=True)
def test_the_name_of_a_deleted_account_is_free_for_another(start: Start) -> None:
    here = start()
    first = ada(here)
    assert blocking.run(here.changes.delete(first))
    assert ada(here) != first


@pytest.mark.parametrize("start", ["sealed"], indirect=True)
def test_whoever_has_a_session_guesses_the_password_no_faster_than_at_the_sign_in(
    start: Start, clock: Clock
) -> None:
    here = start()
    id, throttle = ada(here), Throttle(MemoryStore(), clock=clock)
    changes = AccountChanges(here.accounts, sign_out=here.tokens.end_all, throttle=throttle)
    at_the_door = SignIn(here.accounts, throttle)

    def change(old: str) -> None:
        blocking.run(changes.change_password(id, old=old, new=NEW, address="192.0.2.1"))

    for n in range(5):
        with pytest.raises(InvalidCredentials):
            change(f"a guess {n}")
    with pytest.raises(TooManyAttempts):
        change(PASSWORD)
    with pytest.raises(TooManyAttempts):
        blocking.run(at_the_door.by_password("ada", PASSWORD, address="192.0.2.1"))
    clock.tick(61)
    change(PASSWORD)
    assert blocking.run(at_the_door.by_password("ada", NEW, address="192.0.2.1")).user.id == id
