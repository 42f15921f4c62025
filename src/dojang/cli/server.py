"""Running the server in its processes, once everything is known to be in order."""

import os
import sys
from functools import partial
from typing import Any, cast

from granian.constants import Interfaces, SSLProtocols
from granian.log import LogLevels
from granian.server.common import AbstractServer
from rich.console import Console
from starlette.applications import Starlette

from dojang.cli.listening import Place, free_place
from dojang.cli.one_queue import OneQueue
from dojang.cli.orphan import die_with_parent
from dojang.server import addresses
from dojang.server.app import create
from dojang.server.assembly import prepare
from dojang.server.errors import BadSettings
from dojang.server.parts import Parts
from dojang.server.settings import Settings
from dojang.stores import urls

__all__ = ["run"]

#: Seconds that requests under way have when the server is told to stop.
_GRACE = 10

#: A proxy reaches the socket by its group.
_FOR_THE_GROUP = 0o660

#: What granian says, which is little, is for the log and goes where the log goes.
_STDERR = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "dojang: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    A process that dies is replaced; one that dies again at once ends the server, with exit code 1.

    Raises:
        BadSettings: The server cannot start as it is configured.
    """
    place = free_place(settings)
    parts = prepare(settings)
    server = _server(settings, place)
    server.on_startup(partial(_announce, parts))
    server.serve(target_loader=partial(_application, settings, os.getpid()), wrap_loader=False)


def _server(settings: Settings, place: Place) -> AbstractServer[Any]:
    # Processes, or threads where Python has no lock: of one shape, which types cannot say.
    make = cast("type[AbstractServer[Any]]", OneQueue)
    return make(
        "dojang",
        address=place.host,
        port=place.port,
        uds=place.socket,
        uds_permissions=_FOR_THE_GROUP,
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
        ssl_protocol_min=SSLProtocols.tls12,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_STDERR,
        workers_kill_timeout=_GRACE,
        respawn_failed_workers=True,
    )


def _application(settings: Settings, parent: int) -> Starlette:
    if os.getpid() != parent:
        die_with_parent(parent)
    try:
        return create(settings)
    except BadSettings as error:  # since `prepare` somebody took away what it found
        sys.exit(f"dojang: {error}")


def _announce(parts: Parts) -> None:
    settings = parts.settings
    # Written and flushed before the processes are forked, or each would say it again.
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"dojang is at {settings.url} ({settings.env})")
    console.print(f"  listening  {_place(settings)}{_processes(settings)}")
    console.print(f"  accounts   {settings.home / 'accounts.db'}")
    console.print(f"  sessions   {urls.shown(settings.sessions)}")
    for note in filter(None, (parts.note, _in_the_clear(settings), _under_another_name(settings))):
        console.print(f"  note       {note}")


def _place(settings: Settings) -> str:
    if settings.unix_socket is not None:
        return str(settings.unix_socket)
    return f"{settings.host}, port {settings.port}{' (TLS)' if settings.tls_certificate else ''}"


def _processes(settings: Settings) -> str:
    return "" if settings.workers == 1 else f", {settings.workers} processes"


def _in_the_clear(settings: Settings) -> str:
    if settings.https or addresses.is_loopback(settings.url):
        return ""
    return "cookies travel in the clear; production wants https in DOJANG_URL"


def _under_another_name(settings: Settings) -> str:
    if "url" in settings.model_fields_set or settings.host not in addresses.ANYWHERE:
        return ""
    return f"others reach this only as {settings.url}: write the address they use to DOJANG_URL"
