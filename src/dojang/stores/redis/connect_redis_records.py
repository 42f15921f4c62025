"""A session of connect-redis as a record: what Express wrote, and what we know beside it."""

from dataclasses import dataclass, replace
from typing import Any

from dojang.errors import Malformed, Misuse, Unavailable
from dojang.session.handle import handle_of
from dojang.session.record import Record
from dojang.stores.redis import packed
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

    def changed(self, cookie: StoredCookie, before: Record, after: Record) -> dict[str, Any]:
        """Return what is stored for `after`, with the cookie that is there in step with it.

        Raises:
            Misuse: Its data use the member that is express-session's own.
        """
        return express_session.join(_data(after), self._moved(cookie, before, after))

    def read(self, there: There, id: str, handle: str) -> Record | None:
        """Return the record, which may be one that was replaced; None for one that is not there.

        Raises:
            Unavailable: What is there was written by nobody that we know.
        """
        side = there.side
        if side is not None and side.startswith(END):
            until = int.from_bytes(side[1 : 1 + _TIME], "big")
            if not until:
                return None
            return Record(handle=handle, id=id, created=0, expires=until, rotated=True)
        if there.text is None:
            return None
        data, cookie = self.split(there.text)
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

    def split(self, text: bytes) -> tuple[dict[str, Any], StoredCookie]:
        """Return the data and the cookie in what Express stores.

        Raises:
            Unavailable: It is not as express-session writes it.
        """
        try:
            return express_session.split(self._theirs.read(text.decode()))
        except (Malformed, ValueError) as error:
            raise Unavailable("a session in Redis is not as express-session writes them") from error

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
    try:
        record = packed.unpack(rest, handle.decode(errors="surrogatepass"))
    except (Malformed, ValueError) as error:
        raise Unavailable("what stands beside a session in Redis is not ours") from error
    return record if noted == (ends or 0) else replace(record, expires=ends)
