import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher as Reference
from argon2 import Type
from hypothesis import given, settings
from hypothesis import strategies as st

from dojang.auth import InvalidInput, PasswordHasher, TooBusy
from dojang.auth.argon2_hashes import Argon2
from dojang.auth.passwords import CHEAPEST, Cost, Verified
from dojang.blocking import run as run_blocking
from dojang.errors import Misuse

from .kit import run

INTEROP = Path(__file__).parents[1] / "vectors" / "interop"
CASES: list[dict[str, Any]] = json.loads((INTEROP / "bcrypt.json").read_text())
CHEAP = PasswordHasher(CHEAPEST)
GOOD = Verified(ok=True, rehash=False)
OLD = Verified(ok=True, rehash=True)
WRONG = Verified(ok=False, rehash=False)


def test_the_default_is_argon2id_as_owasp_advises() -> None:
    encoded = run(PasswordHasher().hash("correct horse battery"))
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert run(PasswordHasher().verify(encoded, "correct horse battery")) == GOOD


def test_argon2_cffi_accepts_what_we_write() -> None:
    encoded = run(CHEAP.hash("correct horse battery"))
    assert Reference().verify(encoded, "correct horse battery")


def test_the_same_password_never_has_the_same_hash() -> None:
    assert run(CHEAP.hash("correct horse battery")) != run(CHEAP.hash("correct horse battery"))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_every_text_is_its_own_password(password: str) -> None:
    encoded = run_blocking(CHEAP.hash(password))
    assert run_blocking(CHEAP.verify(encoded, password)) == GOOD
    assert run_blocking(CHEAP.verify(encoded, password + "x")) == WRONG


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("a" * 72 + "b", "a" * 72 + "c"),
        ("a" * 128, "a" * 127),
        (" padded ", "padded"),
        ("nul\x00one", "nul\x00two"),
        ("Case", "case"),
    ],
)
def test_every_byte_counts_also_the_73rd(password: str, other: str) -> None:
    encoded = run(CHEAP.hash(password))
    assert run(CHEAP.verify(encoded, password)) == GOOD
    assert run(CHEAP.verify(encoded, other)) == WRONG


def test_two_keyboards_that_spell_one_text_differently_are_the_same_person() -> None:
    encoded = run(CHEAP.hash("Ångström 각도"))
    assert run(CHEAP.verify(encoded, "A\u030angstro\u0308m \u1100\u1161\u11a8도")) == GOOD


def test_an_imported_argon2_hash_of_text_that_is_not_normal_still_opens() -> None:
    decomposed = "A\u030a\u1100\u1161\u11a8도"
    encoded = Reference(time_cost=1, memory_cost=8, parallelism=1).hash(decomposed)
    assert run(CHEAP.verify(encoded, decomposed)) == GOOD


def test_a_bcrypt_hash_is_good_and_old() -> None:
    case = next(case for case in CASES if case["id"] == "bcrypt-010-2y")
    assert run(CHEAP.verify(case["wire"], case["secrets"])) == OLD
    assert run(CHEAP.verify(case["wire"], "something else")) == WRONG


def test_bcrypt_never_looked_at_byte_73_and_an_existing_hash_still_does_not() -> None:
    case = next(case for case in CASES if case["id"] == "bcrypt-016-73-bytes")
    assert run(CHEAP.verify(case["wire"], case["secrets"][:72] + "another end")) == OLD
    assert run(CHEAP.verify(case["wire"], case["secrets"][:71] + "another end")) == WRONG


@pytest.mark.parametrize(
    "weaker",
    [
        Reference(memory_cost=128, time_cost=2, parallelism=1),
        Reference(memory_cost=256, time_cost=1, parallelism=1),
        Reference(memory_cost=256, time_cost=2, parallelism=1, hash_len=16),
        Reference(memory_cost=256, time_cost=2, parallelism=1, salt_len=8),
        Reference(memory_cost=256, time_cost=2, parallelism=1, type=Type.I),
        Reference(memory_cost=256, time_cost=2, parallelism=1, type=Type.D),
    ],
    ids=["memory", "passes", "digest", "salt", "argon2i", "argon2d"],
)
def test_a_weaker_argon2_hash_is_good_and_old(weaker: Reference) -> None:
    ours = PasswordHasher(Cost(memory=256, passes=2, lanes=1))
    assert run(ours.verify(weaker.hash("correct horse"), "correct horse")) == OLD
    assert run(ours.verify(weaker.hash("correct horse"), "wrong horse")) == WRONG


