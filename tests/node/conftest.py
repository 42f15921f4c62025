from collections.abc import Iterator

import pytest

from tests.need import need, need_peers
from tests.node.judge import Judge


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    need_peers()
    judge = Judge(need("node"))
    yield judge
    judge.close()
