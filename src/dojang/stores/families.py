"""Families of refresh tokens, kept as documents: no token is among them, only fingerprints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dojang.errors import Malformed, Unavailable
from dojang.session.family import Family, Used
from dojang.session.record import Device, Login, Principal
from dojang.stores.documents import Document, Documents
from dojang.wire import json

__all__ = ["Families", "Kept"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A family as it was found, to be compared with what is there when it is replaced."""

    family: Family
    document: Document


class Families:
    """All families of a store. Replacing one is one step, and of many at a time one does it."""

    def __init__(self, documents: Documents) -> None:
        """Keep them in `documents`."""
        self._documents = documents

    async def add(self, family: Family, *, now: int) -> None:
        """Keep a new family; its handle is random.

        Raises:
            Unavailable: The store did not answer.
        """
        if not await self._documents.put(None, _document(family), now=now):
            raise Unavailable("the handle of a new family of refresh tokens is taken")

    async def find(self, handle: str, *, now: int) -> Kept | None:
        """Return a family that is not over; one that a reuse ended is there until its end.

        Raises:
            Unavailable: The store did not answer.
        """
        document = await self._documents.document(_name(handle), now=now)
        return None if document is None else Kept(_family(document), document)

    async def replace(self, before: Kept, after: Family, *, now: int) -> bool:
        """Keep `after` where `before` is; say whether it was there, unchanged.

        Raises:
            Unavailable: The store did not answer.
        """
        return await self._documents.put(before.document, _document(after), now=now)

    async def remove(self, handle: str, *, now: int) -> Family | None:
        """End a family; return what it was, or None if it was not there.

        Raises:
            Unavailable: The store did not answer.
        """
        # Whoever rotates it meanwhile changes it; it is not changed for ever.
        while kept := await self.find(handle, now=now):
            if await self._documents.discard(kept.document):
                return kept.family
        return None

    async def list(self, user: Principal, *, now: int) -> Sequence[Family]:
        """Return the families of `user` that are not over, newest first.

        Raises:
            Unavailable: The store did not answer.
        """
        found = [_family(one) for one in await self._documents.documents(_owner(user), now=now)]
        return sorted(found, key=lambda family: family.created, reverse=True)


def _name(handle: str) -> str:
    return f"refresh:{handle}"


def _owner(user: Principal) -> str:
    return f"refresh:{user}"


def _document(family: Family) -> Document:
    facts = {
        "user": family.user,
        "session": family.session,
        "login": [family.login.at, *family.login.methods],
        "fenced": family.fenced,
        "created": family.created,
        "seen": family.seen,
        "device": [family.device.address, family.device.agent],
        "current": family.current,
        "used": [[used.token, used.salt, used.at] for used in family.used],
        "reused": family.reused,
    }
    return Document(
        name=_name(family.handle),
        text=json.dumps(facts),
        owner=_owner(family.user),
        expires=family.expires,
    )


def _family(document: Document) -> Family:
    try:
        facts: Any = json.loads_object(document.text)
        (at, *methods), (address, agent) = facts["login"], facts["device"]
        return Family(
            handle=document.name.partition(":")[2],
            user=facts["user"],
            session=facts["session"],
            login=Login(at, tuple(methods)),
            fenced=facts["fenced"],
            created=facts["created"],
            expires=document.expires or 0,
            seen=facts["seen"],
            device=Device(address, agent),
            current=facts["current"],
            used=tuple(Used(*used) for used in facts["used"]),
            reused=facts["reused"],
        )
    except (Malformed, KeyError, TypeError, ValueError) as error:
        raise Unavailable("a family of refresh tokens is not as dojang writes them") from error
