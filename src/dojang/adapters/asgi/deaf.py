"""Servers that leave out the headers of an accepted WebSocket, so that no cookie goes with it."""

import multiprocessing
import threading

__all__ = ["WHY", "drops_headers"]

#: Its workers, which are processes, or threads of one, by the name it gives them.
_GRANIAN = "granian-worker"

WHY = (
    "granian sends no headers with the accept of a WebSocket, so no cookie can be set there: "
    "log in over HTTP, or serve with hypercorn"
)


def drops_headers() -> bool:
    """Return whether the server of this process does; measured with granian 2.8.7."""
    names = multiprocessing.current_process().name, threading.current_thread().name
    return _GRANIAN in names
