"""Guessing is slow, whoever guesses and from wherever; nobody else is kept waiting."""

import random
from typing import Never

import pytest

from dojang import blocking
from dojang.auth import Accounts, InvalidCredentials, TooManyAttempts
from dojang.auth.sign_in import Proven, SignIn
from dojang.auth.sources import networks
from dojang.auth.throttle import Limits, Rate, Throttle
from dojang.errors import Unavailable
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from tests.counts import scaled

from .kit import PASSWORD, CountingHasher

HOME, CAFE = "192.0.2.1", "198.51.100.7"


class Door:
    """Where people sign in, with everything real but the time."""

    def __init__(self, accounts: Accounts, clock: Clock, limits: Limits | None = None) -> None:
        self.clock = clock
        self.sign_in = SignIn(accounts, Throttle(MemoryStore(), clock=clock, limits=limits))

    def try_(self, password: str, login: str = "ada@example.org", address: str = HOME) -> Proven:
        return blocking.run(self.sign_in.by_password(login, password, address=address))

    def guess(self, login: str = "ada@example.org", address: str = HOME) -> bool:
        """Try a wrong password; say whether it was looked at."""
        try:
            self.try_("not it", login, address)
        except InvalidCredentials:
            return True
        except TooManyAttempts:
            return False
        raise AssertionError("a wrong password opened the account")


@pytest.fixture
def clock() -> Clock:
    return Clock(1_790_000_000_000)


@pytest.fixture
def door(accounts: Accounts, clock: Clock) -> Door:
    blocking.run(accounts.sign_up(email="ada@example.org", username="ada", password=PASSWORD))
    return Door(accounts, clock)


def test_after_five_guesses_the_sixth_waits_and_is_told_how_long(door: Door) -> None:
    assert [door.guess() for _ in range(5)] == [True] * 5
    door.clock.tick(20)
    with pytest.raises(TooManyAttempts, match="too many attempts; try again in 40 seconds") as told:
        door.try_(PASSWORD)
    assert told.value.retry_after == 40
    door.clock.tick(40)
    assert door.try_(PASSWORD).user.email == "ada@example.org"


def test_whoever_goes_on_waits_longer(door: Door) -> None:
    looked_at = 0
    for _ in range(23 * 60):
        looked_at += door.guess()
        door.clock.tick(60)
    assert looked_at == 30
    assert not door.guess()


def test_what_waits_never_reaches_the_hash_function(door: Door, hasher: CountingHasher) -> None:
    for _ in range(50):
        door.guess()
    assert len(hasher.verified) == 5


def test_the_owner_comes_in_from_elsewhere_meanwhile(door: Door) -> None:
    while door.guess():
        pass
    assert door.try_(PASSWORD, address=CAFE).user.username == "ada"


def test_the_owner_comes_in_while_very_many_sources_guess(door: Door) -> None:
    for n in range(200):
        door.guess(address=f"203.0.{n}.1")
    assert door.try_(PASSWORD, address=CAFE).user.username == "ada"
    assert [door.guess(address="203.1.0.1") for _ in range(4)] == [True] * 3 + [False]


def test_a_typo_or_two_keep_the_owner_out_no_more_than_elsewhere(door: Door) -> None:
    """However long the storm goes on; and whoever has none left is told what helps."""
    for hour in range(3):
        for n in range(100):
            door.guess(address=f"203.{hour}.{n}.1")
            door.clock.tick(35)
    assert door.guess(address=CAFE)
    assert door.try_(PASSWORD, address=CAFE).user.username == "ada"
    assert [door.guess(address=CAFE) for _ in range(3)] == [True] * 3
    with pytest.raises(TooManyAttempts, match="at the earliest, or from another network") as told:
        door.try_(PASSWORD, address=CAFE)
    assert told.value.crowded
    assert door.try_(PASSWORD, address=HOME).user.username == "ada"


