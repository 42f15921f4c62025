"""`dojang forward-auth config`."""

from typing import Annotated

import typer

from dojang.errors import Misuse
from dojang.extras import extra

__all__ = ["config"]


def config(
    proxy: Annotated[str, typer.Argument(help="nginx, caddy or traefik", metavar="PROXY")],
    app: Annotated[
        list[str], typer.Option("--app", help="The host of an application; once for each.")
    ],
    upstream: Annotated[
        list[str],
        typer.Option("--upstream", help="Where it listens; as often, in the same order."),
    ] = ["http://127.0.0.1:3000"],  # noqa: B006 - a default for typer, which copies it
) -> None:
    """Print a configuration for a proxy, with this server and applications behind it."""
    with extra("server"):
        from dojang.server.assembly import session_cookie  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.configuration import (  # noqa: PLC0415 - guarded
            configuration,
        )
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    if len(app) != len(upstream):
        raise Misuse(
            f"--app is there {len(app)} times and --upstream {len(upstream)}: "
            "write where each application listens"
        )
    settings = Settings.load()
    cookie, apps = session_cookie(settings).name, list(zip(app, upstream, strict=True))
    typer.echo(configuration(proxy, settings, cookie=cookie, apps=apps), nl=False)
