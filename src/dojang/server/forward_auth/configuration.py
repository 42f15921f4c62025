"""What to write into the configuration of a proxy, as the settings of the server have it.

The proxy writes literally, into each request, which application it stands in front of: nobody is
asked for a host, a port or a scheme that a client could have chosen.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dojang.errors import Misuse
from dojang.server import addresses
from dojang.server.forward_auth import identity
from dojang.server.forward_auth.reached import rules_of
from dojang.server.forward_auth.target import DEFAULT_PORTS
from dojang.server.settings import Settings

__all__ = ["Proxy", "configuration"]

Proxy = Literal["nginx", "caddy", "traefik"]

_FILES: dict[str, str] = {"nginx": "nginx.conf", "caddy": "Caddyfile", "traefik": "traefik.yml"}

#: Of a host that is written with the root of all.
_LAST_DOT = re.compile(r"\.(?=(?::\d+)?/?\Z)")

# What it writes is no page.
_templates = Environment(  # noqa: S701 - not HTML
    loader=FileSystemLoader(Path(__file__).parent / "configurations"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class _Site:
    """A host that browsers ask the proxy for.

    Attributes:
        host: With its port, unless that is the one of the scheme.
        name: Without it.
        port: Where the proxy listens.
        upstream: Where what stands behind it listens.
    """

    host: str
    name: str
    port: int
    upstream: str

    @property
    def upstream_tls(self) -> bool:
        return self.upstream.startswith("https:")


def configuration(
    proxy: str, settings: Settings, *, cookie: str, apps: Sequence[tuple[str, str]]
) -> str:
    """Return a configuration with applications and the server behind one proxy.

    Args:
        proxy: `nginx`, `caddy` or `traefik`.
        settings: Of the server.
        cookie: The name of the session's.
        apps: Of each application the host, with a port where it is not that of the scheme, or its
            whole address, and where it listens, as `http://127.0.0.1:3000`.

    Raises:
        BadSettings: The rules are none.
        Misuse: One of the others is none, or nobody could ever pass.
    """
    if proxy not in get_args(Proxy):
        raise Misuse(f"{proxy} is not known here; write nginx, caddy or traefik")
    own = addresses.local(settings.host, settings.port).replace("//localhost", "//127.0.0.1")
    login = _site(settings.url, own)
    sites = [_app(app, upstream, settings) for app, upstream in apps]
    _agree(login, sites, settings)
    return _templates.get_template(_FILES[proxy]).render(
        apps=sites,
        login=login,
        scheme=urlsplit(settings.url).scheme,
        tls=settings.https,
        dojang_address=urlsplit(own).netloc,
        cookie=cookie,
        names=identity.NAMES,
    )


def _app(app: str, upstream: str, settings: Settings) -> _Site:
    scheme = urlsplit(settings.url).scheme
    at = _origin("the application", app if "://" in app else f"{scheme}://{app}")
    if urlsplit(at).scheme != scheme:
        raise Misuse(
            f"the application is {at}, and DOJANG_URL is {settings.url}: both are {scheme}"
        )
    return _site(at, _origin("the application's own address", upstream))


def _site(url: str, upstream: str) -> _Site:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return _Site(parts.netloc, addresses.host_of(url), port, upstream)


def _origin(what: str, url: str) -> str:
    try:
        return addresses.origin(_LAST_DOT.sub("", url))
    except ValueError as error:
        raise Misuse(f"{what} is {url!r}, which is no address: {error}") from None


def _agree(login: _Site, sites: Sequence[_Site], settings: Settings) -> None:
    if settings.forward_auth is None:
        raise Misuse("DOJANG_FORWARD_AUTH is missing, and nobody could pass: write the rules first")
    rules = rules_of(settings)
    times = Counter(site.name for site in (login, *sites))
    for site in sites:
        if site.name == login.name:
            raise Misuse(f"{site.name} is the host of DOJANG_URL: people sign in there")
        if times[site.name] > 1:
            raise Misuse(f"{site.name} is there twice: each application has a host of its own")
        if not rules.knows(site.name):
            raise Misuse(
                f"{site.name} is in no rule of {settings.forward_auth}, and nobody could pass"
            )
