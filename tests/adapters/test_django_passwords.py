"""Users of Django sign in by our rules, with the hashes of Django."""

from collections.abc import Iterator

import pytest

from tests.adapters import django_project

django_project.prepare()

from django.contrib.auth import hashers
from django.contrib.auth.hashers import check_password, make_password
from django.test import override_settings

from dojang.adapters.django.passwords import DjangoHasher
from dojang.auth.passwords import Verified
from tests.auth.kit import run

HASHER = DjangoHasher()
PASSWORD = "ㅋㅋㅋ correct horse"  # whose NFKC form is another text
OTHER = "pbkdf2_sha1$10$salt$" + "A" * 27 + "="


class Noted(hashers.PBKDF2PasswordHasher):
    """The preferred one, cheap, which notes its work."""

    algorithm = "noted"
    iterations = 10
    works = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        Noted.works += 1
        return str(super().encode(password, salt, iterations))


class AlsoNoted(Noted):
    algorithm = "also_noted"
    works = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        AlsoNoted.works += 1
        return str(hashers.PBKDF2PasswordHasher.encode(self, password, salt, iterations))


@pytest.fixture(autouse=True)
def two_kinds() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.Noted", f"{__name__}.AlsoNoted"]):
        yield


def test_a_hash_is_one_that_django_reads_and_the_other_way_round() -> None:
    assert check_password(PASSWORD, run(HASHER.hash(PASSWORD)))
    ours, old = make_password(PASSWORD), make_password(PASSWORD, hasher="also_noted")
    assert run(HASHER.verify(ours, PASSWORD)) == Verified(ok=True, rehash=False)
    assert run(HASHER.verify(old, PASSWORD)) == Verified(ok=True, rehash=True)
    assert run(HASHER.verify(ours, "wrong")) == Verified(ok=False, rehash=False)
    assert run(HASHER.verify(old, "wrong")) == Verified(ok=False, rehash=False)


def test_whoever_asks_costs_one_of_each_kind() -> None:
    old = make_password("x", hasher="also_noted")
    for encoded in (None, "", "!unusable", "gibberish", make_password("y"), old):
        Noted.works = AlsoNoted.works = 0
        found = run(HASHER.verify(encoded, "wrong", beside=[old]))
        assert found == Verified(ok=False, rehash=False)
        assert (Noted.works, AlsoNoted.works) == (1, 1), encoded
