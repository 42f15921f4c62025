"""The session is in the cookie: nothing to run, nothing to look up."""

from collections.abc import Sequence
from dataclasses import replace

from dojang.errors import Misuse
from dojang.session.found import Found
from dojang.session.lifetime import Lifetime
from dojang.session.plan import Insert, Remove, Replace, Touch, Write
from dojang.session.record import Principal, Record
from dojang.session.resume import resume
from dojang.strategies.facts import pack, unpack
from dojang.strategies.strategy import Kept, newest
from dojang.wire import entropy
from dojang.wire.format import Format

__all__ = ["ClientSide"]

#: Bytes of randomness in a handle.
_HANDLE_BYTES = 16


class ClientSide:
    """Keeps sessions in the cookie, in the text of a format.

    Two parallel requests that both change the session each send a cookie, and the browser keeps the
    one that arrives last: that is what a session in a cookie is.
    """

    suspends = False
    on_server = False
    revocable = False

    def __init__(self, format: Format, *, cache: int = 1024) -> None:
        """Take the format.

        Args:
            format: Claims <-> text.
            cache: Cookie texts whose verified records are remembered, so that the same cookie
                again costs about a microsecond; 0 remembers none. Time and limits are looked at
                every time. An entry takes about the size of the cookie twice.
        """
        self._format = format
        self._capacity = cache
        self._verified: dict[str, tuple[Record, bool]] = {}

    @property
    def longest(self) -> int:
        """Characters of the longest text that is looked at."""
        return self._format.limit

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the cookie holds; see `Strategy.load`."""

        async def load_one(text: str) -> Found:
            record, is_newest = self._verified.get(text) or self._verify(text, now)
            current = resume(record, lifetime, now=now)
            return Found(record=record, current=current, credential=text, newest=is_newest)

        return await newest(credentials, load_one)

    async def commit(self, write: Write, found: Found, *, now: int) -> Kept:
        """Return the text to send; see `Strategy.commit`."""
        del found
        match write:
            case Insert(record) | Touch(record) | Replace(_, record):
                named = record if record.handle else replace(record, handle=_new_handle())
                text = self._format.encode(pack(named), expires=named.expires, now=now)
                return Kept(named, text)
            case Remove():
                return Kept(None, None)

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Refuse: nobody knows which cookies are out there."""
        del user, now
        raise _not_here("listed")

    async def end(self, handle: str, *, now: int) -> bool:
        """Refuse: a cookie that is out there is good until it expires."""
        del handle, now
        raise _not_here("ended from afar")

    async def end_all(self, user: Principal, *, but: str | None, now: int) -> int:
        """Refuse: a cookie that is out there is good until it expires."""
        del user, but, now
        raise _not_here("ended from afar")

    def _verify(self, text: str, now: int) -> tuple[Record, bool]:
        opened = self._format.decode(text, now=now)
        verified = unpack(opened, now=now), opened.newest
        if self._capacity:
            if len(self._verified) >= self._capacity:
                # The one that was verified first goes; dicts keep the order of insertion.
                self._verified.pop(next(iter(self._verified), ""), None)
            self._verified[text] = verified
        return verified


def _new_handle() -> str:
    return entropy.token(_HANDLE_BYTES)


def _not_here(what: str) -> Misuse:
    return Misuse(
        f"sessions that live in their cookie alone cannot be {what}; keep them on the server: "
        "ServerSide(SqliteStore(...))"
    )
