"""The record of what happened: kept for a while, with as much of an address as is wanted."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from sqlalchemy import Engine

from dojang.auth import event_rows
from dojang.auth.event import Event, Fact
from dojang.auth.sources import networks
from dojang.auth.threads import off_loop
from dojang.errors import Misuse, Unavailable

__all__ = ["Addresses", "Events", "Hook"]

#: Is told of every event, after it was kept; what it raises is logged, and stops nothing.
Hook = Callable[[Event], Awaitable[None]]

#: How much of an address is kept: all, the /24 or /48 it is of, or nothing.
Addresses = Literal["whole", "network", "none"]

_LOG = logging.getLogger("dojang")

_DAY = 86_400_000  # milliseconds

#: Milliseconds between two looks of one process for what is too old.
_TIDIED_EVERY = 3_600_000

#: Events that one look forgets, inclusive: more than come between two of them.
_FORGOTTEN_AT_ONCE = 10_000

_MOST = 1_000  # events of one page


class Events:
    """Keeps events beside the accounts, and tells hooks of them."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], int],
        days: int = 365,
        addresses: Addresses = "whole",
        hooks: Sequence[Hook] = (),
    ) -> None:
        """Take the parts.

        Args:
            engine: Of the accounts.
            clock: Returns unix milliseconds.
            days: For how long an event is kept, 1 or more; a little longer where nothing happens.
            addresses: How much of an address is kept, and told to hooks.
            hooks: Are told of every event, in this order.

        Raises:
            Misuse: `days` is less than 1.
        """
        if days < 1:
            raise Misuse(f"events are kept for {days} days; write 1 or more")
        self._engine = engine
        self._clock = clock
        self._days = days
        self._addresses: Addresses = addresses
        self._hooks = tuple(hooks)
        self._tidied = 0

    def shortened(self, address: str) -> str:
        """Return as much of an address as is kept.

        Args:
            address: As it came; any text is safe to pass.
        """
        return _shortened(address, self._addresses)

    async def happened(
        self,
        kind: str,
        *,
        user: str | None = None,
        handle: str = "",
        address: str = "",
        agent: str = "",
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        """Keep what happens now, and tell the hooks.

        Args:
            kind: As in `Event`, and so are the others.
            user: As in `Event`.
            handle: As in `Event`.
            address: As in `Event`.
            agent: As in `Event`.
            facts: As in `Event`.
        """
        now = self._clock()
        await self.record(
            Event(
                kind=kind,
                at=now,
                user=user,
                handle=handle,
                address=address,
                agent=agent,
                facts=facts or {},
            )
        )

    async def record(self, event: Event) -> None:
        """Keep an event, and tell the hooks.

        What happened has happened: trouble with the database, or in a hook, is logged.
        """
        kept = replace(event, address=_shortened(event.address, self._addresses))
        try:
            await off_loop(partial(event_rows.add, self._engine, kept))
            await self._tidy()
        except Unavailable as trouble:
            _LOG.warning("an event of the kind %s was not kept: %s", event.kind, trouble)
        for hook in self._hooks:
            try:
                await hook(kept)
            except Exception:  # noqa: BLE001 - of the application; it must not undo a sign-in
                _LOG.warning("a hook failed at %s", event.kind, exc_info=True)

    async def page(
        self,
        *,
        user: str | None = None,
        kind: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[tuple[int, Event]]:
        """Return events with their numbers, newest first.

        Args:
            user: Only of this account; of all unless given.
            kind: Only of this kind; of all unless given.
            before: Only those with a smaller number, exclusive: the last one of the page before.
            limit: How many at most, from 1 to 1,000.

        Raises:
            Misuse: `limit` is out of bounds.
            Unavailable: The database did not answer.
        """
        if not 1 <= limit <= _MOST:
            raise Misuse(f"a page of {limit} events; write a limit from 1 to {_MOST:,}")
        return await off_loop(
            partial(event_rows.page, self._engine, user=user, kind=kind, before=before, limit=limit)
        )

    async def _tidy(self) -> None:
        now = self._clock()
        if now - self._tidied < _TIDIED_EVERY:
            return
        self._tidied = now
        old = partial(
            event_rows.forget,
            self._engine,
            before=now - self._days * _DAY,
            limit=_FORGOTTEN_AT_ONCE,
        )
        await off_loop(old)


def _shortened(address: str, kept: Addresses) -> str:
    if kept == "whole":
        return address
    widest = networks(address)[-1:]
    if kept == "none" or not widest:
        return ""
    # The subscribers of a provider share a /24, as those of a site share a /48.
    return widest[0] if "/" in widest[0] else f"{widest[0].rpartition('.')[0]}.0/24"
