"""Accept many, write one: sessions of other kinds become ours when they come."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from dojang.errors import DojangError, Expired, Rejected, Revoked, Rotated
from dojang.peers.peer import Peer
from dojang.session.arrival import arrived
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.strategies.strategy import Strategy
from dojang.visits.cookies import CookieExchange
from dojang.wire.cookies import Cookie

__all__ = ["Formers"]

_LOG = logging.getLogger("dojang")


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
        self.peers = peers
        self.cookie = cookie
        self._home = home
        self._lifetime = lifetime
        self._exchange = CookieExchange("", cookie, lifetime)
        self._principal = principal
        self._left: set[str] = set()

    async def take_in(self, name: str, texts: Sequence[str], *, now: int) -> Found:
        """Return what has become of the session that a text of another kind stands for.

        Args:
            name: Of the kind.
            texts: What came in its cookie.
            now: Unix milliseconds.

        Raises:
            Unavailable: A store did not answer.
        """
        found = await self._under_an_older_name(name, texts, now)
        if found is None:
            found = await self._of_another_kind(name, texts, now)
        return replace(found, former=name)

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

    async def _under_an_older_name(self, name: str, texts: Sequence[str], now: int) -> Found | None:
        """Return what is one of ours already, or was, and only its cookie had another name."""
        if self.peers[name].cookie.name == self.cookie.name:
            return None
        found = await self._home.load(texts, self._lifetime, now=now)
        ours = found.record is not None or isinstance(found.rejected, Expired | Revoked | Rotated)
        return replace(found, newest=False) if ours else None

    async def _of_another_kind(self, name: str, texts: Sequence[str], now: int) -> Found:
        peer = self.peers[name]
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
                fits=partial(self._exchange.lines_for, now=now),
            )
        except Rejected as rejected:
            return Found(rejected=rejected.with_traceback(None))
