"""Users of Django sign in by our rules, with the hashes of Django."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.adapters import django_project

django_project.prepare()

from django.contrib.auth import hashers
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import override_settings

from dojang import clock
from dojang.adapters.django.passwords import DjangoHasher
from dojang.auth import Accounts
from dojang.auth.imports import Importing, Records
from dojang.auth.passwords import CHEAPEST, PasswordHasher, Verified
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


def test_what_dumpdata_writes_is_imported_and_signs_in(tmp_path: Path) -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        kim = User.objects.create_user(f"kim-{uuid4().hex[:8]}", "kim@example.org", PASSWORD)
        User.objects.create_user(f"lee-{uuid4().hex[:8]}")
    out = io.StringIO()
    call_command("dumpdata", "auth.user", format="jsonl", stdout=out)
    accounts = Accounts.on_sqlite(
        tmp_path / "accounts.db", clock=clock.now, hasher=PasswordHasher(CHEAPEST)
    )
    importing = Importing(accounts)
    records = list(Records(io.BytesIO(out.getvalue().encode()), "jsonl"))
    outcomes = {outcome.theirs: outcome for outcome in run(importing.take(records))}
    importing.close()
    assert outcomes[str(kim.pk)].password
    assert not outcomes[str(kim.pk + 1)].password
    assert run(accounts.check_password(kim.username, PASSWORD)).email == "kim@example.org"
    accounts.close()
