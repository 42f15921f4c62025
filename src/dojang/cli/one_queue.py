"""One queue of connections for all processes."""

import socket
from typing import Any

from granian.server import Server

__all__ = ["OneQueue"]

#: Seconds that a connection may take until its first bytes come, and it is accepted.
_SILENT = 5


class OneQueue(Server):  # type: ignore[misc, valid-type]  # processes, or threads without a lock
    """A server whose processes all accept from one socket, so that any of them may go.

    With a socket each, as granian has it on Linux, connections that wait in the queue of a process
    are reset when it ends, and those that it took and that have said nothing yet are closed.
    """

    _ssp: Any
    _shd: Any
    _sfd: Any
    _sso: Any

    def _init_shared_socket(self) -> None:
        super()._init_shared_socket()
        if self._ssp is None:  # a Unix socket is shared already
            return
        self._shd, self._ssp = self._ssp.build(), None
        self._sfd = self._shd.get_fd()
        self._sso = socket.socket(fileno=self._sfd)
        self._sso.set_inheritable(True)
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            self._sso.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _SILENT)
