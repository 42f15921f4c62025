"""One set of numbers for all processes of a server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

__all__ = ["DIRECTORY", "shared_between"]

#: Where the client of Prometheus keeps numbers that processes add up; read when it is imported.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_between(workers: int) -> Iterator[None]:
    """Let the processes that are made within keep their numbers together.

    Args:
        workers: How many there will be. One keeps its numbers to itself, unless somebody has named
            a directory for them.
    """
    if workers == 1 or DIRECTORY in os.environ:
        yield
        return
    # Made anew at every start, so that counters begin at zero, which Prometheus understands.
    with TemporaryDirectory(prefix="dojang-metrics-") as directory:
        os.environ[DIRECTORY] = directory
        try:
            yield
        finally:
            del os.environ[DIRECTORY]
