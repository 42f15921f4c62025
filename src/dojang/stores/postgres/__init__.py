"""A store in PostgreSQL, for many machines."""

from dojang.stores.drivers.postgres import PostgresDriver
from dojang.stores.drivers.waiting import running_loop
from dojang.stores.postgres.counters import PostgresCounters
from dojang.stores.postgres.documents import PostgresDocuments
from dojang.stores.postgres.leases import PostgresLeases
from dojang.stores.postgres.records import PostgresRecords
from dojang.stores.postgres.revocations import PostgresRevocations
from dojang.stores.postgres.schema import migrate

__all__ = ["PostgresStore"]


class PostgresStore(
    PostgresRecords, PostgresRevocations, PostgresLeases, PostgresCounters, PostgresDocuments
):
    """A store in a database, shared by all threads, event loops, processes and machines.

    An acknowledged write is as durable as the server makes it: on disk, with PostgreSQL's own
    settings. Its tables are made when it is first used; their names begin with `dojang_`, in the
    first schema of the `search_path`.
    """

    by_id = False

    def __init__(self, url: str, *, pool_size: int = 10, timeout: float = 5.0) -> None:
        """Use the database at `url`; connect when something is asked.

        Args:
            url: `postgresql://user:password@host:5432/database`, or libpq's `name=value` pairs,
                with any of libpq's parameters; its environment variables supply what is missing.
                Of several hosts the one that takes writes is used.
            pool_size: Connections at most, for each event loop and for all threads without one
                together; at least 1.
            timeout: Seconds that any answer may take, above 0; connecting has at least 2.

        Raises:
            Misuse: `url` cannot be read, or a number is out of bounds.
            MissingExtra: psycopg is not installed.
        """
        super().__init__(PostgresDriver(url, migrate, pool_size=pool_size, timeout=timeout))

    @property
    def suspends(self) -> bool:
        """Whether `find` may wait for an event loop: where one is running, and nowhere else."""
        return running_loop() is not None

    def close(self) -> None:
        """Close all connections; using the store again opens new ones."""
        self._driver.close()
