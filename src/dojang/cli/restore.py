"""`dojang restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dojang import clock
from dojang.extras import extra

__all__ = ["restore"]


def restore(
    source: Annotated[Path, typer.Argument(help="What `dojang backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of what the server has, which is kept; its sessions are over."""
    with extra("server"):
        from dojang.server import backup  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings, now = Settings.load(), clock.now()
    backup.check(settings, source)
    places = backup.databases(settings).values()
    if not yes:
        shown = ", ".join(str(path) for path in places if path.exists()) or str(settings.home)
        typer.confirm(f"Replace {shown} by what is in {source}?", abort=True)
    if any(path.exists() for path in places):
        when = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        kept = settings.home / f"before-restore-{when}"
        backup.back_up(settings, kept)
        typer.echo(f"what was there is kept in {kept}")
    ended = backup.restore(settings, source, now=now)
    typer.echo(f"{source} is restored; {ended:,} sessions in it were ended, and no link is good")
