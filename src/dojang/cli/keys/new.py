"""`dojang keys new`."""

from typing import Annotated

import typer

from dojang.wire.keyring import new_secret

__all__ = ["new"]


def new(
    signing: Annotated[
        bool, typer.Option("--signing", help="Publish one more key to sign access tokens later.")
    ] = False,
) -> None:
    """Print a fresh secret of 256 random bits, for DOJANG_SECRET."""
    if not signing:
        typer.echo(new_secret())
        return
    # The server is not needed, and may not be installed, for a secret.
    from dojang.cli.keys.stored import print_keys, stored_keys  # noqa: PLC0415 - see above

    with stored_keys() as (keys, now, wait):
        wait(keys.publish(now=now))
        print_keys(wait(keys.all(now=now)))
