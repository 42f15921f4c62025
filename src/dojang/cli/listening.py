"""Where to listen, and whether somebody else does already."""

import errno
import socket
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dojang.server.errors import BadSettings
from dojang.server.settings import Settings

__all__ = ["Place", "free_address", "free_place", "free_socket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen: at a socket, or else at an address in numbers.

    Attributes:
        host: An address of this machine.
        port: Of it.
        socket: A file that is not there yet.
    """

    host: str = ""
    port: int = 0
    socket: Path | None = None


def free_place(settings: Settings) -> Place:
    """Return where the settings say to listen, if nobody else does there.

    Raises:
        BadSettings: Somebody does, or it is not ours to listen at.
    """
    if settings.unix_socket is not None:
        return free_socket(settings.unix_socket)
    return free_address(settings.host, settings.port)


def free_address(host: str, port: int) -> Place:
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
    return Place(host=str(found[0]), port=port)


def free_socket(path: Path) -> Place:
    """Return a socket where nobody listens; what a server that was killed left there is removed.

    Raises:
        BadSettings: Somebody listens there, or it is another file, or cannot be made.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(path.lstat().st_mode):
                path.unlink()
    except OSError as error:
        raise BadSettings(_of_socket(path, error.strerror or str(error))) from None
    else:
        raise BadSettings(_of_socket(path, "a server listens there already"))
    if path.exists() or not path.parent.is_dir():
        reason = "that is another file" if path.exists() else "there is no such directory"
        raise BadSettings(_of_socket(path, reason))
    return Place(socket=path)


def _of_socket(path: Path, reason: str) -> str:
    return (
        f"DOJANG_UNIX_SOCKET is {str(path)!r}: {reason}; name a file that is not there, in a "
        "directory where dojang may write"
    )


def _line(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} of {host} is taken: stop what runs there, or set PORT to another"
        case errno.EACCES:
            return f"port {port} is not for everybody: set PORT to 1024 or more"
        case _:
            return f"HOST is {host!r}, and this machine cannot listen there: write 127.0.0.1"
