"""`dojang users remove-second-factor`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.errors import Misuse
from dojang.extras import extra

__all__ = ["remove_second_factor"]


def remove_second_factor(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the authenticator of somebody who has lost it, with the recovery codes."""
    with extra("server"):
        from dojang.cli.users.accounts import found, noted, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        if not yes:
            typer.confirm(f"Let the password alone open the account of {login}?", abort=True)
        if not blocking.run(parts.factors.second.remove(user.id)):
            raise Misuse(f"{login} has no second factor")
        noted(parts.accounts, "second-factor-removed", user)
    typer.echo(f"{login} signs in without a code from now on, and can add an app again")
