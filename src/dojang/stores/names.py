"""How long what is looked up by may be: in every store what all of them can keep."""

from dojang.errors import Misuse

__all__ = ["LONGEST", "bounded"]

#: Bytes of UTF-8, inclusive. PostgreSQL has no room for more than 2,704 in an entry of an index.
LONGEST = 2_048


def bounded(name: str) -> str:
    """Return `name`, which every store has room for.

    Raises:
        Misuse: It has more than 2,048 bytes.
    """
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > LONGEST:
        raise Misuse(
            f"a name of {size:,} bytes, and stores keep at most {LONGEST:,}; put a hash of what is "
            "so long into it"
        )
    return name
