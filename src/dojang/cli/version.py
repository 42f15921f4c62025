"""`dojang version`."""

from importlib import metadata

import typer

__all__ = ["version"]


def version() -> None:
    """Print the version."""
    typer.echo(metadata.version("dojang"))
