"""`dojang forward-auth check`."""

from typing import Annotated

import typer

from dojang.errors import Misuse
from dojang.extras import extra

__all__ = ["check"]


def check(
    url: Annotated[str, typer.Argument(help="An address of an application.", metavar="URL")],
) -> None:
    """Say what it takes to pass at an address, and by which rule of DOJANG_FORWARD_AUTH."""
    with extra("server"):
        from dojang.server.errors import BadRequest  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.reached import rules_of  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.target import Target  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings = Settings.load()
    if settings.forward_auth is None:
        raise Misuse("DOJANG_FORWARD_AUTH is missing: write the file of the rules")
    try:
        target = Target.typed(url)
    except BadRequest:
        raise Misuse(f"{url!r} is no address; write https://app.example.org/path") from None
    rules = rules_of(settings)
    typer.echo(str(rules.needs(target)))
    for rule in rules.deciding(target):
        typer.echo(f"  by {rule}")
    if target.path is None:
        typer.echo("This path can be read in more than one way: every rule of its host counts.")
