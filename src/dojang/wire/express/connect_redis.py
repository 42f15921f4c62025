"""How connect-redis lays sessions out in Redis: which key, which text, and how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from dojang.errors import Malformed, Misuse, Unknown
from dojang.wire import json
from dojang.wire.express import express_session

__all__ = ["JSON", "Delete", "Expire", "Layout", "Put", "Serializer", "Ttl"]

#: Seconds a session lives in Redis when its cookie ends with the browser.
DEFAULT_TTL = 86_400

#: Seconds for every session, or a function of the session that gives them.
Ttl = int | Callable[[Mapping[str, object]], int]


@dataclass(frozen=True, slots=True)
class Put:
    """`SET key value EX ttl`; without `EX` when `ttl` is None."""

    key: str
    value: str
    ttl: int | None


@dataclass(frozen=True, slots=True)
class Expire:
    """`EXPIRE key ttl`; the value stays as it is."""

    key: str
    ttl: int


@dataclass(frozen=True, slots=True)
class Delete:
    """`DEL key`."""

    key: str


@dataclass(frozen=True, slots=True)
class Serializer:
    """A session as text, and back.

    Attributes:
        stringify: Takes the whole session, its `cookie` member included.
        parse: Its inverse; may raise `ValueError` or `Malformed` for any text.
    """

    stringify: Callable[[Mapping[str, object]], str]
    parse: Callable[[str], object]


#: What connect-redis uses unless told otherwise.
JSON = Serializer(json.dumps, json.loads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The options of a `RedisStore`, and what they make of a session.

    A session is the stored JSON object with express-session's `cookie` member in it
    (`express_session.join` makes the same). Only Redis ends a session: `cookie.expires` counts
    when one is written, and never when it is read.

    Args:
        prefix: Before the session's id; the key has no `s:` and no signature.
        ttl: Seconds, at least 1, for sessions whose cookie has no `expires`. A function of the
            session goes before `expires`.
        disable_ttl: Whether keys are put without an end, and never touched.
        disable_touch: Whether keys keep the life they were put with.
        serializer: For values that are no plain JSON.

    Raises:
        Misuse: `ttl` is a number below 1.

    Source: connect-redis 7 to 10; 6 keeps a session that is past when `disable_ttl` is set.
    """

    prefix: str = "sess:"
    ttl: Ttl = DEFAULT_TTL
    disable_ttl: bool = False
    disable_touch: bool = False
    serializer: Serializer = JSON

    def __post_init__(self) -> None:
        if isinstance(self.ttl, int) and self.ttl < 1:
            raise Misuse(f"a ttl of {self.ttl} s would store nothing; write at least 1")

    @property
    def longest(self) -> int:
        """The seconds of a session whose cookie ends with the browser, as far as they are known."""
        return self.ttl if isinstance(self.ttl, int) else DEFAULT_TTL

    def key(self, sid: str) -> str:
        """Return the key of a session: the prefix, and the id as it is."""
        return self.prefix + sid

    def put(self, sid: str, session: Mapping[str, object], *, now: int) -> Put | Delete:
        """Return what stores a session, which is its deletion when it is past.

        Args:
            sid: Its id.
            session: A JSON object.
            now: Unix milliseconds.

        Raises:
            NotJson: Something in `session` is not JSON.
            Malformed: `cookie.expires` is neither a date nor unix milliseconds.

        Source: connect-redis 10.0.0 (`set`).
        """
        ttl = self._seconds(session, now)
        if ttl <= 0:
            return Delete(self.key(sid))
        value = self.serializer.stringify(session)
        return Put(self.key(sid), value, None if self.disable_ttl else ttl)

    def touch(self, sid: str, session: Mapping[str, object], *, now: int) -> Expire | Delete | None:
        """Return what prolongs a session in place, or None where that is disabled.

        The stored text is not rewritten, so the `cookie.expires` in it grows stale.

        Args:
            sid: Its id.
            session: A JSON object, with the new `cookie.expires`.
            now: Unix milliseconds.

        Raises:
            Malformed: `cookie.expires` is neither a date nor unix milliseconds.

        Source: connect-redis 10.0.0 (`touch`); Redis deletes at an EXPIRE of 0 or less.
        """
        if self.disable_touch or self.disable_ttl:
            return None
        ttl = self._seconds(session, now)
        return Expire(self.key(sid), ttl) if ttl > 0 else Delete(self.key(sid))

    def delete(self, sid: str) -> Delete:
        """Return what ends a session."""
        return Delete(self.key(sid))

    def read(self, value: str | None) -> dict[str, Any]:
        """Return the session that a key's value spells.

        Args:
            value: What `GET` answers, None for no key; any text is safe to pass.

        Raises:
            Unknown: There is no value, or it is empty.
            Oversized: Longer than `MAX_STORED` of `express_session`.
            Malformed: It is no object by the serializer.

        Source: connect-redis 10.0.0 (`get`).
        """
        if not value:
            raise Unknown("no such session")
        express_session.check_size(value)
        try:
            session = self.serializer.parse(value)
        except ValueError:
            session = None
        if not isinstance(session, dict):
            raise Malformed("expected a stored session")
        return cast("dict[str, Any]", session)

    def _seconds(self, session: Mapping[str, object], now: int) -> int:
        if callable(self.ttl):
            return self.ttl(session)
        cookie = session.get("cookie")
        known = isinstance(cookie, Mapping)
        members = cast("Mapping[str, object]", cookie if known else {})
        expires = express_session.instant(members)
        return self.ttl if expires is None else -((now - expires) // 1000)  # rounded up
