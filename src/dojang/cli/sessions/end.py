"""`dojang sessions end`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.cli.sessions import ending
from dojang.cli.sessions.output import out
from dojang.cli.sessions.stores import StoreUrl, opened
from dojang.errors import Misuse

__all__ = ["end"]


def end(
    handle: Annotated[str, typer.Argument(help="As `list` prints it.")], store: StoreUrl
) -> None:
    """End one session, and the tokens that were made from it."""
    with opened(store) as sessions:
        if not blocking.run(ending.end(sessions, handle)):
            raise Misuse("there is no such session")
    out.print("ended")
