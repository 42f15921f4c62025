"""Noting what happened to accounts: a line in the log, and an event where those are kept."""

import logging
from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import InvalidCredentials, TooManyAttempts
from dojang.auth.errors import InvalidCode, Spent
from dojang.auth.event import Fact
from dojang.auth.events import Events
from dojang.auth.mails.account_changed import CHANGES

__all__ = ["ARRIVALS", "SIGN_UPS", "Journal", "Log", "Told"]


#: How an account begins.
SIGN_UPS = frozenset({"signed-up", "signed-up-with"})

#: How somebody comes to be signed in: what another way notes of them goes in here.
ARRIVALS = SIGN_UPS | {"logged-in", "signed-in-with", "token-made"}


class Told(Protocol):
    """Is told of what happened to an account."""

    async def __call__(self, request: Request, kind: str, user: str, handle: str) -> None:
        """Take note.

        Args:
            request: That brought it about.
            kind: What happened, as `logged-in`.
            user: Whose account, as in `User.id`.
            handle: Of the session, or of the tokens; may be empty.
        """
        ...


class Log(Protocol):
    """What structlog's loggers are."""

    def info(self, event: str, **facts: object) -> object:
        """Note what happened."""
        ...

    def warning(self, event: str, **facts: object) -> object:
        """Note what somebody should look at."""
        ...


class _Plain:
    _LOG = logging.getLogger("dojang")

    def info(self, event: str, **facts: object) -> None:
        self._LOG.info("%s %s", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        self._LOG.warning("%s %s", event, facts)


class Journal:
    """Says the same in both places, in the same words."""

    def __init__(
        self,
        *,
        log: Callable[[Request], Log] = lambda _: _Plain(),
        events: Events | None = None,
        arrived: Told | None = None,
        changed: Told | None = None,
    ) -> None:
        """Take the places.

        Args:
            log: Returns the log of a request; `dojang` of the standard library otherwise.
            events: Where events are kept, if they are.
            arrived: Is told of everybody who signed in or up, whichever way.
            changed: Is told of every change of what opens an account.
        """
        self._log = log
        self._events = events
        self._arrived = arrived
        self._changed = changed

    async def note(
        self, request: Request, kind: str, *, user: str | None = None, **facts: Fact
    ) -> None:
        """Note that something was done.

        Args:
            request: Whose.
            kind: What happened, as `logged-in`.
            user: Whose account.
            facts: What else is known; nothing secret, and nothing that somebody typed.
        """
        self._log(request).info(kind, **_known(user=user, **facts))
        await self._keep(request, kind, user, facts, handle=session_of(request).handle or "")
        if kind in ARRIVALS and user is not None and self._arrived is not None:
            # Tokens belong to no session, and have a handle of their own.
            handle = facts.get("device") or session_of(request).handle or ""
            await self._arrived(request, kind, user, str(handle))
        if kind in CHANGES and user is not None and self._changed is not None:
            await self._changed(request, kind, user, session_of(request).handle or "")

    async def warn(
        self,
        request: Request,
        kind: str,
        *,
        user: str | None = None,
        detail: str | None = None,
        **facts: Fact,
    ) -> None:
        """Note that something was refused; as `note` does, with the address in the log too.

        Args:
            request: As for `note`, and so are the others.
            kind: See there.
            user: See there.
            detail: In somebody else's words: for the log alone.
            facts: See there.
        """
        told = _known(user=user, address=self._address(request), detail=detail, **facts)
        self._log(request).warning(kind, **told)
        await self._keep(request, kind, user, facts)

    async def refused(
        self,
        request: Request,
        kind: str,
        error: InvalidCredentials | InvalidCode | Spent | TooManyAttempts,
    ) -> None:
        """Note that a password, a code, or what was mailed, opened nothing.

        What was not looked at is a line in the log alone: whoever floods a sign-in fills no table.
        """
        if isinstance(error, InvalidCredentials | InvalidCode | Spent):
            await self.warn(request, kind, user=error.account, code=error.code)
        else:
            self._log(request).warning(kind, address=self._address(request), code=error.code)

    def _address(self, request: Request) -> str:
        """Return as much of the address as events keep: a log is kept, too."""
        address = callers.address(request)
        return address if self._events is None else self._events.shortened(address)

    async def _keep(
        self,
        request: Request,
        kind: str,
        user: str | None,
        facts: dict[str, Fact],
        *,
        handle: str = "",
    ) -> None:
        if self._events is None:
            return
        await self._events.happened(
            kind,
            user=user,
            handle=handle,
            address=callers.address(request),
            agent=request.headers.get("user-agent", ""),
            facts=facts,
        )


def _known(**facts: Fact | None) -> dict[str, Fact]:
    return {name: value for name, value in facts.items() if value is not None}
