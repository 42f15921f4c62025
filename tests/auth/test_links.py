"""What opens an account beside its password: one identity one account, and never nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from dojang import blocking
from dojang.auth import Accounts, PasswordHasher
from dojang.auth.links import Links
from dojang.auth.passwords import CHEAPEST
from dojang.auth.providers import AlreadyLinked, Identity, LastWayIn, LinkFirst, Linking
from dojang.auth.schema import upgrade
from dojang.auth.tables import metadata
from dojang.tokens import Issued
from tests.conftest import SECRET

from .kit import NOW, PASSWORD, accounts_in, run

ADA = Identity(
    provider="google",
    issuer="https://accounts.google.com",
    subject="1",
    email="ada@example.org",
    email_verified=True,
    name="Ada",
)
AT_GITHUB = replace(ADA, provider="github", issuer="https://github.com", subject="7")


@pytest.fixture(params=["sqlite", "postgres"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Accounts]:
    """Accounts in both databases."""
    if request.param == "sqlite":
        accounts = accounts_in(tmp_path)
    else:
        url: str = request.getfixturevalue("postgres_url")
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS dojang_auth_version")
            metadata.drop_all(connection)
        upgrade(engine)
        accounts = Accounts(engine, clock=lambda: NOW, hasher=PasswordHasher(CHEAPEST))
    yield accounts
    accounts.close()


@pytest.fixture
def links(kept_in: Accounts) -> Links:
    return Links(kept_in, secret=SECRET)


async def at_once(*work: Any) -> list[Any]:
    return list(await asyncio.gather(*work, return_exceptions=True))


def test_an_identity_makes_an_account_without_a_password(links: Links, kept_in: Accounts) -> None:
    id = run(links.create(ADA))
    user = run(kept_in.find(id))
    assert user
    assert (user.email, user.name, user.username) == ("ada@example.org", "Ada", None)
    assert run(links.find(ADA)) == id
    assert not run(links.has_password(id))


@pytest.mark.parametrize(
    "email", ["nobody", "a@b.com,c@d.com", "x" * 300 + "@example.org", "a\n@b.com"]
)
def test_an_address_that_nobody_could_type_here_is_not_kept(
    links: Links, kept_in: Accounts, email: str
) -> None:
    """next-auth CVE-2022-35924, and all that is no address."""
    user = run(kept_in.find(run(links.create(replace(ADA, email=email)))))
    assert user
    assert user.email is None


@pytest.mark.parametrize("email", ["\uff41da@example.org", "ada@\uff45xample.org"])
def test_an_address_is_kept_as_it_was_vouched_for_or_not_at_all(
    links: Links, kept_in: Accounts, email: str
) -> None:
    user = run(kept_in.find(run(links.create(replace(ADA, email=email)))))
    assert user
    assert user.email is None


def test_cve_2019_19844_an_address_that_is_spelled_alike_is_another_persons(
    links: Links, kept_in: Accounts
) -> None:
    strasse = run(kept_in.sign_up(email="strasse@example.org", password=PASSWORD))
    run(kept_in.verify_email(strasse.id, "strasse@example.org"))
    assert run(links.find_by_email("Strasse@example.org")) == strasse.id
    assert run(links.find_by_email("stra\u00dfe@example.org")) is None
    with pytest.raises(LinkFirst):
        run(links.create(replace(ADA, email="stra\u00dfe@example.org")))


def test_an_address_is_compared_as_at_the_sign_up(links: Links, kept_in: Accounts) -> None:
    run(kept_in.sign_up(email="Ada@Example.org", password=PASSWORD))
    with pytest.raises(LinkFirst):
        run(links.create(ADA))
    with pytest.raises(LinkFirst):
        run(links.create(replace(ADA, email="ADA@example.ORG")))
    assert run(links.create(replace(ADA, email_verified=False)))


def test_of_many_answers_at_once_one_makes_the_account(links: Links) -> None:
    linking = Linking(users=links)
    found = run(at_once(*(linking.open(ADA) for _ in range(8))))
    assert len({one.user for one in found}) == 1
    assert sum(one.new for one in found) == 1


def test_of_two_accounts_that_link_at_once_one_wins(links: Links, kept_in: Accounts) -> None:
    users = [run(kept_in.sign_up(username=f"user{n}", password=PASSWORD)) for n in range(4)]
    linking = Linking(users=links)
    found = run(at_once(*(linking.add(user.id, ADA) for user in users)))
    assert sum(isinstance(one, AlreadyLinked) for one in found) == 3


def test_nothing_is_linked_to_an_account_that_is_not_there(links: Links) -> None:
    with pytest.raises(AlreadyLinked):
        run(links.link("A" * 22, ADA))


def test_of_two_ways_that_close_at_once_one_stays(links: Links) -> None:
    for _ in range(5):
        id = run(links.create(ADA))
        run(links.link(id, AT_GITHUB))
        handles = [link.handle for link in run(links.list(id))]
        found = run(at_once(*(links.unlink(id, handle) for handle in handles)))
        assert sum(isinstance(one, LastWayIn) for one in found) == 1
        assert len(run(links.list(id))) == 1
        run(_drop(links, id))


async def _drop(links: Links, id: str) -> None:
    from dojang.auth import rows

    rows.delete(links._accounts.engine, id)


def test_a_password_is_a_way_in_as_well(links: Links, kept_in: Accounts) -> None:
    user = run(kept_in.sign_up(username="ada", password=PASSWORD))
    run(links.link(user.id, ADA))
    (link,) = run(links.list(user.id))
    assert (link.provider, link.email, link.linked) == ("google", "ada@example.org", NOW)
    assert run(links.unlink(user.id, link.handle)) == []
    assert run(links.find(ADA)) is None


@pytest.mark.parametrize("handle", ["", "x", "\0", "한", "\ud800", "A" * 22, "A" * 10_000])
def test_any_handle_is_safe_to_pass(links: Links, handle: str) -> None:
    id = run(links.create(ADA))
    assert run(links.unlink(id, handle)) == []
    assert len(run(links.list(id))) == 1


def test_the_newest_tokens_are_kept_sealed_and_an_old_refresh_token_stays(links: Links) -> None:
    id = run(links.create(ADA))
    run(links.keep(ADA, Issued(access="a-first", refresh="r-first", expires=NOW)))
    run(links.keep(ADA, Issued(access="a-second", expires=NOW + 1)))
    (grant,) = run(links.grants(id))
    assert grant.provider == "google"
    assert grant.issued == Issued(access="a-second", refresh="r-first", expires=NOW + 1)
    assert "first" not in repr(grant)


def test_tokens_of_a_secret_that_is_gone_are_none(links: Links, kept_in: Accounts) -> None:
    id = run(links.create(ADA))
    run(links.keep(ADA, Issued(access="a")))
    assert run(Links(kept_in, secret="another secret, as long as one must be").grants(id)) == []


def test_synchronous_code_has_the_same(links: Links) -> None:
    id = blocking.run(links.create(ADA))
    assert blocking.run(links.find(ADA)) == id
    assert len(blocking.run(links.list(id))) == 1
