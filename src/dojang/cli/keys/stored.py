"""The keys of the server that the settings describe."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from rich import box
from rich.console import Console
from rich.table import Table

from dojang import blocking
from dojang.cli.sessions.output import instant, out, print_object
from dojang.errors import Misuse
from dojang.extras import extra
from dojang.stores import urls
from dojang.tokens.stored_keys import StoredKey, StoredKeys

__all__ = ["parts", "print_keys", "stored_keys"]

T = TypeVar("T")

Wait = Callable[[Coroutine[Any, Any, T]], T]


@contextmanager
def parts() -> Iterator[Any]:
    """Give the parts of the server, as `dojang serve` would run it here.

    Raises:
        BadSettings: It could not run.
        Misuse: It keeps nothing beyond its process.
        MissingExtra: The server is not installed.
    """
    with extra("server"):
        from dojang.server.assembly import assemble, close  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings = Settings.load()
    if urls.scheme_of(settings.sessions) == "memory":
        raise Misuse("DOJANG_SESSIONS is memory:, which is in the process of the server alone")
    assembled = assemble(settings)
    try:
        yield assembled
    finally:
        close(assembled)


@contextmanager
def stored_keys() -> Iterator[tuple[StoredKeys, int, Callable[[Coroutine[Any, Any, Any]], Any]]]:
    """Give the signing keys, the time, and what waits for an answer.

    Raises:
        Misuse: Access tokens are signed with the secret, or as `parts`.
    """
    with parts() as assembled:
        keys = assembled.tokens.keys
        if not isinstance(keys, StoredKeys):
            raise Misuse(
                "DOJANG_ACCESS_ALGORITHM is HS256: access tokens are signed with DOJANG_SECRET, "
                "which rotates by itself: put a new one in front"
            )
        yield keys, assembled.tokens.clock(), blocking.run


def print_keys(stored: Sequence[StoredKey], *, as_json: bool = False) -> None:
    """Print a line for each key; never the key itself."""
    rows = [
        {
            "kid": one.key.kid,
            "algorithm": one.algorithm,
            "part": one.part,
            "since": instant(one.since),
            "until": None if one.until is None else instant(one.until),
        }
        for one in stored
    ]
    if as_json:
        for row in rows:
            print_object(row)
        return
    table = Table("kid", "algorithm", "part", "since", "until", box=box.SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*(str(value or "") for value in row.values()))
    console = out if out.is_terminal else Console(width=400, highlight=False)
    console.print(table)
