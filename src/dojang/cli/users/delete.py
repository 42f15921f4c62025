"""`dojang users delete`."""

from typing import TYPE_CHECKING, Annotated

import typer

from dojang import blocking
from dojang.extras import extra

if TYPE_CHECKING:
    from dojang.tokens.issued import Issued

__all__ = ["delete"]


def delete(
    login: Annotated[str, typer.Argument(help="An e-mail address, or a user name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete an account, and sign it out everywhere; there is no way back."""
    with extra("server"):
        from dojang.cli.users.accounts import found, noted, opened_parts  # noqa: PLC0415 - guarded
    with opened_parts() as parts:
        user = found(parts.accounts, login)
        if not yes:
            typer.confirm(f"Delete the account of {login}?", abort=True)
        left: list[str] = []

        async def revoke(provider: str, issued: "Issued") -> bool:
            done = await parts.sign_in_with.revoke(provider, issued)
            left.extend([] if done else [provider])
            return done

        blocking.run(parts.changes_with(revoke).delete(user.id))
        noted(parts.accounts, "account-deleted", user)
    typer.echo(f"the account of {login} is gone, and signed out")
    for provider in left:
        typer.echo(f"what was allowed at {provider} is not known to be revoked there", err=True)
