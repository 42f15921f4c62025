"""`dojang keys`: secrets, the keys that sign access tokens, and those of services."""

import typer

from dojang.cli.keys import list, new, retire, rotate, service

__all__ = ["app"]

app = typer.Typer(help="Secrets, signing keys, and keys of services.", no_args_is_help=True)
app.command("new")(new.new)
app.command("list")(list.list_keys)
app.command("rotate")(rotate.rotate)
app.command("retire")(retire.retire)
app.add_typer(service.app, name="service")
