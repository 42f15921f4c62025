"""A session of another kind becomes one of ours once, however often its text comes.

What became of a text is noted under its hash, which no key has a part in, and the note is there
before the session is:

1. Nothing is noted: whoever comes notes `coming`, with a nonce of their own. Of many at once, one
   does; the others wait for what that one notes next.
2. It stores the session under a name made of the nonce, which nobody looks for yet.
3. It holds the session against all that was ended meanwhile. Whoever ends it from here on finds it
   in the store.
4. It notes `here`. From now on the text stands for what is stored under that name; and once that
   is over, for nothing, for as long as the text could be good.

A note `here` is never changed, and nobody stores what is not noted as `coming` any more without
taking it back. So nothing comes back that was ended, whatever happens at the same time.

Whoever dies between the steps, or whom the store does not answer, leaves `coming` behind, and
maybe a session. The next to come waits a moment, takes the note over with another nonce, and
removes that session; one that is stored even later is found by nobody, and whoever stored it finds
the note taken over and takes it back. If they died there, too, it stays in a device list until it
has been idle for too long, and nobody has what signs in with it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from dojang.errors import Misuse, NoRoom, Revoked, TooManySessions, Unknown
from dojang.session.found import Proof
from dojang.session.record import Record
from dojang.stores.documents import Document, Documents
from dojang.stores.drivers.waiting import pause
from dojang.strategies.revocations import Revocations
from dojang.wire import entropy, json

__all__ = ["Home", "Note", "moved_in", "notes_in"]

_NONCE_BYTES = 16

#: Seconds between two looks at what somebody else is about, and how many looks find it unchanged
#: until that one is taken for dead. Who is only slow takes back what it stored.
_LOOK_EVERY = 0.01
_PATIENCE = 200

#: Milliseconds for which the spent text is remembered that does not say how long it is good, or
#: not to the second: longer than browsers keep a cookie.
_UNKNOWN_LIFE = 400 * 86_400_000
_SKEW = 60_000


class Note(NamedTuple):
    """What became of a text.

    Attributes:
        nonce: What the name of the session was made of.
        handle: That name.
        here: Whether it was stored; if not, somebody is about it.
    """

    nonce: str
    handle: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a session goes.

    Attributes:
        named: Returns the session under a name made of a nonce.
        store: Stores that, or raises `TooManySessions`.
        find: Returns what is stored under the name of a note; None once that is over.
        remove: Removes what is stored under a handle.
        notes: Where what became of texts is noted.
        fence: Knows what was ended; None where nothing is.
    """

    named: Callable[[str], Record]
    store: Callable[[Record], Awaitable[object]]
    find: Callable[[Note], Awaitable[Record | None]]
    remove: Callable[[str], Awaitable[object]]
    notes: Documents
    fence: Revocations | None


async def moved_in(home: Home, proof: Proof, *, now: int) -> tuple[Record, Note]:
    """Return what has become of a session of another kind, and the note that says so.

    Args:
        home: Where it goes.
        proof: What stands for it.
        now: Unix milliseconds.

    Raises:
        Unknown: It came before, and is over.
        Revoked: It was ended from afar.
        NoRoom: The user has as many sessions as they may; it may come again.
        Unavailable: The store did not answer.
    """
    name, seen, looks = f"moved-in:{proof.handle}", None, 0
    while True:
        there = await home.notes.document(name, now=now)
        if there is not None and (note := _read(there)).here:
            return await _found(home, note), note
        looks = looks + 1 if there == seen else 0
        if there is None or looks >= _PATIENCE:
            until = _UNKNOWN_LIFE + now if proof.until is None else proof.until + _SKEW
            brought = await _brought(home, there, Document(name=name, text="", expires=until), now)
            if brought is not None:
                return brought
        else:
            await pause(_LOOK_EVERY)
        seen = there


def notes_in(store: object) -> Documents:
    """Return the store as one that keeps notes.

    Raises:
        Misuse: It cannot.
    """
    if isinstance(store, Documents):
        return store
    raise Misuse(
        "this store cannot take in sessions of other kinds, each once: give it the four verbs of "
        "dojang.stores.documents.Documents, or leave out accepts="
    )


async def _found(home: Home, note: Note) -> Record:
    found = await home.find(note)
    if found is None:
        raise Unknown("the session was moved here, and is over")
    return found


async def _brought(
    home: Home, left: Document | None, blank: Document, now: int
) -> tuple[Record, Note] | None:
    """Store the session; None where somebody else is about it.

    Args:
        home: Where it goes.
        left: The note of somebody who died over it; None for none.
        blank: Ours, with nothing on it.
        now: Unix milliseconds.
    """
    nonce = entropy.token(_NONCE_BYTES)
    record = home.named(nonce)
    await _check(home, record, now, at_once=False)
    note = Note(nonce, record.handle, here=False)
    coming = _written(blank, note)
    if not await home.notes.put(left, coming, now=now):
        return None
    if left is not None:
        await home.remove(_read(left).handle)
    try:
        await home.store(record)
    except TooManySessions as full:
        await home.notes.discard(coming)
        raise NoRoom(str(full)) from full
    here = note._replace(here=True)
    try:
        await _check(home, record, now, at_once=True)
    except Revoked:
        await home.remove(record.handle)
        await home.notes.put(coming, _written(blank, here), now=now)
        raise
    if await home.notes.put(coming, _written(blank, here), now=now):
        return record, here
    await home.remove(record.handle)
    return None


async def _check(home: Home, record: Record, now: int, *, at_once: bool) -> None:
    if home.fence is not None and record.user is not None:
        await home.fence.refresh(now=now, at_once=at_once)
        home.fence.check_arrival(record)


def _written(blank: Document, note: Note) -> Document:
    return replace(blank, text=json.dumps(list(note)))


def _read(document: Document) -> Note:
    return Note(*json.loads(document.text))
