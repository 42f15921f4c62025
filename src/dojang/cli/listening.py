"""Where to listen, and whether somebody else does already."""

import errno
import socket
from dataclasses import dataclass

from dojang.server.errors import BadSettings

__all__ = ["Address", "free_address"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, in numbers."""

    host: str
    port: int


def free_address(host: str, port: int) -> Address:
    """Return the address that `host` means, if nobody listens there.

    Asked before the server starts, which shares its port among its processes, and would with
    another server of ours too.

    Raises:
        BadSettings: Somebody does, or it is not ours to listen at.
    """
    try:
        family, _, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found)
    except (OSError, UnicodeError) as error:
        raise BadSettings(_line(host, port, error)) from None
    return Address(str(found[0]), port)


def _line(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} of {host} is taken: stop what runs there, or set PORT to another"
        case errno.EACCES:
            return f"port {port} is not for everybody: set PORT to 1024 or more"
        case _:
            return f"HOST is {host!r}, and this machine cannot listen there: write 127.0.0.1"
