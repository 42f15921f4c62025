"""Tokens that somebody else issued, with a session: valid on demand, and refreshed once."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from inspect import iscoroutinefunction

from dojang import blocking
from dojang.errors import DojangError, Misuse, SignInAgain, Unavailable
from dojang.session.session import Session
from dojang.stores.drivers.waiting import pause, running_loop
from dojang.tokens.issued import Issued
from dojang.tokens.vault import Kept, Vault
from dojang.wire import entropy

__all__ = ["Refresh", "Upstream"]

#: Gets new tokens for a refresh token; raises `SignInAgain` where the issuer refuses it.
Refresh = Callable[[str], Awaitable[Issued] | Issued]

_HANDLE_BYTES = 16

#: Seconds between two looks at what somebody else is refreshing: the first, and the longest.
_FIRST, _LONGEST = 0.02, 0.25

#: Milliseconds that the clocks of two hosts may be apart.
_SKEW = 60_000

#: Times a rotated token is tried to be stored: without it the next refresh is refused.
_TRIES = 5


class Upstream:
    """The tokens of one session at one issuer.

    In the session is a handle, in its data; the tokens are in the store, sealed. However many
    requests, processes and machines ask at the same time, one of them refreshes, and what it got is
    stored before anybody uses it. The others wait for it.
    """

    def __init__(
        self,
        session: Session,
        *,
        refresh: Refresh,
        vault: Vault,
        name: str = "upstream",
        early: int = 30,
        patience: int = 20,
    ) -> None:
        """Take the parts.

        Args:
            session: Whose tokens they are; somebody is signed in.
            refresh: A coroutine function, or a plain one in synchronous code.
            vault: Where they are kept.
            name: The member of the session's data that holds the handle; one for each issuer.
            early: Seconds before its expiry from which on a token is refreshed.
            patience: Seconds that a refresh may take in asynchronous code; elsewhere it takes as
                long as `refresh` lets it. Where its process died, another is tried after twice as
                many, and a minute for clocks that are apart.

        Raises:
            Misuse: A time is out of bounds.
        """
        if early < 0 or patience <= 0:
            raise Misuse("early is seconds, 0 or more, and patience is above 0")
        self._session = session
        self._refresh = refresh
        self._vault = vault
        self._name = name
        self._early = early * 1000
        self._patience = patience

    async def keep(self, issued: Issued) -> None:
        """Keep the tokens that a sign-in gave; those before them are forgotten.

        Raises:
            Misuse: Nobody is signed in.
            Unavailable: The store did not answer.
        """
        user = self._session.user
        if user is None:
            raise Misuse("tokens are kept for a session that somebody is signed in to")
        await self.forget()
        handle = entropy.token(_HANDLE_BYTES)
        await self._vault.put(handle, issued, user=user, before=None, until=self._until())
        self._session[self._name] = handle

    async def token(self) -> str:
        """Return an access token that is good: for `early` seconds more, where the issuer answers.

        Nobody who has a good one waits more than a moment for an issuer that does not.

        Raises:
            SignInAgain: There are none, or the issuer refuses to refresh them, for good.
            Unavailable: The store or the issuer did not answer, and the token has expired.
        """
        handle = self._session.get(self._name)
        if not isinstance(handle, str) or not handle:
            raise SignInAgain("this session has no tokens of the issuer: sign in there")
        kept = self._mine(await self._vault.find(handle))
        if self._is_fresh(kept.issued):
            await self._extend(handle, kept)
            return kept.issued.access
        good = kept.issued.access if self._is_good(kept.issued) else None
        if good is not None and self._vault.failed_lately(handle):
            return good
        return await self._vault.once(handle, lambda: self._refreshed(handle), good=good)

    async def forget(self) -> None:
        """Drop the tokens, as at a logout.

        Raises:
            Unavailable: The store did not answer.
        """
        handle = self._session.pop(self._name, None)
        while isinstance(handle, str) and (kept := await self._vault.find(handle)):
            if await self._vault.store.discard(kept.document):
                return

    async def _refreshed(self, handle: str) -> str:
        """Refresh, or wait for whoever does."""
        owner, wait = entropy.token(_HANDLE_BYTES), _FIRST
        end = time.monotonic() + 3 * self._patience
        name, store = f"upstream:{handle}", self._vault.store
        while time.monotonic() < end:
            if await self._lend(name, owner):
                try:
                    with self._lent_meanwhile(name, owner):
                        return await self._refresh_now(handle)
                finally:
                    await store.release(name, owner)
            kept = self._mine(await self._vault.find(handle))
            if self._is_good(kept.issued):
                return kept.issued.access
            await pause(wait)
            wait = min(2 * wait, _LONGEST)
        raise Unavailable("another process is refreshing the token, and does not come to an end")

    async def _lend(self, name: str, owner: str) -> bool:
        # Held for as long by the slowest of clocks: another host may be ahead of this one.
        now = self._vault.clock()
        until = now + 2 * self._patience * 1000
        return await self._vault.store.acquire(name, owner, until=until, now=now - _SKEW)

    @contextmanager
    def _lent_meanwhile(self, name: str, owner: str) -> Generator[None]:
        """Keep the lease while synchronous code works, which nothing can call back in time."""
        if running_loop() is not None:
            yield  # there, the work takes no longer than `patience`
            return
        done = threading.Event()

        def keep() -> None:
            while not done.wait(self._patience):
                with suppress(DojangError):
                    blocking.run(self._lend(name, owner))

        keeper = threading.Thread(target=keep, name="dojang-lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    async def _refresh_now(self, handle: str) -> str:
        # Whoever had the lease before may have done it.
        kept = self._mine(await self._vault.find(handle))
        if self._is_fresh(kept.issued):
            return kept.issued.access
        if kept.issued.refresh is None:
            raise SignInAgain("the token has expired, and there is none to refresh it")
        try:
            issued = await self._ask(kept.issued.refresh)
        except SignInAgain:
            await self._store(handle, kept.issued, kept, refused=True)
            raise
        except Exception as error:
            self._vault.failed(handle)
            if self._is_good(kept.issued):
                return kept.issued.access
            raise Unavailable("the issuer of the token does not answer") from error
        after = replace(issued, refresh=issued.refresh or kept.issued.refresh)
        await self._store(handle, after, kept)
        return after.access

    async def _ask(self, token: str) -> Issued:
        if running_loop() is None:
            answer = self._refresh(token)
            return await answer if isinstance(answer, Awaitable) else answer
        async with asyncio.timeout(self._patience):
            # A plain function holds up a thread, and not the loop.
            plain = not iscoroutinefunction(self._refresh)
            answer = (
                await asyncio.to_thread(self._refresh, token) if plain else self._refresh(token)
            )
            return await answer if isinstance(answer, Awaitable) else answer

    async def _store(
        self, handle: str, issued: Issued, before: Kept, *, refused: bool = False
    ) -> None:
        there: Kept | None = before
        for left in reversed(range(_TRIES)):
            try:
                # Where others are there, or none, the session has newer tokens, or has ended.
                while there is not None and _are_same(there, before):
                    until = _later(there.document.expires, self._until())
                    put = partial(self._vault.put, handle, issued, user=before.user, until=until)
                    if await put(before=there, refused=refused):
                        return
                    there = await self._vault.find(handle)
            except Unavailable:
                if not left:
                    raise
                await pause(_LONGEST)
            else:
                return

    def _mine(self, kept: Kept | None) -> Kept:
        if kept is None or kept.user != str(self._session.user):
            raise SignInAgain("this session has no tokens of the issuer any more: sign in there")
        if kept.refused:
            raise SignInAgain("the issuer refused to go on: sign in there again")
        return kept

    def _is_fresh(self, issued: Issued) -> bool:
        return issued.expires is None or self._vault.clock() < issued.expires - self._early

    def _is_good(self, issued: Issued) -> bool:
        return issued.expires is None or self._vault.clock() < issued.expires

    async def _extend(self, handle: str, kept: Kept) -> None:
        """Keep the tokens of a session without an absolute limit on, at their half-life."""
        expires = kept.document.expires
        due = self._session.lifetime.renewal(expires)
        if due is None or expires is None or self._vault.clock() < due:
            return
        until = self._until()
        if until is None or until > expires:
            issued, user, refused = kept.issued, kept.user, kept.refused
            await self._vault.put(
                handle, issued, user=user, before=kept, until=until, refused=refused
            )

    def _until(self) -> int | None:
        """Return when the tokens go: with the session, as far as that is known."""
        created, now = self._session.created, self._vault.clock()
        began = now if created is None else round(created.timestamp() * 1000)
        lifetime, remember = self._session.lifetime, self._session.remember
        end = lifetime.end(created=began, remember=remember)
        if end is not None:
            return end
        return lifetime.expiry(created=began, remember=remember, now=now)


def _are_same(there: Kept, before: Kept) -> bool:
    """Return whether nothing but their end has changed."""
    return (there.issued, there.user, there.refused) == (
        before.issued,
        before.user,
        before.refused,
    )


def _later(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
