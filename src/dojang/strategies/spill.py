"""The session is in the cookie while it fits, and on the server once it does not."""

from collections.abc import Sequence
from dataclasses import replace

from dojang.errors import Misuse, TooLarge
from dojang.session.found import Found, Proof
from dojang.session.lifetime import Lifetime
from dojang.session.plan import Insert, Remove, Replace, Touch, Write
from dojang.session.record import Principal, Record, goes_on
from dojang.stores.contract import Store
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.strategies.server_side import ServerSide
from dojang.strategies.strategy import Choice, Fits, Kept, Strategy
from dojang.wire import signed_id
from dojang.wire.js import percent
from dojang.wire.keyring import Keyring

__all__ = ["Spill"]

#: How a signed id begins, and no seal does.
_ON_SERVER = percent.encode(signed_id.PREFIX)


class Spill:
    """Keeps a session in the cookie, and moves it to a store for good when it grows too large.

    A cookie that was sent before the move is a copy of the session as it was, and good until it
    expires unless the client side has revocations.
    """

    on_server = False

    def __init__(self, client: ClientSide, server: ServerSide) -> None:
        """Take both homes.

        Args:
            client: For sessions that fit their cookie.
            server: For the others.
        """
        self._client = client
        self._server = server
        server.revocations = server.revocations or client.revocations

    @property
    def store(self) -> Store:
        """Where large sessions are."""
        return self._server.store

    @property
    def suspends(self) -> bool:
        """Whether either home may wait for an event loop."""
        return self._client.suspends or self._server.suspends

    @property
    def revocable(self) -> bool:
        """Whether all sessions can be listed, and ended from afar."""
        return self._client.revocable

    @property
    def revocations(self) -> Revocations | None:
        """The log that what ends is written to; None where there is none."""
        return self._client.revocations

    @property
    def shared(self) -> object:
        """The store of what did not fit; see `Strategy.shared`."""
        return self._server.shared

    @property
    def signed(self) -> bool:
        """Whether there are keys to sign ids with."""
        return self._server.signed

    def sign_with(self, keys: Keyring) -> None:
        """Sign ids with `keys`.

        Raises:
            Misuse: Other keys sign them already.
        """
        self._server.sign_with(keys)

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the newest good credential stands for; see `Strategy.load`."""
        ids = [text for text in credentials if text.startswith(_ON_SERVER)]
        texts = [text for text in credentials if not text.startswith(_ON_SERVER)]
        if not ids:
            return await self._client.load(texts, lifetime, now=now)
        found = await self._server.load(ids, lifetime, now=now)
        if not texts:
            return found
        other = await self._client.load(texts, lifetime, now=now)
        return max((found, other), key=_age)

    async def commit(
        self, write: Write, found: Found, lifetime: Lifetime, *, now: int, fits: Fits
    ) -> Kept:
        """Write where the session is, or move it; see `Strategy.commit`."""
        if _is_on_server(found):
            return await self._server.commit(write, found, lifetime, now=now, fits=fits)
        try:
            return await self._client.commit(write, found, lifetime, now=now, fits=fits)
        except TooLarge:
            moved = Insert(replace(_after(write), handle=""))
            kept = await self._server.commit(moved, found, lifetime, now=now, fits=fits)
        if self.revocable and found.record is not None:
            await self._leave(found.record, kept.record, lifetime, now)
        return kept

    def choose(self, record: Record, found: Found, *, now: int) -> Choice:
        """Return a choice of where the session is; one that is moved gets another."""
        here = self._server if _is_on_server(found) else self._client
        return here.choose(record, found, now=now)

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
        """Take a session of another kind in where it fits; see `Strategy.take_in`."""
        # It is the same for all that come with the same text.
        here: Strategy = self._client if self._fits(record, fits, now) else self._server
        return await here.take_in(record, proof, lifetime, name=name, now=now, fits=fits)

    def expect(self, life: int) -> None:
        """Remember for longer what ended; see `Strategy.expect`."""
        self._client.expect(life)
        self._server.expect(life)

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return False: one that is not on the server may be in its cookie."""
        del handle, now
        return False

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        both = [
            *await self._client.list(user, now=now),
            *await self._server.list(user, now=now),
        ]
        return sorted(both, key=lambda record: record.created, reverse=True)

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """End one session; say whether it was there."""
        if await self._server.end(handle, lifetime, now=now):
            return True
        return await self._client.end(handle, lifetime, now=now)

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many went."""
        ended = await self._client.end_all(user, lifetime, but=but, now=now)
        return ended + await self._server.end_all(user, lifetime, but=but, now=now)

    def _fits(self, record: Record, fits: Fits, now: int) -> bool:
        try:
            choice = self._client.choose(record, Found(), now=now)
            fits(record, choice.credential or "")
        except Misuse:  # too large, or nothing that the format can hold
            return False
        return True

    async def _leave(
        self, before: Record, after: Record | None, lifetime: Lifetime, now: int
    ) -> None:
        heir = after.handle if after is not None and goes_on(before, after) else None
        await self._client.devices.end(before.handle, lifetime, heir=heir, now=now)

    def close(self) -> None:
        """Let go of what both hold."""
        self._client.close()
        self._server.close()


def _is_on_server(found: Found) -> bool:
    return found.credential is not None and found.credential.startswith(_ON_SERVER)


def _after(write: Write) -> Record:
    match write:
        case Insert(record) | Touch(record) | Replace(_, record) | Remove(record):
            return record


def _age(found: Found) -> int:
    return found.record.created if found.record else -1
