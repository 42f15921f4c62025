"""A session of connect-redis as a record: what Express wrote, and what we know beside it."""

from dataclasses import dataclass, replace
from typing import Any

from dojang.errors import Misuse, Rejected
from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.catalogue import Unreadable
from dojang.stores.redis import packed
from dojang.stores.redis.layout import Reading
from dojang.wire import json
from dojang.wire.express import connect_redis, express_session
from dojang.wire.express.express_session import StoredCookie

__all__ = ["END", "StoredSessions", "There", "facts"]

#: What stands beside a session that was ended begins with it.
END = b"-"

#: Bytes of an instant.
_TIME = 6


@dataclass(frozen=True, slots=True)
class There:
    """What Redis has of a session.

    Attributes:
        text: As Express stores it, or None.
        side: What is known of it, or None.
        at: When Redis ends it, in unix milliseconds; negative for never.
    """

    text: bytes | None
    side: bytes | None
    at: int

    @property
    def known(self) -> tuple[bytes, bytes, int]:
        """All of it, as a script compares it."""
        return self.text or b"", self.side or b"", self.at


class StoredSessions:
    """Sessions in the words of express-session."""

    def __init__(self, layout: connect_redis.Layout, cookie: StoredCookie, life: int) -> None:
        """Know what is configured.

        Args:
            layout: What connect-redis is configured with.
            cookie: What express-session stores for a new session, without an end.
            life: Milliseconds of a session whose cookie has no end.
        """
        self._theirs, self._cookie, self._life = layout, cookie, life

    def begun(self, record: Record) -> dict[str, Any]:
        """Return what is stored for a session that begins.

        Raises:
            Misuse: Its data use the member that is express-session's own.
        """
        return express_session.join(_data(record), self._fresh(record))

    def changed(self, there: There, before: Record, after: Record) -> dict[str, Any]:
        """Return what is stored for `after`, with the cookie that is there in step with it.

        Args:
            there: What was read as `before`, or as that with other clocks.
            before: As it was found.
            after: What should be there.

        Raises:
            Misuse: Its data use the member that is express-session's own.
        """
        _, cookie = self._split(there.text or b"")
        return express_session.join(_data(after), self._moved(cookie, before, after))

    def read(self, there: There, id: str, handle: str) -> Reading:
        """Return the record, which may be one that was replaced; None for one that is not there."""
        try:
            return self._read(there, id, handle)
        except (Rejected, ValueError):
            why = "a session in Redis is not as express-session writes them"
            return Unreadable(handle or handle_of(id), why)

    def _read(self, there: There, id: str, handle: str) -> Record | None:
        side = there.side
        if side is not None and side.startswith(END):
            until = int.from_bytes(side[1 : 1 + _TIME], "big")
            if not until:
                return None
            return Record(handle=handle, id=id, created=0, expires=until, rotated=True)
        if not there.text:  # nothing at all is no session to connect-redis either
            return None
        data, cookie = self._split(there.text)
        ends = None if there.at < 0 else there.at
        known = None if side is None else _known(side, ends)
        if known is None:
            known = self._foreign(ends, cookie, handle or handle_of(id))
        return replace(known, data=json.dumps(data), id=id)

    def _foreign(self, ends: int | None, cookie: StoredCookie, handle: str) -> Record:
        """Return what is known of a session that Express made: it began when last written."""
        life = cookie.original_max_age or self._life
        began = max(0, (cookie.expires or ends or life) - life)
        remember = cookie.expires is not None or self._cookie.original_max_age is None
        return Record(handle=handle, created=began, expires=ends, seen=began, remember=remember)

    def _split(self, text: bytes) -> tuple[dict[str, Any], StoredCookie]:
        return express_session.split(self._theirs.read(text.decode()))

    def _fresh(self, record: Record) -> StoredCookie:
        lasting = record.remember and self._cookie.original_max_age is not None
        if lasting:
            return replace(self._cookie, expires=record.expires)
        return replace(self._cookie, original_max_age=None, expires=None)

    def _moved(self, cookie: StoredCookie, before: Record, after: Record) -> StoredCookie:
        if after.remember != before.remember:
            lasts = after.remember and self._cookie.original_max_age is not None
            life = self._cookie.original_max_age if lasts else None
            return replace(cookie, original_max_age=life, expires=after.expires if lasts else None)
        return cookie if cookie.expires is None else replace(cookie, expires=after.expires)


def _data(record: Record) -> dict[str, Any]:
    data = json.loads_object(record.data)
    if "cookie" in data:
        raise Misuse("the member cookie is express-session's own; choose another name")
    return data


def facts(record: Record) -> bytes:
    """Return what stands beside a session: its handle behind its length, and who and since when."""
    handle = record.handle.encode(errors="surrogatepass")
    return bytes([len(handle)]) + handle + packed.pack(replace(record, data=""))


def _known(side: bytes, ends: int | None) -> Record:
    """Return what is known of a session; when it ends, if Express prolonged it, Redis says."""
    noted = int.from_bytes(side[1 : 1 + _TIME], "big")
    facts = side[1 + _TIME :]
    length = facts[0] if facts else 0
    handle, rest = facts[1 : 1 + length], facts[1 + length :]
    record = packed.unpack(rest, handle.decode(errors="surrogatepass"))
    return record if noted == (ends or 0) else replace(record, expires=ends)
