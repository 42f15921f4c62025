"""How many old cookies came on which day, added up by all processes in one store."""

from collections.abc import Mapping
from dataclasses import dataclass

from dojang.stores.documents import Document, Documents
from dojang.wire import json

__all__ = ["Sightings", "add", "all_kinds"]

_OWNER = "circulation"
_DAY = 86_400_000  # milliseconds

#: Days that are kept, inclusive: longer than browsers keep a cookie.
_KEPT = 400

#: How often a count is tried again that somebody else's came before.
_TRIES = 16


@dataclass(frozen=True, slots=True)
class Sightings:
    """What came of one kind.

    Attributes:
        days: How many on each day, counted from 1970-01-01 in UTC.
        last: When one came last, in unix milliseconds.
    """

    days: Mapping[int, int]
    last: int

    def within(self, days: int, *, now: int) -> int:
        """Return how many came on the last `days` days, today included."""
        first = now // _DAY - days + 1
        return sum(count for day, count in self.days.items() if day >= first)


async def add(store: Documents, kind: str, count: int, *, now: int) -> bool:
    """Add `count` cookies of `kind` to those of today; say whether it could be done.

    Raises:
        Unavailable: The store did not answer; they may be added or not.
    """
    name = f"{_OWNER}:{kind}"
    for _ in range(_TRIES):
        before = await store.document(name, now=now)
        seen = _read(before) if before else Sightings({}, 0)
        today, oldest = now // _DAY, now // _DAY - _KEPT
        days = {day: n for day, n in seen.days.items() if day > oldest}
        days[today] = days.get(today, 0) + count
        after = Document(
            name=name,
            text=json.dumps({"days": [[day, days[day]] for day in sorted(days)], "last": now}),
            owner=_OWNER,
            expires=now + _KEPT * _DAY,
        )
        if await store.put(before, after, now=now):
            return True
    return False


async def all_kinds(store: Documents, *, now: int) -> Mapping[str, Sightings]:
    """Return what came of every kind, by kind.

    Raises:
        Unavailable: The store did not answer.
    """
    found = await store.documents(_OWNER, now=now)
    return {each.name.partition(":")[2]: _read(each) for each in found}


def _read(document: Document) -> Sightings:
    kept = json.loads(document.text)
    return Sightings(dict(kept["days"]), kept["last"])
