"""`dojang forward-auth config`."""

from typing import Annotated

import typer

from dojang.extras import extra

__all__ = ["config"]


def config(
    proxy: Annotated[str, typer.Argument(help="nginx, caddy or traefik", metavar="PROXY")],
    app: Annotated[
        str, typer.Option("--app", help="The host of the application.")
    ] = "app.example.org",
    upstream: Annotated[
        str, typer.Option("--upstream", help="Where the application listens.")
    ] = "http://127.0.0.1:3000",
) -> None:
    """Print a configuration for a proxy, with this server and one application behind it."""
    with extra("server"):
        from dojang.server.assembly import session_cookie  # noqa: PLC0415 - guarded
        from dojang.server.forward_auth.configuration import (  # noqa: PLC0415 - guarded
            configuration,
        )
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings = Settings.load()
    cookie = session_cookie(settings).name
    typer.echo(configuration(proxy, settings, cookie=cookie, app=app, upstream=upstream), nl=False)
