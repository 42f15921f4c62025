"""`dojang keys rotate`."""

from typing import Annotated

import typer

from dojang.cli.keys.stored import print_keys, stored_keys
from dojang.cli.sessions.stores import AsJson

__all__ = ["rotate"]


def rotate(
    at_once: Annotated[
        bool,
        typer.Option(help="Sign with a key that not everybody can have seen: the old one leaked."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let the next key sign, and publish one more; the old one verifies while its tokens live."""
    with stored_keys() as (keys, now, wait):
        print_keys(wait(keys.rotate(now=now, at_once=at_once)), as_json=as_json)
