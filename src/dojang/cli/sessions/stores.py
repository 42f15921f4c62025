"""Which store a verb is about, and closing it in the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from dojang.errors import Misuse
from dojang.stores import urls
from dojang.stores.foreign.source import Source
from dojang.stores.foreign.urls import open_source
from dojang.stores.whole import WholeStore

__all__ = ["AsJson", "StoreUrl", "opened", "opened_source"]

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


@contextmanager
def opened(url: str) -> Iterator[WholeStore]:
    """Give the store at `url`, and close it.

    Raises:
        Misuse: There is none.
    """
    _check(url)
    store = urls.open_store(url)
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
    try:
        yield source
    finally:
        source.close()


def _check(url: str) -> None:
    if url == urls.SEALED:
        raise Misuse("sealed: sessions are in their cookies, and no store knows them")
    if urls.scheme_of(url) == "memory":
        raise Misuse("memory: sessions are in the process that made them, and not in this one")
