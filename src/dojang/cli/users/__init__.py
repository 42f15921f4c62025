"""`dojang users`: the accounts of the server."""

import typer

from dojang.cli.users import create, roles

__all__ = ["app"]

app = typer.Typer(help="The accounts of the server.", no_args_is_help=True)
app.command("create")(create.create)
app.command("roles")(roles.roles)
