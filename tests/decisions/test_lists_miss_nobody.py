"""In Redis a user's list is a key of its own: it misses no session that anybody can use."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import TooManySessions, Unavailable
from dojang.session.limit import Limit
from dojang.stores.drivers.redis_asks import Answer, Ask
from dojang.stores.redis import RedisStore
from dojang.testing.store_contract import NOW, of_user
from tests.redis import RedisServer, redis_server

Measured = Callable[[str, object], None]


class Dying:
    """Lets so many commands through and then none, as if the process had been killed."""

    def __init__(self, store: RedisStore, commands: int) -> None:
        self._run, self._left = store._driver.run, commands
        store._driver.run = self  # type: ignore[method-assign] # for the rest of its life

    async def __call__(self, ask: Ask) -> Sequence[Answer]:
        self._left -= 1
        if self._left < 0:
            raise Unavailable("killed")
        return await self._run(ask)


def dying(redis: RedisServer, commands: int) -> RedisStore:
    store = RedisStore(redis.url)
    Dying(store, commands)
    return store


def listed(store: RedisStore) -> list[str]:
    return [record.handle for record in blocking.run(store.list("ada", now=NOW))]


@pytest.fixture(params=range(8))
def killed_after(request: pytest.FixtureRequest) -> int:
    """Commands that a process sends before it is killed."""
    count: int = request.param
    return count


def test_a_login_that_was_acknowledged_is_listed_wherever_another_one_is_killed(
    redis: RedisServer, redis_store: RedisStore, killed_after: int
) -> None:
    blocking.run(redis_store.insert(of_user("h1"), now=NOW))
    victim = dying(redis, killed_after)
    try:
        blocking.run(victim.replace(of_user("h1"), of_user("h2"), now=NOW))
        acknowledged = "h2"
    except Unavailable:
        acknowledged = ""
    victim.close()
    found = {name for name in ("h1", "h2") if blocking.run(redis_store.find(name)) is not None}
    assert found
    usable = found & {"h1", acknowledged}
    assert usable <= set(listed(redis_store))
    assert set(listed(redis_store)) <= found


def test_whoever_reads_the_list_finishes_what_a_killed_process_began(
    redis: RedisServer, redis_store: RedisStore, killed_after: int
) -> None:
    for n in range(3):
        blocking.run(redis_store.insert(of_user(f"h{n}", age=100 - n), now=NOW))
    victim = dying(redis, killed_after)
    with suppress(Unavailable):
        blocking.run(victim.insert(of_user("new"), now=NOW, limit=Limit(1)))
    victim.close()
    names = listed(redis_store)
    there = {n for n in ("h0", "h1", "h2", "new") if blocking.run(redis_store.find(n)) is not None}
    assert set(names) == there - ({"new"} - set(names))
    assert redis.ask("ZCARD", "dojang:u:ada") == f":{len(names)}".encode()


def test_what_a_killed_logout_left_in_the_list_takes_nobodys_place(
    redis: RedisServer, redis_store: RedisStore
) -> None:
    blocking.run(redis_store.insert(of_user("h1"), now=NOW))
    victim = dying(redis, 1)
    with pytest.raises(Unavailable):
        blocking.run(victim.remove("h1"))
    victim.close()
    blocking.run(redis_store.insert(of_user("h2"), now=NOW, limit=Limit(1, "refuse")))
    assert listed(redis_store) == ["h2"]
    with pytest.raises(TooManySessions):
        blocking.run(redis_store.insert(of_user("h3"), now=NOW, limit=Limit(1, "refuse")))


def test_listing_and_ending_costs_the_same_however_many_sessions_there_are(
    tmp_path: Path, record_property: Measured
) -> None:
    """Counted by the server: what it runs to list and to end, and the time it takes."""
    with redis_server(tmp_path / "redis", "--enable-debug-command", "yes") as server:
        store = RedisStore(server.url)
        asked: list[dict[str, int]] = []
        costs: list[int] = []
        for others in (1_000, 1_000_000):
            server.ask("DEBUG", "POPULATE", others, "dojang:s:")
            looks = [listed_and_ended(server, store) for _ in range(10)]
            asked += [{name: calls for name, (calls, _) in look.items()} for look in looks[1:]]
            # The least of them, because whatever else the machine did was not the session's cost.
            costs.append(min(sum(time for _, time in look.values()) for look in looks[1:]))
            record_property(f"microseconds in Redis, beside {others:,} sessions", costs[-1])
        store.close()
    assert asked == [asked[0]] * 18
    assert asked[0].keys().isdisjoint({"scan", "keys"})
    assert costs[1] <= 3 * costs[0]


def listed_and_ended(server: RedisServer, store: RedisStore) -> dict[str, tuple[int, int]]:
    """List and end the sessions of one user; return how often Redis ran what, and for how long."""
    for n in range(4):
        blocking.run(store.insert(of_user(f"h{n}"), now=NOW))
    server.ask("CONFIG", "RESETSTAT")
    assert len(listed(store)) == 4
    assert blocking.run(store.remove_all("ada", now=NOW)) == 4
    found = re.findall(
        r"cmdstat_(\w+)(?!\|):calls=(\d+),usec=(\d+)",
        "\n".join(server.read("INFO", "commandstats")),
    )
    return {name: (int(calls), int(time)) for name, calls, time in found if name != "info"}
