"""The session cookie of Starlette's SessionMiddleware: padded base64, a time and a signature."""

from collections.abc import Mapping, Sequence

from dojang.wire import base64padded, json
from dojang.wire.format import Opened, Own
from dojang.wire.itsdangerous.serializer import MAX_LENGTH, check_size
from dojang.wire.itsdangerous.timed import TimestampSigner
from dojang.wire.keyring import Keyring
from dojang.wire.python import jsons
from dojang.wire.python.timed import opened

__all__ = ["DEFAULT_MAX_AGE", "StarletteCookie"]

#: Seconds: the middleware's `max_age` unless it is given.
DEFAULT_MAX_AGE = 14 * 24 * 3600


class StarletteCookie:
    """Writes and reads the cookies of Starlette's SessionMiddleware, and so of FastAPI's."""

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        max_age: int | None = DEFAULT_MAX_AGE,
    ) -> None:
        """Take the secrets as the middleware has them.

        Args:
            secrets: Its `secret_key`; several, newest first, which it cannot do itself.
            max_age: Seconds, as given to the middleware; None for cookies that end with the browser
                and are good at any age.

        Raises:
            WeakSecret: There is no secret, or one is empty.
        """
        self._signer = TimestampSigner(secrets)
        self._max_age = max_age

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as the middleware writes them.

        Args:
            claims: A JSON object.
            expires: Not written: a reader counts its `max_age` from `now`.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            NotJson: Something in `claims` is not JSON.

        Source: Starlette 1.10.0 (`SessionMiddleware`).
        """
        del expires
        return self._signer.sign(base64padded.encode(jsons.dumps(claims, compact=False)), now=now)

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a cookie, once signature and age hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A cookie is good for `max_age` seconds, inclusive, and not
                before the second it was made in.

        Raises:
            Oversized: Longer than `limit`; nothing in it was looked at.
            BadSignature: No secret made it.
            Expired: Too old, or made in the future.
            Malformed: Not over a JSON object, or with an integer that JavaScript would round.

        Source: Starlette 1.10.0 (`SessionMiddleware`).
        """
        check_size(text)
        timed = self._signer.unsign(text, now=now, max_age=self._max_age)
        claims = json.loads_object(base64padded.decode(timed.value), exact=True)
        return opened(claims, timed, self._max_age, remember=self._max_age is not None)
