"""`dojang config`: the settings of the server, as it would find them here."""

import typer

from dojang.cli.config import check, show

__all__ = ["app"]

app = typer.Typer(help="The settings of the server.", no_args_is_help=True)
app.command("check")(check.check)
app.command("show")(show.show)
