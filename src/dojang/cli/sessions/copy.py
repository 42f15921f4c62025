"""`dojang sessions copy`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from dojang import clock
from dojang.cli.sessions.copying import Bookmark, Copied, Copying
from dojang.cli.sessions.output import out, print_object, progress
from dojang.cli.sessions.stores import AsJson, opened
from dojang.errors import Misuse

__all__ = ["copy"]


def copy(
    source: Annotated[str, typer.Option("--from", help="URL of the store they are in.")],
    target: Annotated[str, typer.Option("--to", help="URL of the store they should be in too.")],
    after: Annotated[str, typer.Option(help="Go on where another copy ended.")] = "",
    cursor_file: Annotated[
        Path | None,
        typer.Option(help="Where to keep how far it is: the same command goes on from there."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy live sessions to another store, and leave those that it has already.

    Let the application use the other store first, with the secret it had: then nobody can sign out
    of a session that comes back with the copy, and whoever comes before it is done is signed in
    again as soon as it is.
    """
    if source == target:
        raise Misuse("--from and --to are the same store")
    bookmark = Bookmark(cursor_file, after)
    with opened(source) as old, opened(target) as new:
        copied = asyncio.run(_copy(Copying(old, new, bookmark)))
    bookmark.done()
    if as_json:
        print_object({"copied": copied.new, "there_already": copied.there_already})
    else:
        out.print(f"{copied.new} copied, {copied.there_already} were there already")


async def _copy(copying: Copying) -> Copied:
    with progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=await copying.source.count(now=clock.now()))
        async for page in copying.pages():
            bar.advance(task, page)
    return copying.copied
