"""A cookie of an application's own, in which itsdangerous signed who somebody is."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, cast

from dojang.errors import Malformed, Misuse
from dojang.wire import json
from dojang.wire.format import Opened, Own
from dojang.wire.itsdangerous.serializer import MAX_LENGTH, SALT, check_size
from dojang.wire.itsdangerous.signer import Derivation, Digest
from dojang.wire.itsdangerous.timed import TimestampSigner
from dojang.wire.keyring import Keyring
from dojang.wire.python import packed
from dojang.wire.python.timed import opened

__all__ = ["MadeBy", "SignedUser"]

MadeBy = Literal["URLSafeTimedSerializer", "TimestampSigner"]

#: What each class is salted with unless it is told otherwise.
_SALTS: dict[MadeBy, str] = {
    "URLSafeTimedSerializer": SALT,
    "TimestampSigner": "itsdangerous.Signer",
}


class SignedUser:
    """Reads such cookies. What was signed is an object, the data, or the user and nothing else."""

    limit = MAX_LENGTH
    own = Own(user="sub")

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        max_age: int,
        made_by: MadeBy = "URLSafeTimedSerializer",
        salt: str | None = None,
        digest: Digest = "sha1",
        derivation: Derivation = "django-concat",
    ) -> None:
        """Take what the application has.

        Args:
            secrets: Its secret; several, newest first.
            max_age: Seconds, inclusive, as it gives them to `loads` or `unsign`.
            made_by: The class that signs.
            salt: Given to the class; its own unless given.
            digest: The `digest_method` given to the class.
            derivation: The `key_derivation` given to the class.

        Raises:
            WeakSecret: There is no secret, or one is empty.
            Misuse: It is made by another class, or an option is not one of the peer's.
        """
        if made_by not in _SALTS:
            raise Misuse(f"made_by is {' or '.join(_SALTS)}, not {made_by!r}")
        self._signer = TimestampSigner(
            secrets,
            salt=_SALTS[made_by] if salt is None else salt,
            digest=digest,
            derivation=derivation,
        )
        self._serialized = made_by == "URLSafeTimedSerializer"
        self._max_age = max_age

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> NoReturn:
        """Refuse: what it would have to hold beside the user, the application would not expect.

        Raises:
            Misuse: Always.
        """
        del claims, expires, now
        raise Misuse("a cookie of the application's own is read and not written")

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the object that was signed, or one whose `sub` is the user.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A cookie is good for `max_age` seconds, inclusive, and not
                before the second it was made in.

        Raises:
            Oversized: Longer than `limit`, or than `packed.MAX_INFLATED` when inflated.
            BadSignature: No secret made it.
            Expired: Too old, or made in the future.
            Malformed: Over neither an object, nor text, nor an integer that JavaScript keeps.

        Source: itsdangerous 2.2.0 (`URLSafeTimedSerializer.loads`, `TimestampSigner.unsign`).
        """
        check_size(text)
        timed = self._signer.unsign(text, now=now, max_age=self._max_age)
        return opened(_claims(self._value(timed.value)), timed, self._max_age)

    def _value(self, signed: str) -> object:
        return json.loads(packed.unpack(signed), exact=True) if self._serialized else signed


def _claims(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return {"sub": value}
    raise Malformed("expected an object, text or an integer")
