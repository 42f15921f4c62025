"""A store in Redis: one server, a primary that sentinels name, or a cluster."""

from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.redis.catalogue import RedisCatalogue
from dojang.stores.redis.counters import RedisCounters
from dojang.stores.redis.index import UserIndex
from dojang.stores.redis.layout import Layout
from dojang.stores.redis.leases import RedisLeases
from dojang.stores.redis.native import NativeLayout
from dojang.stores.redis.records import RedisRecords
from dojang.stores.redis.revocations import RedisRevocations
from dojang.stores.redis.url import place_of

__all__ = ["RedisStore"]


class RedisStore(RedisRecords, RedisRevocations, RedisLeases, RedisCounters):
    """A store for any number of machines, all threads, event loops and processes of each.

    How durable an acknowledged write is, is up to Redis; see the page about stores.
    """

    suspends = True

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "dojang:",
        timeout: float = 2.0,
        ca: str | None = None,
        sentinel_username: str | None = None,
        sentinel_password: str | None = None,
    ) -> None:
        """Use the Redis at `url`; connections are opened when they are first used.

        Args:
            url: `redis://user:password@host:6379/0`, `redis+sentinel://host:26379,host/master/0` or
                `redis+cluster://host:6379,host`; with `rediss` instead for TLS.
            prefix: What all keys begin with.
            timeout: Seconds, above 0, that Redis has for an answer, and for a new connection.
            ca: The file of certificates that signed the servers'; the system's unless given.
            sentinel_username: Who we are to sentinels.
            sentinel_password: Their password.

        Raises:
            Misuse: The URL cannot be read.
            MissingExtra: redis-py is not installed.
        """
        place = place_of(
            url,
            seconds=timeout,
            ca=ca,
            sentinel_username=sentinel_username,
            sentinel_password=sentinel_password,
        )
        self._driver = RedisDriver(place)
        self._prefix = prefix.encode()
        self._layout: Layout = NativeLayout(self._driver, prefix)
        self._index = UserIndex(self._driver, prefix)
        self._catalogue = RedisCatalogue(self._driver, self._layout, self._index)

    def close(self) -> None:
        """Let go of all connections; using the store again opens them again."""
        self._driver.close()
