"""`dojang backup`."""

from pathlib import Path
from typing import Annotated

import typer

from dojang.extras import extra

__all__ = ["backup"]


def backup(
    target: Annotated[Path, typer.Argument(help="A directory that is not there yet.")],
) -> None:
    """Copy the accounts, keys and sessions that the server keeps in SQLite, while it runs."""
    with extra("server"):
        from dojang.server.backup import back_up  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
        from dojang.stores import urls  # noqa: PLC0415 - guarded
    settings = Settings.load()
    for path in back_up(settings, target):
        typer.echo(f"{path}  {path.stat().st_size:,} bytes")
    if urls.scheme_of(settings.sessions) not in {"sqlite", "sealed", "memory"}:
        typer.echo(f"not in it: the sessions in {urls.shown(settings.sessions)}", err=True)
    if settings.secrets:
        typer.echo("not in it: DOJANG_SECRET, without which second factors are lost", err=True)