def test_a_try_that_nobody_could_look_at_is_none_in_a_storm_either(
    door: Door, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(100):
        door.guess(address=f"203.0.{n}.1")

    async def down(*_: object) -> object:
        raise Unavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr(accounts, "check_password", down)
        for _ in range(9):
            with pytest.raises(Unavailable):
                door.try_(PASSWORD)
    assert [door.guess() for _ in range(4)] == [True] * 3 + [False]


def test_a_right_password_is_no_guess(door: Door) -> None:
    for _ in range(300):
        door.try_(PASSWORD)
    assert [door.guess() for _ in range(4)] == [True] * 4
    door.try_(PASSWORD)
    assert [door.guess() for _ in range(5)] == [True] * 5


def test_signing_in_to_an_account_of_ones_own_buys_no_guesses_at_others(
    accounts: Accounts, clock: Clock
) -> None:
    own = blocking.run(accounts.sign_up(username="mallory", password=PASSWORD))
    door = Door(accounts, clock, Limits(source=Rate(20, 600)))
    looked_at = 0
    for n in range(60):
        looked_at += door.guess(f"victim{n}")
        if looked_at < 20:
            assert door.try_(PASSWORD, "mallory").user == own
    assert looked_at == 20


def test_one_source_is_slow_at_all_accounts_together(door: Door) -> None:
    assert sum(door.guess(f"user{n}") for n in range(200)) == 100


#: Two spellings of one login.
SPELLINGS = [
    ("{}@example.org", "{}@EXAMPLE.ORG"),
    ("{}@example.org", " {}@example.org"),
    ("{}@example.org", "{}\uff20example.org "),
    ("{}@b\u00fccher.example", "{}@xn--bcher-kva.example"),
    ("{}", " {} "),
    ("{}", "\u3000{}\u00a0"),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=str)
@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_cve_2026_47203_another_spelling_is_no_other_login(
    accounts: Accounts, clock: Clock, spellings: tuple[str, str], name: str
) -> None:
    """And no sequence of answers says who has an account: there is no other for those who have."""
    login = spellings[0].format("ada")
    email = login if "@" in login else "ada@example.org"
    blocking.run(accounts.sign_up(email=email, username="ada", password=PASSWORD))
    door = Door(accounts, clock)
    first, second = (spelling.format(name) for spelling in spellings)
    assert [door.guess(first) for _ in range(5)] == [True] * 5
    assert not door.guess(second)


@pytest.mark.parametrize("known", [True, False])
def test_a_user_name_does_not_say_which_address_it_has(
    accounts: Accounts, clock: Clock, known: bool
) -> None:
    email = "ada@example.org" if known else "other@example.org"
    blocking.run(accounts.sign_up(email=email, username="ada", password=PASSWORD))
    door = Door(accounts, clock)
    assert [door.guess("ada@example.org") for _ in range(6)] == [True] * 5 + [False]
    assert [door.guess("ada") for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize("login", ["nobody", "a" * 5000, "\ud800", "a@b@c", "", "\0"])
def test_an_account_that_is_not_there_waits_like_one_that_is(door: Door, login: str) -> None:
    assert [door.guess(login) for _ in range(7)] == [True] * 5 + [False] * 2


def test_cve_2026_45364_the_addresses_of_one_network_are_one_source(door: Door) -> None:
    looked_at = sum(door.guess(address=f"2001:db8:1:2::{n:x}") for n in range(50))
    assert looked_at == 5


def test_a_site_with_many_networks_is_one_source_too(door: Door) -> None:
    guesses = sum(door.guess(f"user{n}", f"2001:db8:1:{n:x}::1") for n in range(1200))
    assert guesses == 1000


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("192.0.2.1", ("192.0.2.1",)),
        ("::ffff:192.0.2.1", ("192.0.2.1",)),
        ("2001:DB8::1", ("2001:db8::/64", "2001:db8::/48")),
        ("[2001:db8:0:0:ffff::1]", ("2001:db8::/64", "2001:db8::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
        ("", ()),
        ("unix", ()),
        ("192.0.2.1.evil", ()),
    ],
)
def test_an_address_has_one_spelling(address: str, wanted: tuple[str, ...]) -> None:
    assert networks(address) == wanted


class Down(MemoryStore):
    """A store that is gone."""

    async def hit(self, *_: object, **__: object) -> Never:
        raise Unavailable("gone")


def test_a_store_that_is_down_is_not_a_wrong_password(
    accounts: Accounts, clock: Clock, hasher: CountingHasher
) -> None:
    sign_in = SignIn(accounts, Throttle(Down(), clock=clock))
    with pytest.raises(Unavailable):
        blocking.run(sign_in.by_password("ada", PASSWORD, address=HOME))
    assert hasher.verified == []


def test_accounts_that_are_down_are_no_attempt(
    door: Door, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> object:
        raise Unavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr(accounts, "check_password", down)
        for _ in range(200):
            with pytest.raises(Unavailable):
                door.try_(PASSWORD)
    assert [door.guess() for _ in range(6)] == [True] * 5 + [False]


def test_f_31_a_storm_of_guesses_is_slow_and_locks_nobody_out(
    accounts: Accounts, clock: Clock, hasher: CountingHasher
) -> None:
    people = [f"user{n}" for n in range(scaled(1000))]
    for name in people[:10]:
        blocking.run(accounts.sign_up(username=name, password=PASSWORD))
    door, dice, began = Door(accounts, clock), random.Random(31), clock()
    networks_of_it = [f"2001:db8:{n:x}:1" for n in range(scaled(100))]
    looked_at = 0
    for _ in range(scaled(100_000)):
        name = dice.choice(people)
        spelled = dice.choice([name, name.upper(), f" {name}"])
        looked_at += door.guess(spelled, f"{dice.choice(networks_of_it)}::{dice.getrandbits(16):x}")
        clock.tick(0.01)
    assert len(hasher.verified) == looked_at
    windows = -(-(clock() - began) // 600_000)
    assert looked_at <= 100 * windows * len(networks_of_it)
    for name in people[:10]:
        assert door.try_(PASSWORD, name, CAFE).user.username == name
