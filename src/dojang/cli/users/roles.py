"""`dojang users roles`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["roles"]

_Names = list[str] | None


def roles(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
    add: Annotated[_Names, typer.Option(help="A role to give, such as admin.")] = None,
    remove: Annotated[_Names, typer.Option(help="A role to take away.")] = None,
) -> None:
    """Show what somebody may do, or change it."""
    with extra("server"):
        from dojang.cli.users.accounts import found, noted, opened  # noqa: PLC0415 - guarded
    with opened() as accounts:
        user = found(accounts, login)
        wanted = {*user.roles, *(add or [])} - {*(remove or [])}
        if wanted != {*user.roles}:
            blocking.run(accounts.set_roles(user.id, wanted))
            noted(accounts, "roles-changed", user, roles=" ".join(sorted(wanted)))
    typer.echo(" ".join(sorted(wanted)) or f"{login} has no role")