def test_a_stronger_argon2_hash_is_left_alone() -> None:
    stronger = Reference(memory_cost=512, time_cost=3, parallelism=4).hash("correct horse")
    ours = PasswordHasher(Cost(memory=256, passes=2, lanes=1))
    assert run(ours.verify(stronger, "correct horse")) == GOOD


@pytest.mark.parametrize("order", ["m=8,t=1,p=1", "m=8,p=1,t=1", "p=1,t=1,m=8"])
def test_costs_are_read_in_any_order(order: str) -> None:
    encoded = run(CHEAP.hash("correct horse")).replace("m=8,t=1,p=1", order)
    assert run(CHEAP.verify(encoded, "correct horse")) == GOOD


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "!",
        "plain text",
        "$argon2id$v=19$m=8,t=1$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=8,t=1,t=1$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=8,t=1,p=1,m=8$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=8,t=1,p=0$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=999999,t=1,p=9999$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=20$m=8,t=1,p=1$c2FsdHNhbHQ$ZGlnZXN0",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ1x$ZGlnZXN0",
        "$2b$03$abcdefghijklmnopqrstuuqCVwpqbvT5hZvFy6zXxPWH3tJ6MQbgi",
        "$2b$32$abcdefghijklmnopqrstuuqCVwpqbvT5hZvFy6zXxPWH3tJ6MQbgi",
        "pbkdf2_sha256$600000$salt$digest",
        "\ud800",
    ],
)
def test_a_text_that_is_no_hash_is_never_right(broken: str) -> None:
    assert run(CHEAP.verify(broken, "correct horse")) == WRONG


def test_nobodys_password_is_never_right_not_even_the_empty_one() -> None:
    assert run(CHEAP.verify(None, "")) == WRONG
    assert run(CHEAP.verify(None, "correct horse")) == WRONG


def test_cve_2013_1443_a_megabyte_is_wrong_before_anything_is_hashed() -> None:
    slow = PasswordHasher(Cost(memory=262_144, passes=16, lanes=1))  # some seconds
    begun = time.perf_counter()
    assert run(slow.verify(None, "a" * 1_000_000)) == WRONG
    with pytest.raises(InvalidInput, match="at most 4096 bytes"):
        run(slow.hash("a" * 1_000_000))
    assert time.perf_counter() - begun < 1  # seconds


def test_half_of_a_surrogate_pair_is_wrong_and_no_crash() -> None:
    assert run(CHEAP.verify(run(CHEAP.hash("x")), "\ud800")) == WRONG
    with pytest.raises(InvalidInput):
        run(CHEAP.hash("\ud800"))


def test_a_pepper_is_needed_to_verify() -> None:
    peppered = PasswordHasher(CHEAPEST, pepper=b"kept elsewhere")
    encoded = run(peppered.hash("correct horse"))
    assert run(peppered.verify(encoded, "correct horse")) == GOOD
    assert run(CHEAP.verify(encoded, "correct horse")) == WRONG
    argon2i = Reference(memory_cost=8, time_cost=1, parallelism=1, type=Type.I)
    assert run(peppered.verify(argon2i.hash("correct horse"), "correct horse")) == WRONG


def test_without_an_event_loop_nothing_suspends() -> None:
    encoded = run_blocking(CHEAP.hash("correct horse"))
    assert run_blocking(CHEAP.verify(encoded, "correct horse")) == GOOD


def test_the_event_loop_goes_on_while_passwords_are_hashed() -> None:
    async def turns_during_a_hash() -> int:
        hashing = asyncio.ensure_future(PasswordHasher().hash("correct horse"))
        turns = 0
        while not hashing.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    assert run(turns_during_a_hash()) > 10


def test_one_caller_more_than_may_wait_is_told_to_come_back() -> None:
    hasher = PasswordHasher(workers=1, waiting=2)

    async def ten_at_once() -> list[str | BaseException]:
        ten = (hasher.hash("correct horse") for _ in range(10))
        return await asyncio.gather(*ten, return_exceptions=True)

    for _ in range(2):  # a second loop has a line of its own, and the first left none behind
        answers = run(ten_at_once())
        refused = [answer for answer in answers if isinstance(answer, TooBusy)]
        assert len(refused) == 7
        assert (refused[0].limit, refused[0].retry_after, refused[0].status) == (3, 1, 503)


