"""`dojang serve`: the self-hosted server."""

from typing import Annotated

import typer

from dojang.extras import extra

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="An address of this machine.")] = None,
    port: Annotated[int | None, typer.Option(help="A number from 1 to 65535.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes.")] = None,
) -> None:
    """Run the server, as DOJANG_* in the environment or in .env say."""
    with extra("server"):
        from dojang.server.metrics.workers import shared_between  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded

        settings = Settings.load(host=host, port=port, workers=workers)
    with shared_between(settings.workers):
        with extra("server"):
            # The client of Prometheus looks for what is shared when it is imported.
            from dojang.cli.server import run  # noqa: PLC0415 - afterwards
        run(settings)
