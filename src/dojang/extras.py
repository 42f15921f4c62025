"""Importing what may not be installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from dojang.errors import MissingExtra

__all__ = ["extra"]


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import what belongs to an extra inside of this.

    Raises:
        MissingExtra: It is not installed; the message says how to install it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "dojang":  # ours is a fault, and no extra brings it
            raise
        raise MissingExtra(f"{missing} is missing: pip install 'dojang[{name}]'") from None
