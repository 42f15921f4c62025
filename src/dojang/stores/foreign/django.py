"""Sessions that Django keeps in its database."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, LiteralString

from dojang.errors import Malformed, NotJson, Rejected, Unavailable
from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.catalogue import Page, Unreadable
from dojang.stores.drivers.waiting import running_loop
from dojang.stores.foreign.source import a_record
from dojang.wire.migration import django

__all__ = ["DjangoInPostgres", "DjangoInSqlite"]

#: Where `set_expiry` keeps what it was given; 0 is until the browser is closed.
_EXPIRY = "_session_expiry"


class _DjangoRows:
    """The rows of `django_session`; what differs between databases is below."""

    by_id = True

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    @property
    def suspends(self) -> bool:
        return False

    async def look_up(self, id: str, *, now: int) -> Record | None:
        for _, text, expires in await self._row(id, now):
            found = self._read(id, text, expires, now)
            if isinstance(found, Unreadable):
                raise Malformed(found.why)
            return found
        return None

    async def scan(self, *, after: str = "", limit: int = 500, now: int) -> Page:
        rows = await self._page(after, limit, now)
        found = [self._read(id, text, expires, now) for id, text, expires in rows]
        records = [one for one in found if isinstance(one, Record)]
        refused = [one for one in found if isinstance(one, Unreadable)]
        return Page(records, rows[-1][0] if len(rows) == limit else "", refused)

    async def count(self, *, now: int) -> int:
        raise NotImplementedError

    async def _page(self, after: str, limit: int, now: int) -> Sequence[tuple[Any, ...]]:
        raise NotImplementedError

    async def _row(self, id: str, now: int) -> Sequence[tuple[Any, ...]]:
        raise NotImplementedError

    def _read(self, id: str, text: object, expires: int, now: int) -> Record | Unreadable:
        try:
            if not isinstance(text, str):
                raise Malformed("the session_data of the row are no text")
            data = django.read(text, secrets=self._secrets)
            record = a_record(id, data, expires=expires, now=now)
        except (Rejected, NotJson) as error:
            return Unreadable(handle_of(id), str(error))
        return replace(record, remember=data.get(_EXPIRY) != 0)


class DjangoInPostgres(_DjangoRows):
    """Those of a PostgreSQL, where an instant without a zone is taken for UTC."""

    _INSTANT: LiteralString = "(extract(epoch FROM expire_date) * 1000)::bigint"
    _SCAN: LiteralString = f"""
        SELECT session_key, session_data, {_INSTANT} FROM django_session
        WHERE session_key > %(after)s AND {_INSTANT} > %(now)s
        ORDER BY session_key LIMIT %(limit)s
    """
    _FIND: LiteralString = f"""
        SELECT session_key, session_data, {_INSTANT} FROM django_session
        WHERE session_key = %(id)s AND {_INSTANT} > %(now)s
    """
    _COUNT: LiteralString = f"SELECT count(*) FROM django_session WHERE {_INSTANT} > %(now)s"

    def __init__(self, url: str, secrets: Sequence[str], **options: Any) -> None:
        """Open nothing yet.

        Args:
            url: As of `PostgresStore`.
            secrets: `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.
            options: As of `PostgresStore`.

        Raises:
            Misuse: `url` cannot be read.
            MissingExtra: psycopg is not installed.
        """
        from dojang.stores.drivers.postgres import PostgresDriver  # noqa: PLC0415 - needs an extra

        super().__init__(secrets)
        self._driver = PostgresDriver(url, _as_it_is, **options)

    @property
    def suspends(self) -> bool:
        return running_loop() is not None

    async def count(self, *, now: int) -> int:
        ((count,),) = await self._driver.read((self._COUNT, {"now": now}))
        return int(count)

    def close(self) -> None:
        self._driver.close()

    async def _page(self, after: str, limit: int, now: int) -> Sequence[tuple[Any, ...]]:
        values: dict[str, object] = {"after": after, "limit": limit, "now": now}
        return await self._driver.read((self._SCAN, values))

    async def _row(self, id: str, now: int) -> Sequence[tuple[Any, ...]]:
        return await self._driver.read((self._FIND, {"id": id, "now": now}))


class DjangoInSqlite(_DjangoRows):
    """Those of an SQLite file, which is only read."""

    _INSTANT: LiteralString = "CAST(strftime('%s', expire_date) AS INTEGER) * 1000"
    _SCAN: LiteralString = f"""
        SELECT session_key, session_data, {_INSTANT} FROM django_session
        WHERE typeof(session_key) = 'text' AND session_key > ? AND {_INSTANT} > ?
        ORDER BY session_key LIMIT ?
    """
    _FIND: LiteralString = f"""
        SELECT session_key, session_data, {_INSTANT} FROM django_session
        WHERE session_key = ? AND {_INSTANT} > ?
    """
    _COUNT: LiteralString = f"SELECT count(*) FROM django_session WHERE {_INSTANT} > ?"

    def __init__(self, path: str, secrets: Sequence[str]) -> None:
        """Open nothing yet.

        Args:
            path: The file.
            secrets: `SECRET_KEY`, and `SECRET_KEY_FALLBACKS`.
        """
        super().__init__(secrets)
        self._path = Path(path).absolute()

    async def count(self, *, now: int) -> int:
        ((count,),) = self._ask(self._COUNT, (now,))
        return int(count)

    def close(self) -> None:
        """Do nothing: the file is closed after each look."""

    async def _page(self, after: str, limit: int, now: int) -> Sequence[tuple[Any, ...]]:
        return self._ask(self._SCAN, (after, now, limit))

    async def _row(self, id: str, now: int) -> Sequence[tuple[Any, ...]]:
        return self._ask(self._FIND, (id, now))

    def _ask(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as db:
                return db.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"the database {self._path.name} does not answer: {error}") from error


async def _as_it_is(connection: object) -> None:
    """Change nothing in a database that is Django's."""
    del connection
