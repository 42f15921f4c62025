"""The session is on the server, and the cookie holds a signed id."""

import hmac
import re
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Literal

from dojang.errors import Conflict, Gone, Malformed, Misuse, Oversized, Unknown
from dojang.session import merge
from dojang.session.fence import Revocation
from dojang.session.found import Found, Proof
from dojang.session.handle import handle_of
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.plan import Insert, Remove, Replace, Touch, Write
from dojang.session.record import Principal, Record, goes_on
from dojang.session.resume import resume
from dojang.stores.contract import Store
from dojang.stores.revocation_log import RevocationLog
from dojang.strategies.moved_in import Home, Note, moved_in, notes_in
from dojang.strategies.revocations import OF_A_USER, Revocations
from dojang.strategies.strategy import Choice, Fits, Kept, pick
from dojang.strategies.tally import Tally
from dojang.strategies.turns import Turns
from dojang.wire import base64url, entropy, signed_id
from dojang.wire.js.text import utf8
from dojang.wire.keyring import Keyring

__all__ = ["OnConflict", "ServerSide"]

OnConflict = Literal["merge", "last_write", "error"]

#: Random bytes in an id, inclusive; OWASP asks for 64 bits, and nobody has fewer than 128.
_FEWEST_ID_BYTES = 16

#: Characters of the longest signed id that is looked at: ours take 91, a peer's are as short.
_LONGEST = 512

#: An id alone, as other frameworks make them: no fewer bits than any id may have.
_ID = re.compile(r"[A-Za-z0-9_-]{22,256}")

#: Times a write is tried again when others keep changing the session. Each lost try is somebody
#: else's success: of those in one event loop the others wait, and between processes chance decides.
_TRIES = 1_000


