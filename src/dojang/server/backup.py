"""Backups of what a server keeps in files: accounts, keys, and who is signed in."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from dojang.auth import Accounts
from dojang.auth.one_time_rows import forget_all
from dojang.errors import Misuse, Unavailable
from dojang.server.errors import BadSettings
from dojang.server.settings import Settings
from dojang.server.sqlite_copies import copy_database
from dojang.stores import urls
from dojang.stores.sqlite import SqliteStore
from dojang.stores.sqlite.anew import begin_anew
from dojang.stores.sqlite.schema import migrate

__all__ = ["back_up", "check", "databases", "restore"]

#: What each database is called in a backup.
_ACCOUNTS, _SESSIONS, _REVOCATIONS = "accounts.db", "sessions.db", "revocations.db"

_SECRET = "secret"  # noqa: S105 - the name of a file


def databases(settings: Settings) -> Mapping[str, Path]:
    """Return the SQLite files of a server by their names in a backup.

    Sessions in PostgreSQL or Redis are not among them: those have backups of their own.
    """
    found = {_ACCOUNTS: settings.home / _ACCOUNTS}
    match urls.scheme_of(settings.sessions):
        case "sqlite":
            store = urls.open_store(settings.sessions)
            assert isinstance(store, SqliteStore)
            found[_SESSIONS] = store.path
        case "sealed":
            found[_REVOCATIONS] = settings.home / _REVOCATIONS
        case _:
            pass
    return found


def back_up(settings: Settings, target: Path) -> Sequence[Path]:
    """Copy what the server keeps into a new directory, while it runs.

    Args:
        settings: Of the server.
        target: Is not there yet; readable by its owner alone, as what is in it.

    Returns:
        What was written. A secret that stands in the settings is not among it.

    Raises:
        Misuse: `target` is there, or cannot be made; or there is no server to back up.
        Unavailable: A file cannot be read or written.
    """
    sources = {name: path for name, path in databases(settings).items() if path.exists()}
    if _ACCOUNTS not in sources:
        raise Misuse(f"there are no accounts in {settings.home}: set DOJANG_HOME to where they are")
    try:
        target.mkdir(mode=0o700)
    except OSError as error:
        raise Misuse(
            f"{target} cannot be made: {error.strerror}; name a directory that is not there yet"
        ) from None
    for name, path in sources.items():
        copy_database(path, target / name)
    if not settings.secrets:
        _copy_secret(settings.home, target)
    return sorted(target.iterdir())


def check(settings: Settings, source: Path) -> Sequence[str]:
    """Return the names of the databases in a backup, if it can be restored as the settings are.

    Raises:
        Misuse: `source` is no backup, or of sessions that are kept otherwise here.
        BadSettings: Its secret is another one than that of `settings`, or of the directory.
    """
    names = [name for name in (_ACCOUNTS, _SESSIONS, _REVOCATIONS) if (source / name).is_file()]
    if _ACCOUNTS not in names:
        raise Misuse(f"{source} is no backup: there is no {_ACCOUNTS} in it")
    if strange := [name for name in names if name not in databases(settings)]:
        raise Misuse(
            f"{source} has {strange[0]}, and DOJANG_SESSIONS is {urls.shown(settings.sessions)}: "
            "set it to what it was, or take that file out"
        )
    _check_secret(settings, source)
    return names


def restore(settings: Settings, source: Path, *, now: int) -> int:
    """Put back what a backup has, while the server runs or not; say how many sessions it ended.

    Nobody stays signed in, and no mailed link stays good: what was over when the server was lost
    may be alive in its backup. Each database changes at one instant, or stays as it was.

    Args:
        settings: Of the server.
        source: What `back_up` wrote; also by an older version.
        now: Unix milliseconds.

    Raises:
        Misuse: As for `check`.
        BadSettings: As for `check`.
        Unavailable: A file cannot be read or written; or a newer version wrote it.
    """
    names, places = check(settings, source), databases(settings)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="restoring-", dir=settings.home) as room:
        drafts = {name: Path(room) / name for name in names}
        ended = 0
        for name, draft in drafts.items():
            copy_database(source / name, draft)
            ended += _made_safe(name, draft, now)
        for name, draft in drafts.items():
            copy_database(draft, places[name])
    if not settings.secrets and not (settings.home / _SECRET).exists():
        _copy_secret(source, settings.home)
    return ended


def _made_safe(name: str, draft: Path, now: int) -> int:
    """Bring a copy up to date, without what must not come back; say how many sessions that were."""
    if name == _ACCOUNTS:
        accounts = Accounts.on_sqlite(draft, clock=lambda: now)
        try:
            forget_all(accounts.engine)
        finally:
            accounts.close()
        return 0
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            migrate(connection)
            return begin_anew(connection, now=now)
    except sqlite3.Error as error:
        raise Unavailable(f"{name} of the backup cannot be used: {error}") from error


def _check_secret(settings: Settings, source: Path) -> None:
    kept, here = source / _SECRET, settings.home / _SECRET
    if not kept.exists():
        return
    if settings.secrets or (here.exists() and here.read_bytes() != kept.read_bytes()):
        where = "DOJANG_SECRET" if settings.secrets else str(here)
        raise BadSettings(
            f"{kept} is another secret than {where}, and what it sealed would be lost, such as "
            f"second factors: put what stands in it there, or delete {kept}"
        )


def _copy_secret(source: Path, target: Path) -> None:
    if (source / _SECRET).exists():
        copyfile(source / _SECRET, target / _SECRET)
        (target / _SECRET).chmod(0o600)
