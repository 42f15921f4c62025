"""`dojang forward-auth`: what proxies in front of other applications are told."""

import typer

from dojang.cli.forward_auth import check, config

__all__ = ["app"]

app = typer.Typer(help="Proxies that ask whether a request may pass.", no_args_is_help=True)
app.command("check")(check.check)
app.command("config")(config.config)
