from collections.abc import Iterator
from pathlib import Path

import pytest

from dojang.auth import Accounts

from .kit import CountingHasher, accounts_in


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def accounts(tmp_path: Path, hasher: CountingHasher) -> Iterator[Accounts]:
    made = accounts_in(tmp_path, hasher)
    yield made
    made.close()
