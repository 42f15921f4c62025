"""Where tokens of others are kept: in a store, sealed, under random names."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dojang import clock as clocks
from dojang.errors import Rejected, Unavailable
from dojang.session.record import Principal
from dojang.stores.documents import Document, Documents
from dojang.stores.drivers.waiting import loop_to_wait_on
from dojang.stores.leases import Leases
from dojang.tokens.issued import Issued
from dojang.wire import json, sealed_box
from dojang.wire.keyring import Keyring

__all__ = ["Kept", "Vault", "VaultStore"]


#: Seconds that a refresh may hold up somebody who has a good token.
_MOMENT = 1.0

#: Milliseconds after a failed refresh for which those who have a good token try no other.
_LATELY = 5_000

#: Failed refreshes that are remembered.
_REMEMBERED = 10_000


class VaultStore(Documents, Leases, Protocol):
    """A store that keeps tokens, and lends out the right to refresh them; all of dojang's do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Tokens as they were found.

    Attributes:
        issued: The tokens.
        user: Whose they are, as text.
        refused: Whether the issuer takes the refresh token no more.
        document: What is compared when they are replaced.
    """

    issued: Issued
    user: str
    refused: bool
    document: Document


class Vault:
    """Keeps tokens for sessions wherever those live, and knows who is refreshing them here."""

    def __init__(
        self,
        store: VaultStore,
        *,
        secret: Keyring | str | bytes | Sequence[str | bytes],
        clock: Callable[[], int] = clocks.now,
    ) -> None:
        """Keep them in `store`.

        Args:
            store: Shared by all processes and machines that serve the sessions.
            secret: Seals them, newest first; a key for this purpose alone is derived.
            clock: Returns unix milliseconds.

        Raises:
            WeakSecret: A secret is too short.
        """
        self.store = store
        self.clock = clock
        self._keys = Keyring.of(secret).derive("upstream")
        self._under_way: dict[tuple[int, str], asyncio.Task[str]] = {}
        self._failed: dict[str, int] = {}

    async def find(self, handle: str) -> Kept | None:
        """Return what is kept under `handle`, or None.

        Raises:
            Unavailable: The store did not answer, or no secret here opens what it keeps.
        """
        name = _name(handle)
        document = await self.store.document(name, now=self.clock())
        if document is None:
            return None
        try:
            opened = sealed_box.open_box(document.text, name=name, keys=self._keys)
        except Rejected as error:
            raise Unavailable(
                "tokens of others were sealed with a secret that is not here: configure it behind "
                "the new one"
            ) from error
        facts: Any = json.loads(opened)
        issued = Issued(access=facts["access"], refresh=facts["refresh"], expires=facts["expires"])
        return Kept(issued=issued, user=facts["user"], refused=facts["refused"], document=document)

    async def put(
        self,
        handle: str,
        issued: Issued,
        *,
        user: Principal,
        before: Kept | None,
        until: int | None,
        refused: bool = False,
    ) -> bool:
        """Keep tokens in the place of `before`; say whether that was there, unchanged.

        Args:
            handle: What they are kept under.
            issued: The tokens.
            user: Whose they are.
            before: As it was found; None where nothing is there.
            until: When they go, in unix milliseconds: with the session; None for never.
            refused: Whether the issuer takes the refresh token no more.

        Raises:
            Unavailable: The store did not answer.
        """
        facts = {
            "access": issued.access,
            "refresh": issued.refresh,
            "expires": issued.expires,
            "user": str(user),
            "refused": refused,
        }
        name = _name(handle)
        text = sealed_box.seal(json.dumps(facts).encode(), name=name, keys=self._keys)
        document = Document(name=name, text=text, expires=until)
        there = None if before is None else before.document
        return await self.store.put(there, document, now=self.clock())

    async def once(
        self, handle: str, work: Callable[[], Coroutine[Any, Any, str]], *, good: str | None = None
    ) -> str:
        """Return what `work` gives, done once for all who ask in this event loop meanwhile.

        It goes on when a caller is cancelled: what it found out must not be lost.

        Args:
            handle: Of the tokens.
            work: Refreshes them.
            good: A token that will do where `work` takes longer than a moment; None where there is
                nothing but to wait. In synchronous code it takes as long as it takes.
        """
        loop = loop_to_wait_on()
        if loop is None:
            return await work()
        key = id(loop), handle
        task = self._under_way.get(key)
        if task is not None and good is not None:
            return good
        if task is None:
            task = self._under_way[key] = loop.create_task(work())
            task.add_done_callback(lambda done: self._ended(key, done))
        if good is None:
            return await asyncio.shield(task)
        await asyncio.wait([task], timeout=_MOMENT)
        return task.result() if task.done() else good

    def failed(self, handle: str) -> None:
        """Remember that the issuer of these tokens does not answer."""
        if len(self._failed) >= _REMEMBERED:
            self._failed.clear()
        self._failed[handle] = self.clock()

    def failed_lately(self, handle: str) -> bool:
        """Return whether this process asked in vain just now."""
        at = self._failed.get(handle)
        return at is not None and 0 <= self.clock() - at < _LATELY

    def _ended(self, key: tuple[int, str], task: "asyncio.Task[str]") -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # looked at, though all who asked may be gone


def _name(handle: str) -> str:
    return f"upstream:{handle}"
