"""The session cookie of one request, and the lines of its answer that change it."""

from collections.abc import Sequence
from functools import cached_property

from dojang.errors import ResponseStarted
from dojang.session.found import Found
from dojang.session.lifetime import Lifetime
from dojang.session.record import Record
from dojang.strategies.strategy import Kept
from dojang.wire import chunks
from dojang.wire.cookies import Cookie

__all__ = ["CookieExchange"]


class CookieExchange:
    """What a browser sent, and what it is to hold afterwards."""

    def __init__(self, header: str, cookie: Cookie, lifetime: Lifetime) -> None:
        """Begin with what came.

        Args:
            header: The Cookie header; any text is safe to pass.
            cookie: The session's.
            lifetime: Says how long the browser keeps it.
        """
        self.header = header
        self._cookie = cookie
        self._lifetime = lifetime
        self._lines: dict[Sequence[str], str] = {}
        self._started = False

    @cached_property
    def candidates(self) -> Sequence[str]:
        """The texts that may stand for the session."""
        return chunks.candidates(self.header, self._cookie.name, self._cookie.chunks)

    @property
    def came(self) -> Sequence[str]:
        """The names under which something of it came."""
        return chunks.stale(self.header, self._cookie.name, self._cookie.chunks)

    @property
    def answered(self) -> bool:
        """Whether there is a line already."""
        return bool(self._lines)

    def lines_for(self, record: Record, credential: str, *, now: int) -> Sequence[str]:
        """Return the lines that make the browser keep a credential.

        Args:
            record: What it stands for.
            credential: Cookie octets.
            now: Unix milliseconds: of the answer, so that no cookie outlives its session.

        Raises:
            TooLarge: It does not fit.
        """
        seconds = self._lifetime.max_age(record, now=now)
        max_age, expires = self._cookie.life(seconds, now=now)
        return chunks.set_chunks(
            self._cookie, credential, max_age=max_age, expires=expires, present=self._present()
        )

    def announce(self, before: Found, kept: Kept, *, now: int) -> None:
        """Tell the browser what became of a session, if that is news to it.

        Args:
            before: What the request came with.
            kept: What is stored now.
            now: As for `lines_for`.

        Raises:
            ResponseStarted: A line is due, and the headers have left.
        """
        if kept.record is None or kept.credential is None:
            self.delete()
            return
        same = kept.credential == before.credential and not before.former
        if not same or self._life_moved(before, kept.record):
            self._queue(self.lines_for(kept.record, kept.credential, now=now))

    def delete(self) -> None:
        """Let the browser drop the cookie and all pieces of it.

        Raises:
            ResponseStarted: The headers have left.
        """
        self._queue(chunks.delete(self._cookie, present=self._present()))

    def part_with(self, lines: Sequence[str]) -> None:
        """Let it drop cookies of other kinds too, unless one of ours takes their very place."""
        self._lines = {_place(line): line for line in lines} | self._lines

    def leave(self) -> Sequence[str]:
        """Return the lines, once."""
        lines, self._lines = self._lines, {}
        return list(lines.values())

    def start(self) -> None:
        """Note that the headers have left: from now on no cookie can be set."""
        self._started = True

    def _queue(self, lines: Sequence[str]) -> None:
        if lines and self._started:
            raise ResponseStarted("a new cookie is due, but the headers have left; save() earlier")
        # One line for a cookie: the last one says what the browser should hold.
        self._lines |= {_place(line): line for line in lines}

    def _present(self) -> Sequence[str]:
        return list(dict.fromkeys([*self.came, *(name for name, *_ in self._lines)]))

    def _life_moved(self, before: Found, after: Record) -> bool:
        if before.record is None or before.record.remember != after.remember:
            return True
        return self._lifetime.follows_idle and before.record.expires != after.expires


def _place(line: str) -> Sequence[str]:
    # By these a browser tells cookies apart.
    pair, *attributes = line.split("; ")
    where = (each for each in attributes if each.startswith(("Domain=", "Path=")))
    return pair.partition("=")[0], *where
