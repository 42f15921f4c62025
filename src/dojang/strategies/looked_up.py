"""The session is where another system keeps it, under what its cookie holds; it is only read."""

import re
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

from dojang.errors import Malformed, Misuse, Unknown
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.plan import Write
from dojang.session.record import Principal, Record
from dojang.session.resume import resume
from dojang.strategies.strategy import Choice, Fits, Kept, pick

__all__ = ["Elsewhere", "LookedUp"]

#: What ids are made of, and the longest that is looked up.
_ID = re.compile(r"[!-~]{1,512}")


class Elsewhere(Protocol):
    """Where the sessions of another system are."""

    @property
    def suspends(self) -> bool:
        """Whether `look_up` may wait for an event loop."""
        ...

    async def look_up(self, id: str, *, now: int) -> Record | None:
        """Return the live session of that id, or None.

        Raises:
            Rejected: There is one, and it cannot be read.
            Unavailable: The place is out of reach.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class LookedUp:
    """Reads sessions of another system, so that they can be taken in."""

    on_server = True
    revocable = False
    revocations = None
    shared = None

    def __init__(self, place: Elsewhere, *, id_in: Callable[[str], str] | None = None) -> None:
        """Take the place.

        Args:
            place: Where the sessions are.
            id_in: Returns the id in what a cookie holds, or raises `Rejected`; by default a cookie
                holds the id alone.
        """
        self._place = place
        self._id_in = id_in or _bare

    @property
    def suspends(self) -> bool:
        """Whether looking may wait for an event loop."""
        return self._place.suspends

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the place has for the id; see `Strategy.load`."""

        async def load_one(text: str) -> Found:
            record = await self._place.look_up(self._id_in(text), now=now)
            if record is None:
                raise Unknown("there is no such session")
            current = resume(record, lifetime, now=now)
            dated = record.created != now
            return Found(record=record, current=current, credential=text, dated=dated)

        return await pick(credentials, load_one)

    async def commit(
        self, write: Write, found: Found, lifetime: Lifetime, *, now: int, fits: Fits
    ) -> Kept:
        """Refuse, as everything else but reading."""
        del write, found, lifetime, now, fits
        _refuse()

    def choose(self, record: Record, found: Found, *, now: int) -> Choice:
        """Refuse; see `commit`."""
        del record, found, now
        _refuse()

    async def take_in(
        self,
        record: Record,
        proof: Proof,
        lifetime: Lifetime,
        *,
        name: str,
        now: int,
        fits: Fits,
    ) -> Found:
        """Refuse; see `commit`."""
        del record, proof, lifetime, name, now, fits
        _refuse()

    def expect(self, life: int) -> None:
        """Refuse; see `commit`."""
        del life
        _refuse()

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return False: nothing is known of sessions by their handles."""
        del handle, now
        return False

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Refuse; see `commit`."""
        del user, now
        _refuse()

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """Refuse; see `commit`."""
        del handle, lifetime, now
        _refuse()

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """Refuse; see `commit`."""
        del user, lifetime, but, now
        _refuse()

    def close(self) -> None:
        """Let go of what the place holds."""
        self._place.close()


def _bare(text: str) -> str:
    if not _ID.fullmatch(text):
        raise Malformed("expected an id of at most 512 characters")
    return text


def _refuse() -> NoReturn:
    raise Misuse(
        "sessions of another system are only read: keep yours in a home of your own, and write "
        "Sessions(..., accepts={name: peer})"
    )
