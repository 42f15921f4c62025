"""`dojang users delete`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["delete"]


def delete(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete an account, and sign it out everywhere; there is no way back."""
    with extra("server"):
        from dojang.cli.users.accounts import found, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        if not yes:
            typer.confirm(f"Delete the account of {login}?", abort=True)
        blocking.run(parts.changes.delete(user.id))
    typer.echo(f"the account of {login} is gone, and signed out")
