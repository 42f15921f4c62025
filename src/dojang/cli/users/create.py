"""`dojang users create`."""

from typing import Annotated

import typer

from dojang import blocking
from dojang.extras import extra

__all__ = ["create"]


def create(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
    name: Annotated[str | None, typer.Option(help="For showing.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Who looks after the server.")] = False,
) -> None:
    """Make an account; the password is asked for, or is the first line of what is piped in."""
    with extra("server"):
        from dojang.auth.roles import ADMIN  # noqa: PLC0415 - guarded
        from dojang.cli.users.accounts import asked_password, noted, opened  # noqa: PLC0415 - guarded
    with opened() as accounts:
        identifier = {"email" if "@" in login else "username": login}
        given = [ADMIN] if admin else []
        made = accounts.sign_up(
            **identifier, password=asked_password(), name=name, roles=given, vouched=True
        )
        user = blocking.run(made)
        noted(accounts, "account-created", user, roles=" ".join(given))
    typer.echo(f"{login} can sign in{' and is an admin' if admin else ''} (id {user.id})")
