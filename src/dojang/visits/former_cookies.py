"""The cookies of other kinds in one request: what they stand for, and which of them are to go.

One rule, whatever they are called:

- A text belongs to the kind that knows it: ours is asked first, then the others in their order.
  What is said by one that does not know it (malformed, a bad signature) says nothing about it.
- What is over keeps nobody out: the next is asked. Only what goes on under a newer id does, for the
  newer cookie is on its way.
- A cookie is dropped by an answer to a request that brought it, once it is of use to nobody: its
  session is one of ours now, whoever sent it has signed out, or its own kind says that it will be
  good no more. What nobody looked at stays where it is, and so does what does not fit here.
- Under the name of our own cookie, what another kind knew is not dropped: a login that was answered
  meanwhile has put a newer one there.
"""

from collections.abc import Sequence
from functools import cached_property

from dojang.errors import (
    BadSignature,
    DojangError,
    Expired,
    Malformed,
    Missing,
    Oversized,
    Revoked,
    Rotated,
    Unknown,
    UnknownKey,
    WrongAlgorithm,
)
from dojang.peers.peer import Peer
from dojang.session.found import Found
from dojang.visits.formers import Formers
from dojang.wire import chunks
from dojang.wire.cookies import Cookie

__all__ = ["FormerCookies"]

#: What a kind says of a text that it does not know.
_STRANGE = (Missing, Malformed, Oversized, BadSignature, UnknownKey, WrongAlgorithm)


class FormerCookies:
    """What a browser still sends, and is to send no more."""

    def __init__(self, formers: Formers, header: str) -> None:
        """Begin with what came.

        Args:
            formers: The kinds.
            header: The Cookie header; any text is safe to pass.
        """
        self._formers = formers
        self._header = header
        self._ours: Found | None = None
        self._verdicts: dict[str, Found] = {}
        self._stays = False

    @cached_property
    def came(self) -> bool:
        """Whether there is a cookie of another kind, or a piece of one."""
        return any(self._names(peer) for peer in self._formers.peers.values())

    async def instead_of(self, ours: Found, *, now: int) -> Found:
        """Return what a cookie of another kind stands for, where `ours` is no session.

        Args:
            ours: What our own cookie stands for.
            now: Unix milliseconds.

        Raises:
            Unavailable: A store did not answer.
            TooManySessions: The user has as many as they may.
        """
        self._ours, self._verdicts = ours, {}
        if ours.record is not None or isinstance(ours.rejected, Rotated):
            return ours
        for name, peer in self._formers.peers.items():
            if not self._names(peer) or self._is_ours_and_over(peer):
                continue
            found = self._verdicts[name] = await self._read(name, peer, now)
            if found.record is not None:
                return found
        return self._verdict(ours)

    def stay(self, name: str, because: DojangError) -> None:
        """Let all stay where they are: a session of a kind cannot be one of ours.

        Args:
            name: Of its kind.
            because: Why.
        """
        self._stays = True
        self._formers.leave(name, because)

    def farewells(self, *, served: bool, left: bool) -> Sequence[str]:
        """Return the Set-Cookie lines that make a browser drop what is of use to nobody.

        Args:
            served: Whether the answer leaves a session of ours, or ended one.
            left: Whether whoever sent them has signed out.
        """
        if self._stays:
            return []
        all_of_them = left or (served and self._ours is not None)
        lines = [
            cookie.delete()
            for name, peer in self._formers.peers.items()
            if (all_of_them or self._is_useless(name, peer)) and not self._is_our_own(peer)
            for cookie in map(peer.cookie.renamed, self._names(peer))
            if _place(cookie) not in self._our_places
        ]
        return list(dict.fromkeys(lines))

    async def _read(self, name: str, peer: Peer, now: int) -> Found:
        texts = self._texts(peer)
        if not texts:
            rejected = Malformed("a piece of a cookie came, and not the rest")
            return Found(rejected=rejected, former=name)
        return await self._formers.take_in(name, texts, now=now)

    def _verdict(self, ours: Found) -> Found:
        others = list(self._verdicts.values())
        known = [found for found in (ours, *others) if _is_known(found)]
        if known:
            return known[0]
        return others[0] if others and isinstance(ours.rejected, Missing) else ours

    def _is_ours_and_over(self, peer: Peer) -> bool:
        # The very text, which another kind may take for one of its own where both have one key.
        over = self._ours is not None and isinstance(self._ours.rejected, Expired | Revoked)
        return over and self._has_our_name(peer)

    def _is_our_own(self, peer: Peer) -> bool:
        good = self._ours.credential if self._ours is not None else None
        return set(self._texts(peer)) == {good}

    def _is_useless(self, name: str, peer: Peer) -> bool:
        found = self._verdicts.get(name)
        if found is None or found.rejected is None:
            return False
        if self._has_our_name(peer) and self._ours is not None and _is_known(self._ours):
            return False
        return found.rejected.forget or isinstance(found.rejected, Unknown)

    def _has_our_name(self, peer: Peer) -> bool:
        return peer.cookie.name == self._formers.cookie.name

    @property
    def _our_places(self) -> set[tuple[str, str | None, str | None]]:
        cookie = self._formers.cookie
        pieces = cookie.chunks.names(cookie.name) if cookie.chunks else []
        return {_place(cookie.renamed(name)) for name in (cookie.name, *pieces)}

    def _texts(self, peer: Peer) -> Sequence[str]:
        return chunks.candidates(self._header, peer.cookie.name, peer.cookie.chunks)

    def _names(self, peer: Peer) -> Sequence[str]:
        return chunks.stale(self._header, peer.cookie.name, peer.cookie.chunks)


def _is_known(found: Found) -> bool:
    return not isinstance(found.rejected, _STRANGE)


def _place(cookie: Cookie) -> tuple[str, str | None, str | None]:
    # By these a browser tells cookies apart.
    return cookie.name, cookie.domain, cookie.path
