"""`dojang sessions copy`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from dojang import clock
from dojang.cli.sessions.bookmark import Bookmark
from dojang.cli.sessions.copying import Copied, Copying
from dojang.cli.sessions.output import out, print_object, print_unreadable, progress
from dojang.cli.sessions.stores import AsJson, opened, opened_source
from dojang.errors import Misuse
from dojang.session.principal import Place
from dojang.stores.foreign.urls import principal_of

__all__ = ["copy"]

#: The exit code when not all went over.
_SOME_LEFT = 1


def copy(
    *,
    source: Annotated[str, typer.Option("--from", help="URL of the store they are in.")],
    target: Annotated[str, typer.Option("--to", help="URL of the store they should be in too.")],
    after: Annotated[str, typer.Option(help="Go on where another copy ended.")] = "",
    cursor_file: Annotated[
        Path | None,
        typer.Option(help="Where to keep how far it is: the same command goes on from there."),
    ] = None,
    principal: Annotated[
        str | None,
        typer.Option(help="Where the data say whose a session is, as user.id."),
    ] = None,
    secrets: Annotated[
        str,
        typer.Option(
            "--django-secrets",
            envvar="DJANGO_SECRET_KEY",
            help="What signed Django's sessions, a line each; better left to the environment.",
            show_default=False,
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Copy live sessions to another store, and leave those that it has already.

    Let the application use the other store first, with the secret it had: then nobody can sign out
    of a session that comes back with the copy, and whoever comes before it is done is signed in
    again as soon as it is.

    A session that cannot be read, or that the other store does not take, is named and left behind;
    the exit code is then 1.

    Sessions of other frameworks are read from flask-session+redis://host, starsessions+redis://host,
    django+postgresql://user@host/database and django+sqlite:///db.sqlite3.
    """
    if source == target:
        raise Misuse("--from and --to are the same store")
    bookmark = Bookmark(cursor_file, source=source, target=target, after=after)
    path = principal or principal_of(source)
    place = None if path is None else Place(path)
    with opened_source(source, secrets.splitlines()) as old, opened(target, new=True) as new:
        copied = asyncio.run(_copy(Copying(old, new, bookmark, place)))
    bookmark.done()
    left = f", {copied.left_behind} left behind" if copied.left_behind else ""
    if as_json:
        there = copied.there_already
        print_object(
            {"copied": copied.new, "there_already": there, "left_behind": copied.left_behind}
        )
    else:
        out.print(f"{copied.new} copied, {copied.there_already} were there already{left}")
    if copied.left_behind:
        raise typer.Exit(_SOME_LEFT)


async def _copy(copying: Copying) -> Copied:
    with progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=await copying.source.count(now=clock.now()))
        async for count, left in copying.pages():
            bar.advance(task, count)
            print_unreadable("left behind", left)
    return copying.copied
