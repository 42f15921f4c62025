"""Users in a table of the application's own sign in by the rules of ours."""

from dataclasses import dataclass, field, replace

import pytest

from dojang.auth import (
    AlreadyTaken,
    Holder,
    InvalidCredentials,
    InvalidInput,
    Login,
    OwnUsers,
    TooManyAttempts,
)
from dojang.auth.throttle import Throttle
from dojang.blocking import run as run_inline
from dojang.errors import Unavailable
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from tests.auth.kit import PASSWORD, CountingHasher, run
from tests.auth.test_imported_hashes import scrypt

HERE = "192.0.2.7"


@dataclass
class Table:
    """The smallest table that there is."""

    rows: dict[str, Holder] = field(default_factory=dict)
    broken: bool = False

    async def find_login(self, login: Login) -> Holder | None:
        return self.rows.get(login.key)

    async def sign_up(self, login: Login, password_hash: str) -> str:
        if login.key in self.rows:
            raise AlreadyTaken(login.field)
        self.rows[login.key] = Holder(str(len(self.rows)), password_hash)
        return self.rows[login.key].user

    async def replace_hash(self, user: str, *, old: str, new: str) -> None:
        if self.broken:
            raise Unavailable("the table is full")
        for key, row in self.rows.items():
            if (row.user, row.password_hash) == (user, old):
                self.rows[key] = replace(row, password_hash=new)


class Site:
    def __init__(self, clock: Clock, **options: object) -> None:
        self.table, self.hasher = Table(), CountingHasher()
        throttle = Throttle(MemoryStore(), clock=clock)
        self.users = OwnUsers(
            self.table,
            throttle,
            hasher=self.hasher,
            clock=clock,
            **options,  # type: ignore[arg-type] # of any kind
        )

    def sign_up(self, login: str, password: str = PASSWORD) -> str:
        return run(self.users.sign_up(login, password, address=HERE))

    def sign_in(self, login: str, password: str = PASSWORD) -> str:
        return run(self.users.by_password(login, password, address=HERE)).user

    def refused(self, login: str, password: str = PASSWORD) -> str | None:
        with pytest.raises(InvalidCredentials) as caught:
            self.sign_in(login, password)
        return caught.value.account


@pytest.fixture
def site(clock: Clock) -> Site:
    return Site(clock)


def test_somebody_signs_up_and_in_however_they_spell_it(site: Site, clock: Clock) -> None:
    assert site.sign_up("Ada@Example.org") == site.sign_in("ADA@example.ORG")
    proven = run_inline(site.users.by_password("ada@example.org", PASSWORD, address=HERE))
    assert (proven.user, proven.at) == ("0", clock())


def test_one_answer_and_one_work_for_whoever_does_not_come_in(site: Site) -> None:
    ada = site.sign_up("ada")
    site.table.rows["shut"] = replace(site.table.rows["ada"], user="7", disabled=True)
    site.table.rows["hub"] = Holder("8", None)
    before = site.hasher.hashed
    for login, password, account in (
        ("ada", "wrong wrong", ada),
        ("shut", PASSWORD, "7"),
        ("hub", PASSWORD, "8"),
        ("nobody", PASSWORD, None),
        ("not @ login", PASSWORD, None),
        ("", "", None),
        ("\0\ud800", "x", None),
    ):
        assert site.refused(login, password) == account
    assert len(site.hasher.verified) == 7
    assert site.hasher.hashed == before


def test_a_second_spelling_says_nothing_of_who_has_an_account(clock: Clock) -> None:
    for somebody in (True, False):
        site = Site(clock)
        if somebody:
            site.sign_up("ada@example.org")
        for _ in range(5):
            site.refused("ada@example.org", "wrong wrong")
        for login in ("ada@example.org", " ada@example.org", "ADA@example.org "):
            with pytest.raises(TooManyAttempts):
                site.sign_in(login)


def test_what_the_table_has_beside_is_everybodys_work(clock: Clock) -> None:
    site = Site(clock, beside=[scrypt("x")])
    site.refused("nobody")
    assert site.hasher.beside == [[scrypt("x")]]


def test_a_hash_of_elsewhere_is_replaced_once_and_never_what_came_meanwhile(site: Site) -> None:
    site.table.rows["ada"] = Holder("1", scrypt(PASSWORD))
    assert site.sign_in("ada") == "1"
    ours = site.table.rows["ada"].password_hash
    assert (ours or "").startswith("$argon2id$")
    site.sign_in("ada")
    assert site.table.rows["ada"].password_hash == ours


def test_a_table_that_cannot_keep_the_better_hash_keeps_nobody_out(site: Site) -> None:
    site.table.rows["ada"], site.table.broken = Holder("1", scrypt(PASSWORD)), True
    assert site.sign_in("ada") == "1"


def test_whoever_guesses_waits_and_the_owner_elsewhere_does_not(site: Site) -> None:
    site.sign_up("ada")
    for _ in range(5):
        site.refused("ada", "wrong wrong")
    with pytest.raises(TooManyAttempts):
        site.sign_in("ADA")
    proven = run(site.users.by_password("ada", PASSWORD, address="198.51.100.1"))
    assert proven.user == "0"


@pytest.mark.parametrize(
    ("login", "password", "field"),
    [
        ("ada@", PASSWORD, "email"),
        ("a b", PASSWORD, "username"),
        ("", PASSWORD, "username"),
        ("ada", "short", "password"),
        ("correct-horse-battery", "correct-horse-battery", "password"),
    ],
)
def test_what_breaks_a_rule_makes_nobody(site: Site, login: str, password: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        site.sign_up(login, password)
    assert caught.value.field == field
    assert site.table.rows == {}


def test_a_login_is_taken_once(site: Site) -> None:
    site.sign_up("ada")
    with pytest.raises(AlreadyTaken):
        site.sign_up("ADA")
