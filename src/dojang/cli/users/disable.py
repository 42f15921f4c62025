"""`dojang users disable`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["disable"]


def disable(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
) -> None:
    """Disable an account, and sign it out everywhere."""
    with extra("server"):
        from dojang.cli.users.accounts import found, noted, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        blocking.run(parts.changes.set_disabled(user.id, disabled=True))
        noted(parts.accounts, "account-disabled", user)
    typer.echo(f"{login} can sign in no more, and is signed out")
