"""What a strategy does with credentials and with a write."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dojang.errors import Missing, Rejected
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.plan import Write
from dojang.session.record import Principal, Record
from dojang.strategies.revocations import Revocations

__all__ = ["Choice", "Fits", "Kept", "Strategy", "pick"]

#: Raises when no cookie holds the text that would stand for a record.
Fits = Callable[[Record, str], object]

#: Cookies of one name that are looked at; a browser sends one, or a few from parent domains.
_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A new id, and what will stand for it. Both are secrets.

    Attributes:
        id: For a write.
        credential: The text that stands for the record once it is written.
    """

    id: str = field(default="", repr=False)
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a write.

    Attributes:
        record: What is stored now; None when the session is over, or was before we came.
        credential: The text that stands for it; None when the session is over.
        lost: Whether the session had been ended or replaced meanwhile, so that nothing was written
            and the browser, which may hold a newer cookie by now, is told nothing.
    """

    record: Record | None
    credential: str | None
    lost: bool = False


class Strategy(Protocol):
    """One way to keep sessions."""

    @property
    def suspends(self) -> bool:
        """Whether `load` may wait for an event loop."""
        ...

    @property
    def on_server(self) -> bool:
        """Whether data can be written without sending a cookie."""
        ...

    @property
    def revocable(self) -> bool:
        """Whether sessions can be listed, and ended from afar."""
        ...

    @property
    def revocations(self) -> Revocations | None:
        """The log that what ends is written to; None where there is none."""
        ...

    @property
    def shared(self) -> object:
        """The store that all processes share, of sessions or of what ended; None for none."""
        ...

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the credentials stand for; trouble of a store is raised, never "nobody".

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def commit(
        self, write: Write, found: Found, lifetime: Lifetime, *, now: int, fits: Fits
    ) -> Kept:
        """Carry out a write.

        Args:
            write: What to do.
            found: What the request came with.
            lifetime: The limits in force.
            now: Unix milliseconds.
            fits: Asked before anything is written.

        Raises:
            Conflict: Somebody else changed the session, and the policy is `error`.
            TooManySessions: The user has as many as they may.
            TooLarge: It does not fit where it should go.
            Unavailable: The store did not answer.
        """
        ...

    def choose(self, record: Record, found: Found, *, now: int) -> Choice:
        """Return a new id for a record, and the credential it will have; nothing is written.

        What is told so holds unless somebody else changes the session before the write. A session
        in its cookie has a credential for each of its states, and this is the one of now.

        Args:
            record: What is to be written, without a handle.
            found: What the request came with.
            now: Unix milliseconds.
        """
        ...

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
        """Return what has become here of a session of another kind; the first to come brings it.

        However many requests bring the same text at once, it becomes one session; and once that
        is over, as far as it is known here, the text is good for nothing.

        Args:
            record: As one of ours, without a handle.
            proof: What stood for it.
            lifetime: The limits in force.
            name: Of its kind.
            now: Unix milliseconds.
            fits: Asked where it matters for the place that it gets.

        Raises:
            Unknown: It is over here.
            Expired: The same, by our limits.
            Revoked: It was ended from afar.
            NoRoom: The user has as many as they may.
            Unavailable: The store did not answer.
        """
        ...

    def expect(self, life: int) -> None:
        """Remember what ended for as long as sessions of other kinds may come that began before.

        Args:
            life: Milliseconds for which they can live.
        """
        ...

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return whether a session is known to be over: ended, expired, or under another handle.

        Raises:
            Unavailable: The store did not answer.
        """
        ...

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        ...

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """End one session; say whether it was there."""
        ...

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many went."""
        ...

    def close(self) -> None:
        """Finish what is queued and let go of files and connections; the next use opens them."""
        ...


async def pick(credentials: Sequence[str], load_one: Callable[[str], Awaitable[Found]]) -> Found:
    """Return what the newest good credential stands for; nothing is merged.

    Args:
        credentials: Several when a request carries more than one cookie of the name.
        load_one: Raises `Rejected` for one that is no good.
    """
    good: list[Found] = []
    reasons: list[Rejected] = []
    for credential in credentials[:_LOOKED_AT]:
        try:
            good.append(await load_one(credential))
        except Rejected as rejected:
            reasons.append(rejected.with_traceback(None))
    if good:
        # Of sessions that do not all say when they began, the one that was made last ends last.
        return max(good, key=_began if all(found.dated for found in good) else _end)
    return Found(rejected=reasons[0] if reasons else Missing("no session cookie came"))


def _began(found: Found) -> tuple[float, float]:
    # Of one session written twice, the later to end.
    return found.record.created if found.record else 0, _end(found)


def _end(found: Found) -> float:
    if found.record is None:
        return 0
    return math.inf if found.record.expires is None else found.record.expires
