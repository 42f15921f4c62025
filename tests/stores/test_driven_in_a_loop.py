"""Synchronous code in the thread of an event loop: what a store cannot wait for is not begun."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse
from dojang.stores.memory import MemoryStore
from dojang.stores.postgres import PostgresStore
from dojang.testing.capability_contracts import a_document
from dojang.testing.store_contract import NOW, a_record

Given = Callable[[str], Any]

STORES: dict[str, Callable[[Given], Any]] = {
    "sqlite": lambda given: given("sqlite_store"),
    "redis": lambda given: given("redis_store"),
    "connect-redis": lambda given: given("connect_redis_store"),
    "cluster": lambda given: given("cluster_store"),
    "postgres": lambda given: PostgresStore(given("postgres_url")),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Any:
    return STORES[request.param](request.getfixturevalue)


def the(store: Any, handle: str) -> Any:
    """A record as the store files it."""
    return a_record(handle, id=f"id-of-{handle}" if store.by_id else "")


def driven(work: Coroutine[Any, Any, Any]) -> None:
    with pytest.raises(Misuse, match="from synchronous code"):
        blocking.run(work)


async def turns(store: Any) -> None:
    """Let everything end that was begun: what is asked later is answered later."""
    await store.insert(the(store, "later"), now=NOW)
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*pending)


def test_what_raises_was_not_done(store: Any) -> None:
    """A write that was handed on, and then let go of, ended sessions of people who stayed."""
    before, after = the(store, "before"), the(store, "after")

    async def main() -> None:
        await store.insert(before, now=NOW)
        driven(store.insert(the(store, "other"), now=NOW))
        driven(store.replace(before, after, now=NOW))
        driven(store.touch(before, now=NOW))
        driven(store.remove("before"))
        await turns(store)
        assert await store.find("before", id=before.id) == before
        assert await store.find("after", id=after.id) is None
        assert await store.find("other", id="id-of-other") is None

    asyncio.run(main())
    store.close()


def test_what_asks_in_several_places_at_once_begins_in_none(store: Any) -> None:
    async def main() -> None:
        for handle in ("h1", "h2"):
            await store.insert(replace(the(store, handle), user="ada"), now=NOW)
        driven(store.remove_all("ada", now=NOW))
        await turns(store)
        assert len(await store.list("ada", now=NOW)) == 2

    asyncio.run(main())
    store.close()


def test_a_thread_without_a_loop_may_wait(store: Any) -> None:
    blocking.run(store.insert(the(store, "h"), now=NOW))
    assert blocking.run(store.find("h", id="id-of-h")) is not None
    store.close()


def test_a_store_that_needs_no_waiting_is_asked_anywhere() -> None:
    async def main() -> None:
        store = MemoryStore()
        blocking.run(store.insert(a_record("h"), now=NOW))
        assert blocking.run(store.find("h")) is not None

    asyncio.run(main())


def test_who_is_driven_says_nothing_about_those_who_wait(sqlite_store: Any) -> None:
    """What a driven coroutine starts, and what runs after it, waits as ever."""

    async def start() -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(sqlite_store.put(None, a_document(), now=NOW))

    async def main() -> None:
        assert await blocking.run(start()) is True
        assert not blocking.is_driving()

    asyncio.run(main())
