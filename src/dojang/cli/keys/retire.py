"""`dojang keys retire`."""

from typing import Annotated

import typer

from dojang.cli.keys.stored import stored_keys
from dojang.cli.sessions.output import out

__all__ = ["retire"]


def retire(
    kid: Annotated[str, typer.Argument(help="As `list` prints it; after -- if it begins with -.")],
) -> None:
    """Drop a key that does not sign any more: its tokens are refused within half a minute."""
    with stored_keys() as (keys, now, wait):
        wait(keys.retire(kid, now=now))
    out.print("retired")
