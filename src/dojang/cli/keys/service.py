"""`dojang keys service`: keys of services that may ask about tokens."""

from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from dojang import blocking
from dojang.cli.keys.stored import parts
from dojang.cli.sessions.output import out, print_object
from dojang.cli.sessions.stores import AsJson
from dojang.errors import Misuse

__all__ = ["app"]

app = typer.Typer(help="Keys of services that may ask about tokens.", no_args_is_help=True)


@app.command("new")
def new(name: Annotated[str, typer.Argument(help="Whose it is, as orders.")]) -> None:
    """Print a new key, this once."""
    with parts() as assembled:
        now = assembled.tokens.clock()
        typer.echo(blocking.run(assembled.service_keys.new(name, now=now)))


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys, without what opens."""
    with parts() as assembled:
        keys = blocking.run(assembled.service_keys.list(now=assembled.tokens.clock()))
    rows = [(key.id, key.name, f"{key.created:%Y-%m-%dT%H:%M:%SZ}") for key in keys]
    if as_json:
        for row in rows:
            print_object(dict(zip(("id", "name", "created"), row, strict=True)))
        return
    table = Table("id", "name", "created", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console = out if out.is_terminal else Console(width=400, highlight=False)
    console.print(table)


@app.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(help="As `list` prints it; after -- if it begins with -.")],
) -> None:
    """Drop a key: from now on it opens nothing."""
    with parts() as assembled:
        if not blocking.run(assembled.service_keys.revoke(id, now=assembled.tokens.clock())):
            raise Misuse("there is no such key; `dojang keys service list` shows them")
    out.print("revoked")
