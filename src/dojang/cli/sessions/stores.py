"""Which store a verb is about, and closing it in the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from dojang.errors import Misuse
from dojang.stores import urls
from dojang.stores.foreign.source import Source
from dojang.stores.foreign.urls import open_source
from dojang.stores.sqlite import SqliteStore
from dojang.stores.whole import WholeStore

__all__ = ["AsJson", "StoreUrl", "at_once", "opened", "opened_source"]

#: Sessions that may be asked for at once, inclusive: all of them are in memory together.
_MOST = 1_000_000

#: `--store`, which is better left to the environment: a command line is for everybody to see.
StoreUrl = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="DOJANG_SESSIONS",
        help="Where the sessions are, as postgresql://user:password@host/database.",
        show_default=False,
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, an object in each line.")]


def at_once(count: int) -> int:
    """Return a number of sessions that can be asked for at once.

    Raises:
        Misuse: Nobody can ask for so many.
    """
    if not 1 <= count <= _MOST:
        raise Misuse(f"write how many sessions at once, from 1 to {_MOST:,}")
    return count


@contextmanager
def opened(url: str, *, new: bool = False) -> Iterator[WholeStore]:
    """Give the store at `url`, and close it.

    Args:
        url: As for `open_store`.
        new: Whether a file that is not there yet is made.

    Raises:
        Misuse: There is none.
    """
    _check(url)
    store = urls.open_store(url)
    if not new:
        _must_be_there(store)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_source(url: str, secrets: Sequence[str]) -> Iterator[Source]:
    """Give the sessions at `url`, which may be another framework's, and close them.

    Raises:
        Misuse: There are none.
    """
    _check(url)
    source = open_source(url, secrets=secrets)
    _must_be_there(source)
    try:
        yield source
    finally:
        source.close()


def _must_be_there(store: Source) -> None:
    """Refuse a file that is not there, which the first look would make."""
    if isinstance(store, SqliteStore) and not store.path.exists():
        raise Misuse(f"there is no file {str(store.path)!r}; see to the path after sqlite:///")


def _check(url: str) -> None:
    if url == urls.SEALED:
        raise Misuse(
            "sealed: sessions are in their cookies; those of dojang serve are in "
            "sqlite:///HOME/revocations.db, those of an application in its revocations="
        )
    if urls.scheme_of(url) == "memory":
        raise Misuse("memory: sessions are in the process that made them, and not in this one")
