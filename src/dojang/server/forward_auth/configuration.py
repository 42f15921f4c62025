"""What to write into the configuration of a proxy, as the settings of the server have it."""

import re
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dojang.errors import Misuse
from dojang.server import addresses
from dojang.server.forward_auth import identity
from dojang.server.forward_auth.target import DEFAULT_PORTS
from dojang.server.settings import Settings

__all__ = ["Proxy", "configuration"]

Proxy = Literal["nginx", "caddy", "traefik"]

_FILES: dict[str, str] = {"nginx": "nginx.conf", "caddy": "Caddyfile", "traefik": "traefik.yml"}

# What it writes is no page.
_templates = Environment(  # noqa: S701 - not HTML
    loader=FileSystemLoader(Path(__file__).parent / "configurations"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def configuration(proxy: str, settings: Settings, *, cookie: str, app: str, upstream: str) -> str:
    """Return a configuration with the application and the server behind one proxy.

    Args:
        proxy: `nginx`, `caddy` or `traefik`.
        settings: Of the server.
        cookie: The name of the session's.
        app: The host of the application, with a port where it is not that of the scheme.
        upstream: Where the application listens, as `http://127.0.0.1:3000`.

    Raises:
        Misuse: One of them is none.
    """
    if proxy not in get_args(Proxy):
        raise Misuse(f"{proxy} is not known here; write nginx, caddy or traefik")
    scheme = urlsplit(settings.url).scheme
    at = _origin("the application", f"{scheme}://{app}")
    behind = _origin("the application's own address", upstream)
    own = addresses.local(settings.host, settings.port).replace("//localhost", "//127.0.0.1")
    return _templates.get_template(_FILES[proxy]).render(
        app=urlsplit(at).netloc,
        app_name=addresses.host_of(at),
        slug=re.sub(r"\W", "_", addresses.host_of(at)),
        app_port=_port(at),
        login=urlsplit(settings.url).netloc,
        login_name=addresses.host_of(settings.url),
        login_port=_port(settings.url),
        scheme=scheme,
        tls=scheme == "https",
        dojang=own,
        dojang_address=urlsplit(own).netloc,
        upstream=behind,
        upstream_address=urlsplit(behind).netloc,
        cookie=cookie,
        names=identity.NAMES,
    )


def _origin(what: str, url: str) -> str:
    try:
        return addresses.origin(url)
    except ValueError as error:
        raise Misuse(f"{what} is {url!r}, which is no address: {error}") from None


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or DEFAULT_PORTS[parts.scheme]
