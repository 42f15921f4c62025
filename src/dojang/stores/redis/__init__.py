"""A store in Redis: one server, a primary that sentinels name, or a cluster."""

from dataclasses import replace
from typing import Literal

from dojang.errors import Misuse
from dojang.stores.drivers.redis import RedisDriver
from dojang.stores.redis.catalogue import RedisCatalogue
from dojang.stores.redis.connect_redis import ConnectRedisLayout
from dojang.stores.redis.counters import RedisCounters
from dojang.stores.redis.documents import RedisDocuments
from dojang.stores.redis.index import UserIndex
from dojang.stores.redis.layout import Layout
from dojang.stores.redis.leases import RedisLeases
from dojang.stores.redis.native import NativeLayout
from dojang.stores.redis.records import RedisRecords
from dojang.stores.redis.revocations import RedisRevocations
from dojang.stores.redis.url import place_of
from dojang.wire.express import connect_redis
from dojang.wire.express.express_session import StoredCookie

__all__ = ["RedisStore"]


class RedisStore(RedisRecords, RedisRevocations, RedisLeases, RedisCounters, RedisDocuments):
    """A store for any number of machines, all threads, event loops and processes of each.

    How durable an acknowledged write is, is up to Redis; see the page about stores.
    """

    suspends = True

    #: What express-session stores for a new session, and the seconds that connect-redis gives one
    #: whose cookie has no end; None in the native layout.
    stored_cookie: StoredCookie | None = None
    default_life: int | None = None

    def __init__(  # noqa: PLR0913 - each has a name, and most a default
        self,
        url: str,
        *,
        layout: Literal["native", "connect-redis"] | connect_redis.Layout = "native",
        prefix: str | None = None,
        cookie: StoredCookie | None = None,
        timeout: float = 2.0,
        wait: int = 0,
        wait_timeout: float = 1.0,
        ca: str | None = None,
        sentinel_username: str | None = None,
        sentinel_password: str | None = None,
    ) -> None:
        """Use the Redis at `url`; connections are opened when they are first used.

        Args:
            url: `redis://user:password@host:6379/0`, `redis+sentinel://host:26379,host/master/0` or
                `redis+cluster://host:6379,host`; with `rediss` instead for TLS.
            layout: How records are filed: `native`, compact and under hashes, or as connect-redis
                does, with its options where they are not its defaults.
            prefix: What keys begin with: `dojang:`, or `sess:` as of connect-redis, unless given.
            cookie: What express-session stores for a new session, without its end; for
                connect-redis only.
            timeout: Seconds, above 0, that Redis has for an answer, and for a new connection.
            wait: How many replicas have a write before it is acknowledged (`WAIT`); 0 for none. One
                that fewer have in time is `Unavailable`, and may be kept or lost.
            wait_timeout: Seconds that they have for it, above 0 and below `timeout`.
            ca: The file of certificates that signed the servers'; the system's unless given.
            sentinel_username: Who we are to sentinels.
            sentinel_password: Their password.

        Raises:
            Misuse: The URL cannot be read, `wait_timeout` is not below `timeout`, or something is
                given that cannot apply.
            MissingExtra: redis-py is not installed.
        """
        self._driver = RedisDriver(
            place_of(
                url,
                seconds=timeout,
                ca=ca,
                sentinel_username=sentinel_username,
                sentinel_password=sentinel_password,
                wait=wait,
                wait_seconds=wait_timeout,
            )
        )
        if layout == "native":
            if cookie is not None:
                raise Misuse("cookie is what express-session stores; write layout='connect-redis'")
            own = "dojang:" if prefix is None else prefix
            self._layout: Layout = NativeLayout(self._driver, own)
        else:
            theirs = connect_redis.Layout() if layout == "connect-redis" else layout
            theirs = theirs if prefix is None else replace(theirs, prefix=prefix)
            own = f"dojang:{theirs.prefix}"
            self.stored_cookie = cookie or StoredCookie()
            self.default_life = theirs.longest
            self._layout = ConnectRedisLayout(self._driver, theirs, self.stored_cookie, own)
        self._prefix = own.encode()
        self._index = UserIndex(self._driver, own)
        self._catalogue = RedisCatalogue(self._driver, self._layout, self._index)

    def close(self) -> None:
        """Let go of all connections; using the store again opens them again."""
        self._driver.close()
