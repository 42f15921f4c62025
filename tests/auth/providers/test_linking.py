"""Whose account an identity opens."""

import asyncio
from dataclasses import replace

import pytest

from dojang.auth.providers import AlreadyLinked, Declined, Identity, LinkFirst, Linking
from dojang.testing import Clock
from tests.auth.providers.kit import Site, Table, party, run
from tests.fakes.openid import FakeIssuer

ADA = Identity(
    provider="google",
    issuer="https://accounts.google.com",
    subject="1",
    email="ada@example.org",
    email_verified=True,
)
UNVERIFIED = replace(ADA, email_verified=False)


@pytest.fixture
def table() -> Table:
    return Table()


def test_who_comes_twice_is_the_same(table: Table) -> None:
    linking = Linking(users=table)
    first, again = run(linking.open(ADA)), run(linking.open(replace(ADA, email=None)))
    assert first
    assert again
    assert (first.user, first.new, again.user, again.new) == ("user-1", True, "user-1", False)


def test_two_issuers_with_one_address_are_two_people(table: Table) -> None:
    linking = Linking(users=table, by_email=False)
    other = replace(ADA, issuer="https://github.com", provider="github")
    users = {found.user for one in (ADA, other) if (found := run(linking.open(one)))}
    assert len(users) == 2


def test_the_subject_of_one_issuer_is_nobody_at_another(table: Table) -> None:
    linking = Linking(users=table)
    run(linking.open(ADA))
    found = run(linking.open(replace(ADA, issuer="https://evil.example", email=None)))
    assert found
    assert found.new


@pytest.mark.parametrize(
    ("identity", "by_email", "user"),
    [(ADA, True, "owner"), (ADA, False, "user-1"), (UNVERIFIED, True, "user-1")],
)
def test_an_address_links_only_where_both_have_shown_it_and_we_want_it(
    table: Table, identity: Identity, by_email: bool, user: str
) -> None:
    table.proven["ada@example.org"] = "owner"
    found = run(Linking(users=table, by_email=by_email).open(identity))
    assert found
    assert found.user == user


def test_an_account_that_only_typed_the_address_is_not_opened(table: Table) -> None:
    """Somebody who signs up with an address before its owner does lies in wait."""
    table.taken.add("ada@example.org")
    with pytest.raises(LinkFirst):
        run(Linking(users=table, by_email=True).open(ADA))
    found = run(Linking(users=table, by_email=True).open(UNVERIFIED))
    assert found
    assert found.new


def test_of_two_answers_at_once_one_makes_the_account(table: Table) -> None:
    linking = Linking(users=table)

    async def both() -> list[str]:
        found = await asyncio.gather(*(linking.open(ADA) for _ in range(5)))
        return [one.user for one in found if one]

    assert len(set(asyncio.run(both()))) == 1


def test_strangers_may_be_turned_away(table: Table) -> None:
    linking = Linking(users=table, create=False)
    assert run(linking.open(ADA)) is None
    run(linking.add("ada", ADA))
    found = run(linking.open(ADA))
    assert found
    assert found.user == "ada"


def test_strangers_are_turned_away_without_an_account(issuer: FakeIssuer, clock: Clock) -> None:
    from dojang.auth.providers import oidc

    site = Site(clock, party(oidc(issuer.url), clock), create=False)
    browser = site.browser()
    with pytest.raises(Declined):
        browser.come_back("oidc", issuer.agree(browser.go("oidc")))


def test_whoever_is_signed_in_may_link_what_is_nobodys(table: Table) -> None:
    linking = Linking(users=table)
    assert run(linking.add("ada", UNVERIFIED)).linked
    assert not run(linking.add("ada", UNVERIFIED)).linked
    with pytest.raises(AlreadyLinked):
        run(linking.add("eve", UNVERIFIED))