class ServerSide:
    """Keeps sessions in a store, under the hash of an id that only the cookie holds."""

    on_server = True
    revocable = True

    def __init__(
        self,
        store: Store,
        *,
        keys: Keyring | None = None,
        on_conflict: OnConflict = "merge",
        limit: Limit | None = None,
        overlap: int = 0,
        id_bytes: int = 32,
        revocations: Revocations | RevocationLog | None = None,
        unsigned: bool = False,
    ) -> None:
        """Take the store.

        Args:
            store: Where records live.
            keys: Sign the ids, newest first; `Sessions(secret=...)` supplies them otherwise.
            on_conflict: What happens when somebody else changed the session first: `merge` keeps
                both sides' top-level members, `last_write` keeps ours alone, `error` raises.
            limit: How many sessions one principal may have.
            overlap: Seconds for which a replaced id still reads, as an anonymous session that
                cannot be changed and whose `rejected` is `rotated`.
            id_bytes: Random bytes in an id, at least 16; a peer has a number of its own.
            revocations: A log where what ends here is written too, for tokens that were made from
                these sessions: they end with them. The sessions themselves need it only where the
                store keeps no log of its own, for a login that began before all were ended, and
                is stored after.
            unsigned: Whether a cookie may also hold an id alone, as Flask-Session, starsessions and
                Django write it, whose sessions were copied here; it is signed when the session is
                next renewed or changed.

        Raises:
            Misuse: `on_conflict` is none of the three, `overlap` is negative, or an id would have
                fewer bytes.
        """
        if on_conflict not in {"merge", "last_write", "error"}:
            raise Misuse(f"on_conflict is merge, last_write or error, not {on_conflict!r}")
        if overlap < 0:
            raise Misuse(f"overlap is {overlap} s; write 0 or more")
        if id_bytes < _FEWEST_ID_BYTES:
            raise Misuse(
                f"an id of {id_bytes} bytes can be guessed; write {_FEWEST_ID_BYTES} or more"
            )
        self.store = store
        self.tally = Tally()
        self._turns = Turns()
        self._keys = keys
        self._on_conflict = on_conflict
        self._limit = limit
        self._overlap = overlap
        self._id_bytes = id_bytes
        self.revocations = Revocations.of(revocations)
        self._own_log = Revocations(store) if isinstance(store, RevocationLog) else None
        self._unsigned = unsigned

    @property
    def suspends(self) -> bool:
        """Whether the store may wait for an event loop."""
        return self.store.suspends

    @property
    def shared(self) -> Store:
        """The store of the sessions; see `Strategy.shared`."""
        return self.store

    @property
    def signed(self) -> bool:
        """Whether there are keys to sign ids with."""
        return self._keys is not None

    def sign_with(self, keys: Keyring) -> None:
        """Sign ids with `keys`.

        Raises:
            Misuse: Other keys sign them already.
        """
        if self._keys is not None and list(self._keys) != list(keys):
            raise Misuse("this strategy signs its ids with another secret; make one for each")
        self._keys = keys

    async def load(self, credentials: Sequence[str], lifetime: Lifetime, *, now: int) -> Found:
        """Return what the store has for the id; see `Strategy.load`.

        A text without a good signature never reaches the store, unless ids may be unsigned.
        """

        async def load_one(text: str) -> Found:
            if len(text) > _LONGEST:
                raise Oversized(f"{len(text)} characters, at most {_LONGEST} are looked at")
            id, newest = self._id_in(text)
            record = await self.store.find(handle_of(id), id=id)
            if record is None:
                raise Unknown("there is no such session")
            current = lifetime.noticed(resume(record, lifetime, now=now), now=now)
            return Found(record=record, current=current, credential=text, newest=newest)

        return await pick(credentials, load_one)

    async def commit(
        self, write: Write, found: Found, lifetime: Lifetime, *, now: int, fits: Fits
    ) -> Kept:
        """Write to the store; see `Strategy.commit`. An id fits every cookie."""
        del fits
        match write:
            case Insert(record, chosen):
                kept = await self._insert(record, chosen, now)
                await self._admit(found.record, kept.record, now)
                return kept
            case Replace(before, after, chosen):
                kept = await self._replace(before, after, chosen, found, now)
                await self._tell_of_move(before, kept.record, lifetime, now)
                await self._admit(before, kept.record, now)
                return kept
            case Touch(record):
                if await self.store.touch(record, now=now):
                    return Kept(record, self._signed_again(found))
                return self._lost()
            case Remove(record):
                if record.user is not None:
                    await self._tell(record.handle, lifetime, now)
                await self.store.remove(record.handle)
                return Kept(None, None)

    def choose(self, record: Record, found: Found, *, now: int) -> Choice:
        """Return a random id, and its signed text; see `Strategy.choose`."""
        del record, found, now
        id = entropy.token(self._id_bytes)
        return Choice(id, self._sign(id))

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
        """Store a session of another kind, or find it stored; see `Strategy.take_in`."""
        del fits

        async def find(note: Note) -> Record | None:
            id = self._id_under(note, proof)
            return await self.store.find(note.handle, id=id) if id else None

        home = Home(
            named=lambda nonce: self._named(record, next(self._ids_of(nonce, proof))),
            store=lambda named: self.store.insert(named, now=now, limit=self._limit),
            find=find,
            remove=self.store.remove,
            notes=notes_in(self.store),
            fence=self._fence,
        )
        stored, note = await moved_in(home, proof, now=now)
        current = lifetime.noticed(resume(stored, lifetime, now=now), now=now)
        credential = self._sign(self._id_under(note, proof))
        return Found(
            record=stored, current=current, credential=credential, newest=False, former=name
        )

    def expect(self, life: int) -> None:
        """Remember for longer what ended; see `Strategy.expect`."""
        if self._fence is not None:
            self._fence.outlast(life)

    async def is_over(self, handle: str, *, now: int) -> bool:
        """Return whether a session is over; see `Strategy.is_over`."""
        if self.store.by_id:
            return False
        record = await self.store.find(handle)
        return (
            record is None
            or record.rotated
            or (record.expires is not None and record.expires <= now)
        )

    async def list(self, user: Principal, *, now: int) -> Sequence[Record]:
        """Return the live sessions of `user`, newest login first."""
        return await self.store.list(user, now=now)

    async def end(self, handle: str, lifetime: Lifetime, *, now: int) -> bool:
        """End one session; say whether it was there."""
        await self._tell(handle, lifetime, now)
        return await self.store.remove(handle)

    async def end_all(
        self, user: Principal, lifetime: Lifetime, *, but: str | None, now: int
    ) -> int:
        """End all sessions of `user`, but the one with that handle; say how many went."""
        if (fence := self._fence) is not None:
            until = max(fence.until(lifetime, now=now), now + OF_A_USER)
            entry = Revocation(user=str(user), not_before=now, exempt=but, expires=until)
            await fence.add(entry, now=now)
        if self.revocations is not None:
            # The clock of the host where it logged in may be ahead, and its tokens are to end too.
            for listed in await self.store.list(user, now=now):
                if listed.login and now <= listed.login.at and listed.handle != but:
                    await self._tell(listed.handle, lifetime, now)
        return await self.store.remove_all(user, now=now, but=but)

    def close(self) -> None:
        """Let go of what the store holds."""
        self.store.close()

    @property
    def _fence(self) -> Revocations | None:
        """What a login is held against before it is let in."""
        return self.revocations or self._own_log

    async def _admit(self, before: Record | None, kept: Record | None, now: int) -> None:
        if kept is None or kept.login is None or self._fence is None:
            return
        if before is None or before.login != kept.login:
            await self._fence.admit(kept, store=self.store, now=now)

    async def _tell(
        self, handle: str, lifetime: Lifetime, now: int, *, heir: str | None = None
    ) -> None:
        if self.revocations is not None:
            until = self.revocations.until(lifetime, now=now)
            entry = Revocation(handle=handle, exempt=heir, expires=until)
            await self.revocations.add(entry, now=now)

    async def _tell_of_move(
        self, before: Record, after: Record | None, lifetime: Lifetime, now: int
    ) -> None:
        if after is None or before.user is None or before.handle == after.handle:
            return
        # What only moves keeps what it was spared from when others were ended.
        heir = after.handle if goes_on(before, after) else None
        await self._tell(before.handle, lifetime, now, heir=heir)

    async def _insert(self, record: Record, chosen: str, now: int) -> Kept:
        id = chosen or entropy.token(self._id_bytes)
        named = self._named(record, id)
        await self.store.insert(named, now=now, limit=self._limit)
        return Kept(named, self._sign(id))

    async def _replace(
        self, before: Record, after: Record, chosen: str, found: Found, now: int
    ) -> Kept:
        id = None if after.handle else chosen or entropy.token(self._id_bytes)
        new = self._named(after, id) if id else after
        retire_until = now + self._overlap * 1000 if id and self._overlap else None
        base, overwritten = before, 0
        async with AsyncExitStack() as turn:
            for tries in range(_TRIES):
                try:
                    await self.store.replace(
                        base, new, now=now, retire_until=retire_until, limit=self._limit
                    )
                except Gone:
                    if new.user is None or goes_on(before, new):
                        return self._lost()
                    # Somebody who just proved who they are gets in, whatever became of the old one.
                    return await self._insert(after, chosen, now)
                except Conflict as conflict:
                    if not tries:
                        await turn.enter_async_context(self._turns.at(before.handle))
                    theirs = await self._theirs(conflict, before)
                    if theirs is None:
                        continue
                    if theirs.user != before.user:
                        return self._lost()
                    base = theirs
                    if id:  # the one that lost may still be on its way out of a list
                        id = entropy.token(self._id_bytes)
                        new = self._named(new, id)
                    new, overwritten = self._onto(theirs, before, after, new)
                else:
                    self.tally.overwrote(overwritten)
                    return Kept(new, self._sign(id) if id else self._signed_again(found))
        raise Conflict(f"the session kept changing through {_TRIES} tries; repeat the request")

    async def _theirs(self, conflict: Conflict, before: Record) -> Record | None:
        if isinstance(conflict.current, Record):
            return conflict.current
        return await self.store.find(before.handle, id=before.id)

    def _onto(
        self, theirs: Record, before: Record, after: Record, new: Record
    ) -> tuple[Record, int]:
        """Return what to write in the place of `theirs`, and how many members that writes over."""
        new = merge.clocks(before, new, theirs)
        if before.user is not None and new.user != before.user:
            return new, 0
        merged = self._reconciled(before, after, theirs)
        return replace(new, data=merged.data), merged.overwritten

    def _reconciled(self, before: Record, after: Record, theirs: Record) -> merge.Merged:
        if self._on_conflict == "error":
            raise Conflict("somebody else changed the session; load it again and repeat the change")
        bring = merge.merge if self._on_conflict == "merge" else merge.overwrite
        return bring(before.data, after.data, theirs.data)

    def _ids_of(self, nonce: str, proof: Proof) -> Iterator[str]:
        # The same text has the same id, by each of the keys, which nobody can tell who has neither
        # the text nor a key.
        named = utf8(f"moved-in:{nonce}:{proof.text}")
        for key in self._signing():
            yield base64url.encode(hmac.digest(key, named, "sha256")[: self._id_bytes])

    def _id_under(self, note: Note, proof: Proof) -> str:
        """Return the id that a note is about; empty if a key made it that is gone."""
        ids = self._ids_of(note.nonce, proof)
        return next((id for id in ids if handle_of(id) == note.handle), "")

    def _named(self, record: Record, id: str) -> Record:
        return replace(record, handle=handle_of(id), id=id if self.store.by_id else "")

    def _lost(self) -> Kept:
        self.tally.drop()
        return Kept(None, None, lost=True)

    def _signing(self) -> Keyring:
        if self._keys is None:
            raise Misuse("ids have to be signed: Sessions(ServerSide(store), secret=...)")
        return self._keys

    def _sign(self, id: str) -> str:
        return signed_id.to_cookie(id, key=self._signing().newest)

    def _signed_again(self, found: Found) -> str | None:
        if found.newest or found.credential is None:
            return found.credential
        return self._sign(self._id_in(found.credential)[0])

    def _id_in(self, text: str) -> tuple[str, bool]:
        """Return the id that a cookie holds, and whether it is as we would write it now."""
        try:
            id, key = signed_id.from_cookie(text, keys=self._signing())
        except Malformed:
            if self._unsigned and _ID.fullmatch(text):
                return text, False
            raise
        return id, key == 0
