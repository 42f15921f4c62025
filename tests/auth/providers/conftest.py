from collections.abc import Iterator

import pytest

from dojang.auth.providers import oidc
from dojang.testing import Clock
from tests.auth.providers.kit import Site, party
from tests.fakes.http import serving
from tests.fakes.openid import FakeIssuer


@pytest.fixture
def issuer(clock: Clock) -> Iterator[FakeIssuer]:
    fake = FakeIssuer(now=clock)
    with serving(fake):
        yield fake


@pytest.fixture
def site(issuer: FakeIssuer, clock: Clock) -> Site:
    """An application with one provider, the fake issuer."""
    return Site(clock, party(oidc(issuer.url), clock))
