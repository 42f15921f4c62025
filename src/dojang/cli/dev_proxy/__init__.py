"""`dojang dev-proxy`: a deployed API, as if it were on this machine."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from dojang.cli.dev_proxy.proxy import Proxy
from dojang.doctor.sites import read
from dojang.errors import Misuse

__all__ = ["dev_proxy"]


class BadProxy(Misuse, ValueError):
    """The proxy cannot be what it was asked to be."""

    code = "bad-proxy"


def dev_proxy(
    to: Annotated[str, typer.Option(help="The API, as https://api.example.com.")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of this machine.")] = 3001,
) -> None:
    """Bring a deployed API to http://localhost, with cookies that browsers keep there.

    For a front that is developed on this machine; nobody else reaches it.
    """
    api = read(to)
    # A user or a query would be lost on the way, and nothing here may be shown that is secret.
    if api is None or api.path != "/" or set("?#@") & set(to):
        raise BadProxy(
            "--to is no bare address: write it as https://api.example.com, without user and path"
        )
    console = Console(highlight=False)
    console.print(f"http://localhost:{port} is {api.origin}, for pages on this machine")
    console.print("  cookies lose Domain, Secure and Partitioned, and are SameSite=Lax")
    try:
        asyncio.run(Proxy(api, port).serve())
    except OSError as error:
        raise BadProxy(f"port {port}: {error.strerror}; write another --port") from None
    except KeyboardInterrupt:
        return
