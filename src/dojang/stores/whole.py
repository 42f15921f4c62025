"""A store that can do all that stores of dojang can."""

from typing import Protocol

from dojang.stores.catalogue import Catalogue
from dojang.stores.counters import Counters
from dojang.stores.leases import Leases
from dojang.stores.revocation_log import RevocationLog

__all__ = ["WholeStore"]


class WholeStore(RevocationLog, Catalogue, Leases, Counters, Protocol):
    """Records, revocations, leases and counters; `WholeContract` holds a store to it."""
