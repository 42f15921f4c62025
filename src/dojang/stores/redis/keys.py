"""All keys of a Redis that look alike, server by server."""

import re
from collections.abc import AsyncIterator, Sequence

from dojang.errors import Misuse
from dojang.stores.drivers.redis import RedisDriver

__all__ = ["Keys"]

#: Keys that Redis looks at in one step, which is about a millisecond for it.
_STEP = 5_000

_CURSOR = re.compile(r"(?P<number>[0-9]{1,4}) (?P<cursor>[0-9]{1,20}) (?P<name>.+)")


class Keys:
    """`SCAN` of every primary, one after another.

    A key that is there all the while is met at least once, unless its server fails over meanwhile:
    then the new one is gone through from its beginning.
    """

    def __init__(self, driver: RedisDriver, pattern: bytes, *, type: str) -> None:
        """Look for keys.

        Args:
            driver: Of the Redis.
            pattern: What they match, as `SCAN` takes it.
            type: Of their values.
        """
        self._driver, self._pattern, self._type = driver, pattern, type

    async def pages(self) -> AsyncIterator[Sequence[bytes]]:
        """Yield them all."""
        cursor = ""
        while True:
            keys, cursor = await self.page(cursor, _STEP)
            yield keys
            if not cursor:
                return

    async def page(self, after: str, step: int) -> tuple[Sequence[bytes], str]:
        """Return keys and where to go on: which server in their order, where in it, and its name.

        A server's own cursor means nothing to the one that takes its place.

        Raises:
            Misuse: `after` is nothing that this gave.
        """
        known = _CURSOR.fullmatch(after or "0 0 -")
        if known is None:
            raise Misuse("this is no cursor of a Redis; write one that a list gave, or none")
        servers = await self._driver.servers()
        at = min(int(known["number"]), len(servers) - 1)
        here = "{}:{}".format(*servers[at])
        come_so_far = int(known["cursor"]) if known["name"] == here else 0
        what = ("MATCH", self._pattern, "COUNT", step, "TYPE", self._type)
        following, keys = await self._driver.run_at(servers[at], ("SCAN", come_so_far, *what))
        unique = list(dict.fromkeys(keys))
        if int(following):
            return unique, f"{at} {int(following)} {here}"
        if at + 1 < len(servers):
            return unique, f"{at + 1} 0 -"
        return unique, ""
