"""What is said about an error to whoever keeps the service."""

import logging

from dojang.errors import DojangError, Misuse, Unavailable

__all__ = ["log"]

_LOG = logging.getLogger("dojang")


def log(error: DojangError) -> None:
    """Log what the problem document of an error does not say."""
    if isinstance(error, Unavailable):
        _LOG.warning("answered 503: %s", error)
    elif isinstance(error, Misuse):
        _LOG.error("answered 500: %s", error, exc_info=error)
