"""What a session costs in Redis, beside connect-redis."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dojang.session.record import Device, Login, Record
from dojang.stores.redis import RedisStore
from dojang.testing.store_contract import NOW
from dojang.wire import base64url, json
from dojang.wire.entropy import random_bytes
from tests.counts import scaled
from tests.redis import RedisServer

COUNT = scaled(100_000)
WEEK = 7 * 24 * 3600
PER_USER = 4

COOKIE = {
    "originalMaxAge": WEEK * 1000,
    "expires": "2026-01-08T00:00:00.000Z",
    "secure": True,
    "httpOnly": True,
    "path": "/",
    "sameSite": "lax",
}


def data(n: int) -> dict[str, object]:
    user = n // PER_USER
    return {
        "user": {
            "id": f"{user:08d}",
            "name": f"User No {user:07d}",
            "email": f"user{user:07d}@example.com",
            "roles": ["member", "editor"],
        },
        "csrf": base64url.encode(random_bytes(18)),
        "cart": [{"sku": f"A-{n % 9973:04d}", "qty": 1 + n % 3}],
        "locale": "en-GB",
        "flash": [],
        "lastSeen": NOW + n,
        "theme": "dark",
    }


def in_connect_redis(n: int) -> tuple[str, str]:
    """Return a session as express-session and connect-redis store it: 382 bytes of JSON."""
    return f"sess:{base64url.encode(random_bytes(24))}", json.dumps({"cookie": COOKIE, **data(n)})


def as_record(n: int, device: Device) -> Record:
    return Record(
        handle=base64url.encode(random_bytes(16)),
        data=json.dumps(data(n)),
        user=f"{n // PER_USER:08d}",
        created=NOW,
        expires=NOW + WEEK * 1000,
        login=Login(NOW, ("pwd",)),
        seen=NOW,
        device=device,
    )


def used(server: RedisServer) -> int:
    server.ask("SCRIPT", "FLUSH")
    return int(
        dict(line.split(":") for line in server.read("INFO", "memory") if ":" in line)[
            "used_memory"
        ]
    )


def cost(server: RedisServer, put: Callable[[int], Awaitable[None]]) -> float:
    """Return the bytes that Redis uses for each session that `put` stores."""

    async def fill() -> None:
        await put(0)
        before = used(server)
        for first in range(1, COUNT, 200):
            await asyncio.gather(*map(put, range(first, min(first + 200, COUNT))))
        costs.append((used(server) - before) / (COUNT - 1))

    costs: list[float] = []
    server.ask("FLUSHALL")
    asyncio.run(fill())
    return costs[0]


@pytest.mark.parametrize(
    ("device", "at_most"),
    [(Device(), 0.75), (Device("203.0.113.9", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)"), 1.0)],
    ids=["as there", "and where it was made"],
)
def test_a_session_with_its_index_takes_three_quarters_of_what_connect_redis_takes(
    redis: RedisServer,
    redis_store: RedisStore,
    device: Device,
    at_most: float,
    record_property: Callable[[str, object], None],
) -> None:
    async def theirs(n: int) -> None:
        key, text = in_connect_redis(n)
        await redis_store._driver.command("SET", key.encode(), text, "EX", WEEK)

    async def ours(n: int) -> None:
        await redis_store.insert(as_record(n, device), now=NOW)

    there = cost(redis, theirs)
    here = cost(redis, ours)
    record_property("sessions", COUNT)
    record_property("bytes of one there and here", f"{there:.0f}, {here:.0f}: {here / there:.2f}")
    assert here <= at_most * there


def test_the_measure_is_of_sessions_as_large_as_they_commonly_are() -> None:
    assert 372 <= len(in_connect_redis(1)[1]) <= 392
