"""`dojang users enable`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["enable"]


def enable(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
) -> None:
    """Let somebody sign in again whose account was disabled."""
    with extra("server"):
        from dojang.cli.users.accounts import found, noted, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        blocking.run(parts.changes.set_disabled(user.id, disabled=False))
        noted(parts.accounts, "account-enabled", user)
    typer.echo(f"{login} can sign in")
