"""For the tests of applications and stores.

`dojang.testing.store_contract` holds a store to what it promises; it needs pytest.
"""

from dojang.testing.clock import Clock
from dojang.testing.signed_in import cookies_for, header_for, sign_in

__all__ = ["Clock", "cookies_for", "header_for", "sign_in"]