def test_a_caller_who_gives_up_leaves_the_line() -> None:
    hasher = PasswordHasher(CHEAPEST, workers=1, waiting=0)

    async def give_up_and_come_back() -> str:
        gone = asyncio.ensure_future(hasher.hash("correct horse"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        return await hasher.hash("correct horse")

    assert run(give_up_and_come_back()).startswith("$argon2id$")


def test_with_an_import_everybody_costs_one_imported_hash_more() -> None:
    imported = next(case["wire"] for case in CASES if case["id"] == "bcrypt-013-rounds-10")
    hasher = PasswordHasher(CHEAPEST)
    ours = run(CHEAP.hash("correct horse"))
    assert run(hasher.verify(ours, "correct horse", beside=[imported])) == GOOD
    for encoded in (ours, None, imported):
        begun = time.process_time()
        assert run(hasher.verify(encoded, "wrong horse", beside=[imported])) == WRONG
        assert time.process_time() - begun > 0.005  # seconds; ours alone takes 0.0001


@pytest.mark.parametrize(("workers", "waiting"), [(0, 1), (1, -1)])
def test_a_line_without_room_is_a_misuse(workers: int, waiting: int) -> None:
    with pytest.raises(Misuse):
        PasswordHasher(workers=workers, waiting=waiting)


def test_no_memory_to_hash_with_is_no_wrong_password() -> None:
    script = """
import resource
from dojang.auth.argon2_hashes import Argon2, Cost
from dojang.errors import Unavailable
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
for pepper in (b"", b"pepper"):
    try:
        Argon2.make(b"x", cost=Cost(1 << 22, 1, 1), salt=bytes(16), pepper=pepper)
    except Unavailable as error:
        print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == [b"unavailable", b"unavailable"]


def test_what_is_written_is_read_back() -> None:
    made = Argon2.make(b"x", cost=CHEAPEST, salt=bytes(16))
    assert Argon2.parse(str(made)) == made


SALT, DIGEST = "e" * 22, "a" * 31


def test_a_bcrypt_hash_that_cannot_be_computed_locks_nobody_out() -> None:
    hasher = PasswordHasher(CHEAPEST)
    broken = f"$2b$10${'a' * 53}"  # a salt with bits set that no salt has
    ours = run(hasher.hash("correct horse"))
    assert run(hasher.verify(broken, "correct horse")) == Verified(ok=False, rehash=False)
    assert run(hasher.verify(ours, "correct horse", beside=[broken])).ok
    assert not run(hasher.verify(None, "correct horse", beside=[broken])).ok


TOO_COSTLY = [
    f"$2b$17${SALT}{DIGEST}",
    f"$2b$31${SALT}{DIGEST}",
    f"$2b$99${SALT}{DIGEST}",
    "$argon2id$v=19$m=19456,t=999999999,p=1$c29tZXNhbHQxMjM$" + "A" * 43,
    "$argon2id$v=19$m=999999999,t=1,p=1$c29tZXNhbHQxMjM$" + "A" * 43,
    "$argon2id$v=19$m=2040,t=1000,p=255$c29tZXNhbHQxMjM$" + "A" * 43,
    "pbkdf2_sha256$10000000$salt$" + "A" * 43 + "=",
]


@pytest.mark.parametrize("encoded", TOO_COSTLY)
def test_what_would_take_for_ever_is_nobodys_password_and_everybody_else_signs_in(
    encoded: str,
) -> None:
    hasher = PasswordHasher(CHEAPEST)
    begun = time.process_time()
    assert not run(hasher.verify(encoded, "correct horse")).ok
    assert not run(hasher.verify(None, "correct horse", beside=[encoded])).ok
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("encoded", [*TOO_COSTLY, f"$2b$10${'a' * 53}", "no hash at all", ""])
def test_what_would_open_nothing_is_refused_where_it_is_imported(encoded: str) -> None:
    with pytest.raises(Misuse, match=f"a text of {len(encoded)} characters is no hash"):
        PasswordHasher.check_imported(encoded)


def test_what_is_computed_may_be_imported() -> None:
    for case in CASES:
        if case["expect"] == "ok" and case["result"] is True:
            PasswordHasher.check_imported(case["wire"])
    PasswordHasher.check_imported(f"$2b$16${SALT}{DIGEST}")
    # RFC 9106 section 4, the first recommended option.
    PasswordHasher.check_imported("$argon2id$v=19$m=2097152,t=1,p=4$c29tZXNhbHQxMjM$" + "A" * 43)


def test_a_hasher_makes_no_hash_that_it_would_not_read() -> None:
    with pytest.raises(Misuse, match="at most 2 GiB"):
        PasswordHasher(Cost(memory=2**22, passes=1, lanes=1))
