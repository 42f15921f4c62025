import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores.memory import MemoryStore
from dojang.testing.capability_contracts import WholeContract
from dojang.testing.store_contract import HOUR, NOW, a_record


class TestMemoryStore(WholeContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


def test_a_full_store_refuses_rather_than_log_somebody_out() -> None:
    store = MemoryStore(capacity=2)
    blocking.run(store.insert(a_record("h1"), now=NOW))
    blocking.run(store.insert(a_record("h2"), now=NOW))
    with pytest.raises(Unavailable, match="holds 2 sessions"):
        blocking.run(store.insert(a_record("h3"), now=NOW))
    assert blocking.run(store.find("h1")) == a_record("h1")


def test_a_full_store_makes_room_by_what_is_over() -> None:
    store = MemoryStore(capacity=1)
    blocking.run(store.insert(a_record("h1"), now=NOW))
    late = NOW + HOUR
    blocking.run(store.insert(a_record("h2", expires=late + HOUR), now=late))
    assert blocking.run(store.find("h1")) is None
    assert len(store) == 1
