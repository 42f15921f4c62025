"""`dojang config check`."""

import typer

from dojang.extras import extra

__all__ = ["check"]


def check() -> None:
    """Say whether the server could start with the settings that it finds here."""
    with extra("server"):
        from dojang.server.forward_auth.reached import rules_of  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings = Settings.load()
    rules_of(settings)
    typer.echo(f"All settings are good; the server is {settings.url}.")
