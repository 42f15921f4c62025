"""For the tests of applications and stores.

`dojang.testing.store_contract` holds a store to what it promises; it needs pytest.
"""

from dojang.testing.clock import Clock

__all__ = ["Clock"]
