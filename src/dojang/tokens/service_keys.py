"""Keys of services that may ask about tokens: `dsk.<id>.<secret>`, of which a hash is kept."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from dojang.errors import Malformed, Misuse, Unavailable, Unknown
from dojang.session.instants import instant
from dojang.stores.documents import Document, Documents
from dojang.wire import base64url, entropy, json

__all__ = ["ServiceKey", "ServiceKeys"]

_SHAPE = re.compile(r"dsk\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
_OWNER = "service-keys"
_ID_BYTES, _SECRET_BYTES = 16, 32
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """What may be shown of a key.

    Attributes:
        id: What revokes it.
        name: Whose it is.
        created: When it was made.
    """

    id: str
    name: str
    created: datetime


class ServiceKeys:
    """All keys of services in a store."""

    def __init__(self, documents: Documents) -> None:
        """Keep them in `documents`."""
        self._documents = documents

    async def new(self, name: str, *, now: int) -> str:
        """Return a new key, which is shown this once.

        Args:
            name: Whose it is: 1 to 100 characters that can be printed.
            now: Unix milliseconds.

        Raises:
            Misuse: It is no such name.
            Unavailable: The store did not answer.
        """
        if not name.isprintable() or not 1 <= len(name) <= _LONGEST_NAME:
            raise Misuse(f"the name of a service has 1 to {_LONGEST_NAME} printable characters")
        id, secret = entropy.token(_ID_BYTES), entropy.token(_SECRET_BYTES)
        text = json.dumps({"name": name, "created": now, "hash": _hash(secret)})
        document = Document(name=_named(id), text=text, owner=_OWNER)
        if not await self._documents.put(None, document, now=now):
            raise Unavailable("the id of a new service key is taken")
        return f"dsk.{id}.{secret}"

    async def check(self, text: str, *, now: int) -> ServiceKey:
        """Return whose key `text` is.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds.

        Raises:
            Malformed: Not of the form of one.
            Unknown: There is no such key.
            Unavailable: The store did not answer.
        """
        shape = _SHAPE.fullmatch(text)
        if shape is None:
            raise Malformed("expected a service key: dsk.<id>.<secret>")
        id, secret = shape.groups()
        document = await self._documents.document(_named(id), now=now)
        if document is not None:
            facts: Any = json.loads(document.text)
            if hmac.compare_digest(facts["hash"], _hash(secret)):
                return _shown(document)
        raise Unknown("there is no such service key")

    async def list(self, *, now: int) -> Sequence[ServiceKey]:
        """Return all keys, oldest first.

        Raises:
            Unavailable: The store did not answer.
        """
        found = [_shown(one) for one in await self._documents.documents(_OWNER, now=now)]
        return sorted(found, key=lambda key: key.created)

    async def revoke(self, id: str, *, now: int) -> bool:
        """Drop a key; say whether it was there. From then on it opens nothing.

        Raises:
            Unavailable: The store did not answer.
        """
        document = await self._documents.document(_named(id), now=now)
        return document is not None and await self._documents.discard(document)


def _named(id: str) -> str:
    return f"service-key:{id}"


def _hash(secret: str) -> str:
    return base64url.encode(sha256(secret.encode("ascii")).digest())


def _shown(document: Document) -> ServiceKey:
    facts: Any = json.loads(document.text)
    id = document.name.partition(":")[2]
    return ServiceKey(id, facts["name"], instant(facts["created"]))
