"""Sealing and opening, beside itsdangerous, which signs and does not encrypt."""

import itertools
import json
from collections.abc import Callable

from itsdangerous import URLSafeTimedSerializer

from dojang import blocking
from dojang.session.lifetime import Lifetime
from dojang.strategies.client_side import ClientSide
from dojang.wire.iron.iron_session import IronSeal

SECRET = "a secret that is used for measuring only"
NOW = 1_767_225_600_000
DATA = {
    "user": {"id": 1234, "name": "Ada Lovelace", "roles": ["admin", "author"]},
    "token": "t" * 64,
    "cart": [{"sku": "A1", "n": 2}, {"sku": "B2", "n": 1}],
    "theme": "dark",
}

Classes = list[tuple[str, dict[str, Callable[[], object]]]]


def classes() -> Classes:
    """Return what is compared; the last of each is the yardstick."""
    own, foreign = IronSeal(SECRET), IronSeal(SECRET)
    signer = URLSafeTimedSerializer(SECRET)
    signed = signer.dumps(DATA)
    sealed = own.encode(DATA, expires=None, now=NOW)
    fresh = itertools.cycle(
        [IronSeal(SECRET).encode(DATA, expires=None, now=NOW) for _ in range(3_000)]
    )
    strategy, lifetime = ClientSide(own), Lifetime(idle=None, absolute=None)
    return [
        (
            f"seal {len(json.dumps(DATA))} bytes of JSON",
            {
                "dojang IronSeal": lambda: own.encode(DATA, expires=None, now=NOW),
                "itsdangerous (signed only)": lambda: signer.dumps(DATA),
            },
        ),
        (
            "open it",
            {
                "dojang IronSeal, own salts": lambda: own.decode(sealed, now=NOW),
                "dojang IronSeal, salts never seen": lambda: foreign.decode(next(fresh), now=NOW),
                "dojang ClientSide, cookie seen before": lambda: blocking.run(
                    strategy.load([sealed], lifetime, now=NOW)
                ),
                "itsdangerous (signed only)": lambda: signer.loads(signed),
            },
        ),
    ]
