"""`dojang sessions sweep`."""

from typing import Annotated

import typer
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from dojang import blocking, clock
from dojang.cli.sessions.output import out, print_object, progress
from dojang.cli.sessions.stores import AsJson, StoreUrl, at_once, opened

__all__ = ["sweep"]


def sweep(
    store: StoreUrl,
    batch: Annotated[int, typer.Option(callback=at_once, help="Sessions deleted at once.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Delete what has expired; stores do so by themselves, a little at a time."""
    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} deleted"), TimeElapsedColumn())
    swept, now = 0, clock.now()
    with opened(store) as sessions, progress(*columns) as bar:
        task = bar.add_task("", total=None)
        while gone := blocking.run(sessions.sweep(now=now, limit=batch)):
            swept += gone
            bar.advance(task, gone)
    if as_json:
        print_object({"deleted": swept})
    else:
        out.print(f"{swept} deleted")
