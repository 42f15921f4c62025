"""`dojang forward-auth check`."""

from typing import Annotated
from urllib.parse import urlsplit

import typer

from dojang.errors import Misuse
from dojang.extras import extra

__all__ = ["check"]


def check(
    url: Annotated[str, typer.Argument(help="An address of the application.", metavar="URL")],
) -> None:
    """Say what it takes to pass at an address, by the rules of DOJANG_FORWARD_AUTH."""
    with extra("server"):
        from dojang.server.errors import BadRequest  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth import rule_file  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.rules import Rules  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.target import Target  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    path = Settings.load().forward_auth
    if path is None:
        raise Misuse("DOJANG_FORWARD_AUTH is missing: write the file of the rules")
    rules = Rules(rule_file.read(path))
    parts = urlsplit(url)
    uri = url[len(parts.scheme) + len("://") + len(parts.netloc) :] or "/"
    try:
        target = Target.of(method="GET", scheme=parts.scheme, host=parts.netloc, uri=uri)
    except BadRequest:
        raise Misuse(f"{url!r} is no address; write https://app.example.org/path") from None
    typer.echo(str(rules.needs(target)))
    if target.path is None:
        typer.echo("This path can be read in more than one way: every rule of its host counts.")
