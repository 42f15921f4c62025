"""`dojang users password`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["password"]


def password(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
) -> None:
    """Give an account a new password, asked for or piped in, and sign it out everywhere."""
    with extra("server"):
        from dojang.cli.users.accounts import asked_password, found, noted, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        blocking.run(parts.changes.set_password(user.id, asked_password()))
        noted(parts.accounts, "password-set", user)
    typer.echo(f"{login} has a new password, and is signed out")
