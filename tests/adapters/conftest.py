from collections.abc import Iterator

import pytest

from dojang.sessions import Sessions
from dojang.testing import Clock
from tests.adapters import django_project
from tests.adapters.homes import HOMES, IN_COOKIE, ON_SERVER, made
from tests.adapters.served import SERVERS
from tests.adapters.stage import Stage

django_project.prepare()


@pytest.fixture(params=SERVERS)
def stage(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Stage]:
    stage = Stage(request.param, clock)
    with stage.stack:
        yield stage
    stage.close()


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    return made(HOMES[request.param](request.getfixturevalue), clock)


@pytest.fixture(params=IN_COOKIE)
def cookie_home(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    return made(IN_COOKIE[request.param](request.getfixturevalue), clock)


@pytest.fixture(params=ON_SERVER)
def server_home(request: pytest.FixtureRequest, clock: Clock) -> Sessions:
    return made(ON_SERVER[request.param](request.getfixturevalue), clock)
