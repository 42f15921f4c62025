"""Accept many, write one: sessions of other kinds become ours when they come."""

import logging
from collections.abc import Mapping, Sequence

from dojang.errors import (
    BadSignature,
    DojangError,
    Malformed,
    Missing,
    Oversized,
    Rejected,
    UnknownKey,
)
from dojang.peers.peer import Peer
from dojang.session.arrival import arrived
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.strategies.strategy import Strategy
from dojang.wire import chunks
from dojang.wire.cookies import Cookie

__all__ = ["Formers"]

_LOG = logging.getLogger("dojang")

#: Why a cookie is not one of ours at all. One of ours that is over keeps the others out: a session
#: that was ended does not come back by an older cookie.
_NOT_OURS = (Missing, Malformed, Oversized, BadSignature, UnknownKey)


class Formers:
    """The kinds of sessions that were used before, and may still come."""

    def __init__(
        self,
        peers: Mapping[str, Peer],
        home: Strategy,
        *,
        cookie: Cookie,
        lifetime: Lifetime,
        principal: Place | None,
    ) -> None:
        """Take them with their names, and where their sessions go.

        Args:
            peers: By the name under which they are counted; asked in this order.
            home: Where sessions live now.
            cookie: In which they come then.
            lifetime: Our limits.
            principal: Where we look for the user in the data.
        """
        self._peers = peers
        self._home = home
        self._cookie = cookie
        self._lifetime = lifetime
        self._principal = principal
        self._left: set[str] = set()

    def came(self, header: str) -> bool:
        """Return whether a Cookie header has a cookie of another kind."""
        return any(_texts(peer, header) for peer in self._peers.values())

    async def instead_of(self, found: Found, header: str, *, now: int) -> Found:
        """Return what a cookie of another kind stands for, where `found` is nothing of ours.

        Args:
            found: What our own cookie stands for.
            header: The Cookie header.
            now: Unix milliseconds.

        Raises:
            Unavailable: A store did not answer.
            TooManySessions: The user has as many as they may.
        """
        if not isinstance(found.rejected, _NOT_OURS):
            return found
        for name, peer in self._peers.items():
            texts = _texts(peer, header)
            if not texts:
                continue
            other = await self._taken_in(name, peer, texts, now)
            if other.record is not None:
                return other
            if isinstance(found.rejected, Missing):
                found = other
        return found

    def leave(self, name: str, because: DojangError) -> None:
        """Note that a session of a kind stays where it is, once for each kind.

        Args:
            name: Of its kind.
            because: Why it cannot be one of ours.
        """
        if name not in self._left:
            self._left.add(name)
            _LOG.warning(
                "a session of %s cannot be made anew and stays where it is: %s "
                "(more of them are not logged)",
                name,
                because,
            )

    def farewells(self, header: str, *, own: str | None) -> Sequence[str]:
        """Return the Set-Cookie lines that make a browser drop the cookies of other kinds.

        Args:
            header: The Cookie header.
            own: The text in it that was good as one of ours, whose cookie may have the same name;
                None for none.
        """
        ours = _place(self._cookie)
        lines = (
            line
            for peer in self._peers.values()
            if set(_texts(peer, header)) != {own}
            for name in chunks.stale(header, peer.cookie.name, peer.cookie.chunks)
            if _place(cookie := peer.cookie.renamed(name)) != ours
            for line in [cookie.delete()]
        )
        return list(dict.fromkeys(lines))

    async def _taken_in(self, name: str, peer: Peer, texts: Sequence[str], now: int) -> Found:
        found = await peer.strategy.load(texts, peer.lifetime, now=now)
        if found.current is None or found.credential is None:
            return found
        try:
            record = arrived(
                found.current,
                self._lifetime,
                came_from=peer.principal,
                goes_to=self._principal,
                now=now,
            )
            return await self._home.take_in(
                record,
                found.proof or Proof(found.credential),
                self._lifetime,
                name=name,
                now=now,
            )
        except Rejected as rejected:
            return Found(rejected=rejected.with_traceback(None))


def _texts(peer: Peer, header: str) -> Sequence[str]:
    return chunks.candidates(header, peer.cookie.name, peer.cookie.chunks)


def _place(cookie: Cookie) -> tuple[str, str | None, str | None]:
    # By these a browser tells cookies apart.
    return cookie.name, cookie.domain, cookie.path
