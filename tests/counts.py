"""How often: the full counts in `make proof`, about a fiftieth of them in `make test`."""

import os

FULL = os.environ.get("DOJANG_PROOF") == "full"


def scaled(count: int) -> int:
    """Return `count` in a proof, and a fiftieth of it, but at least 10, elsewhere."""
    return count if FULL else max(10, count // 50)
