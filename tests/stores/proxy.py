"""A wire between a client and a server that can be cut, frozen, or made to say nonsense."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Change = Callable[[bytes], bytes | None]


class Proxy:
    """Passes bytes on both ways; what comes back goes through `change` first.

    `change` gives what the client gets instead; None cuts the connection after nothing more.
    """

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self.change: Change = bytes
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listening.getsockname()
        self._open: list[socket.socket] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """End all connections."""
        for wire in self._open:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        self._open.clear()

    def _changed(self, data: bytes) -> bytes | None:
        return self.change(data)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            self.connections += 1
            self._open += [client, server]
            threading.Thread(target=self._pass, args=(client, server, bytes), daemon=True).start()
            threading.Thread(
                target=self._pass, args=(server, client, self._changed), daemon=True
            ).start()

    def _pass(self, source: socket.socket, target: socket.socket, change: Change) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                changed = change(data)
                if changed is None:
                    break
                target.sendall(changed)
        for wire in (source, target):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(server: tuple[str, int]) -> Iterator[Proxy]:
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
