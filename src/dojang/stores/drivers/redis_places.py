"""Which Redis: one server, the primary that sentinels name, or a cluster."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from dojang.errors import Misuse
from dojang.extras import extra
from dojang.stores.drivers.redis_asks import Address

__all__ = ["Place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where Redis is, and how to speak to it.

    Attributes:
        kind: Whether `addresses` are the one server, sentinels, or some nodes of a cluster.
        addresses: Host and port each, or the path of a socket with port 0.
        master: The name that sentinels know the primary by.
        database: Its number; a cluster has only 0.
        username: For the servers; None for the default user.
        password: For the servers; None for none.
        sentinel_username: For the sentinels.
        sentinel_password: For the sentinels.
        tls: Whether connections are encrypted.
        ca: The file of certificates that signed the servers'; None for the system's.
        seconds: How long a connection, a trip, an answer may take.
        wait: How many replicas have a write before it is acknowledged.
        wait_seconds: How long they have for that.
    """

    kind: Literal["alone", "sentinel", "cluster"] = "alone"
    addresses: tuple[Address, ...] = (("localhost", 6379),)
    master: str = ""
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sentinel_username: str | None = None
    sentinel_password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca: str | None = None
    seconds: float = 2.0
    wait: int = 0
    wait_seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.wait and not 0 < self.wait_seconds < self.seconds:
            raise Misuse(
                f"replicas have {self.wait_seconds:g} s, and the whole answer {self.seconds:g} s; "
                "write a wait_timeout above 0 and below timeout"
            )

    @property
    def name(self) -> str:
        """What errors call it; without anything secret."""
        first = self.addresses[0]
        where = _shown(first) if self.kind != "sentinel" else f"{self.master} of {_shown(first)}"
        return f"Redis at {where}"

    def connection(
        self, address: Address, *, blocking: bool, sentinel: bool = False
    ) -> "partial[Any]":
        """Return what makes a connection to `address`.

        Args:
            address: Of a server, or of a sentinel.
            blocking: Whether for threads that block, or for an event loop.
            sentinel: Which of the two it is.

        Raises:
            MissingExtra: redis-py is not installed.
        """
        with extra("redis"):
            import redis.asyncio.connection as waiting  # noqa: PLC0415 - optional
            import redis.connection as blocked  # noqa: PLC0415 - optional
            from redis.backoff import NoBackoff  # noqa: PLC0415 - optional
            from redis.retry import Retry  # noqa: PLC0415 - optional
        from redis.asyncio.retry import Retry as AsyncRetry  # noqa: PLC0415 - optional

        options: dict[str, Any] = {
            "username": self.sentinel_username if sentinel else self.username,
            "password": self.sentinel_password if sentinel else self.password,
            "db": 0 if sentinel else self.database,
            "socket_connect_timeout": self.seconds,
            # On a loop the whole trip has the limit, and reads need none of their own.
            "socket_timeout": self.seconds if blocking else None,
            "retry": Retry(NoBackoff(), 0) if blocking else AsyncRetry(NoBackoff(), 0),
            "protocol": 2,
            "driver_info": None,
        }
        module: Any = blocked if blocking else waiting
        host, port = address
        if not port:
            return partial(module.UnixDomainSocketConnection, path=host, **options)
        if self.tls:
            options |= {"ssl_ca_certs": self.ca}
        kind = module.SSLConnection if self.tls else module.Connection
        return partial(kind, host=host, port=port, socket_keepalive=True, **options)


def _shown(address: Address) -> str:
    host, port = address
    return f"{host}:{port}" if port else host
