"""A store in an SQLite file: the default, and a real store."""

from pathlib import Path

from dojang.stores.drivers.sqlite import SqliteDriver
from dojang.stores.sqlite.counters import SqliteCounters
from dojang.stores.sqlite.documents import SqliteDocuments
from dojang.stores.sqlite.leases import SqliteLeases
from dojang.stores.sqlite.records import SqliteRecords
from dojang.stores.sqlite.revocations import SqliteRevocations
from dojang.stores.sqlite.schema import migrate

__all__ = ["SqliteStore"]


class SqliteStore(SqliteRecords, SqliteRevocations, SqliteLeases, SqliteCounters, SqliteDocuments):
    """A store in one file, shared by all threads, event loops and processes of one machine.

    An acknowledged write is on disk (`synchronous=FULL`). The file is opened when it is first used,
    and again after a fork.
    """

    suspends = False
    by_id = False

    def __init__(self, path: str | Path) -> None:
        """Use the database at `path`, created when missing.

        Raises:
            Misuse: `path` names no file.
        """
        super().__init__(SqliteDriver(path, migrate))

    @property
    def path(self) -> Path:
        """Where its file is, once there is one."""
        return self._driver.path

    def close(self) -> None:
        """Finish what is queued and close the file; using the store again opens it again."""
        self._driver.close()
