"""`dojang keys`: secrets."""

import typer

from dojang.wire.keyring import new_secret

__all__ = ["app"]

app = typer.Typer(help="Secrets.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    # With one command of its own Typer would leave out its name.
    pass


@app.command("new")
def new() -> None:
    """Print a fresh secret of 256 random bits, for DOJANG_SECRET."""
    typer.echo(new_secret())
