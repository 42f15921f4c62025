"""`dojang sessions end-user`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.cli.sessions import ending
from dojang.cli.sessions.output import out, print_object
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened
from dojang.session import principal

__all__ = ["end_user"]


def end_user(
    user: Annotated[str, typer.Argument(help="Whose.")],
    store: StoreUrl,
    but: Annotated[str | None, typer.Option(help="The handle of one that stays.")] = None,
    as_json: AsJson = False,
) -> None:
    """End all sessions of a user, and all their tokens."""
    principal.check(user)
    with opened(store) as sessions:
        ended = blocking.run(ending.end_all(sessions, user, but=but))
    if as_json:
        print_object({"ended": ended})
    else:
        out.print(f"{ended} ended")
