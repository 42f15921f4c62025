"""A store that can do all that stores of dojang can."""

from typing import Protocol

from dojang.stores.catalogue import Catalogue
from dojang.stores.counters import Counters
from dojang.stores.documents import Documents
from dojang.stores.leases import Leases
from dojang.stores.revocation_log import RevocationLog

__all__ = ["WholeStore"]


class WholeStore(RevocationLog, Catalogue, Leases, Counters, Documents, Protocol):
    """Records and all that is beside them; `WholeContract` holds a store to it."""
