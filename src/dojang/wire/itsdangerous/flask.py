"""The session cookie of Flask: tagged JSON, often deflated, with a time and a signature."""

from collections.abc import Mapping, Sequence

from dojang.wire import json
from dojang.wire.format import Opened, Own
from dojang.wire.itsdangerous import tagged
from dojang.wire.itsdangerous.serializer import MAX_LENGTH, check_size
from dojang.wire.itsdangerous.timed import TimestampSigner
from dojang.wire.keyring import Keyring
from dojang.wire.python import jsons, packed
from dojang.wire.python.timed import opened

__all__ = ["DEFAULT_MAX_AGE", "FlaskCookie"]

#: Seconds: Flask's `PERMANENT_SESSION_LIFETIME` unless it is configured.
DEFAULT_MAX_AGE = 31 * 24 * 3600

_SALT = "cookie-session"

#: Where Flask keeps `session.permanent`.
_PERMANENT = "_permanent"


class FlaskCookie:
    """Writes and reads the cookies of Flask's own sessions, and of Quart's.

    Values that JSON lacks stand in Flask's tags, which `dojang.adapters.flask` reads and writes. A
    cookie says when it was made and not when it ends: each reader judges by its own `max_age`.
    """

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        max_age: int | None = DEFAULT_MAX_AGE,
        plain: bool = False,
    ) -> None:
        """Take the secrets as Flask has them.

        Args:
            secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
            max_age: Seconds; its `PERMANENT_SESSION_LIFETIME`, which it asks of every session.
                None asks for no age, which Flask cannot.
            plain: Whether a reader that is no Flask gets values without tags: a tuple as a list,
                bytes as base64, Markup, UUIDs and datetimes as text. They stay what they became.

        Raises:
            WeakSecret: There is no secret, or one is empty.
        """
        self._signer = TimestampSigner(secrets, salt=_SALT, derivation="hmac")
        self._max_age = max_age
        self._plain = plain

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as Flask writes them, members in the order of their names.

        Args:
            claims: A JSON object, with what JSON lacks in Flask's tags.
            expires: Not written: a reader counts its `max_age` from `now`.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            NotJson: Something in `claims` is not JSON.

        Source: Flask 3.1.3 (`SecureCookieSessionInterface.save_session`).
        """
        del expires
        return self._signer.sign(
            packed.pack(jsons.dumps(tagged.wrap(claims), ordered=True)), now=now
        )

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a cookie, once signature and age hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A cookie is good for `max_age` seconds, inclusive, and not
                before the second it was made in.

        Raises:
            Oversized: Longer than `limit`, or than `packed.MAX_INFLATED` once it is inflated.
            BadSignature: No secret made it.
            Expired: Too old, or made in the future.
            Malformed: Not over a JSON object, or with an integer that JavaScript would round.

        Source: Flask 3.1.3 (`SecureCookieSessionInterface.open_session`).
        """
        check_size(text)
        timed = self._signer.unsign(text, now=now, max_age=self._max_age)
        claims = tagged.unwrap(json.loads_object(packed.unpack(timed.value), exact=True))
        if self._plain:
            claims = {name: tagged.plain(value) for name, value in claims.items()}
        return opened(claims, timed, self._max_age, remember=claims.get(_PERMANENT) is True)
