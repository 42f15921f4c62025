"""The session cookie of Django's `signed_cookies` backend."""

from collections.abc import Mapping, Sequence

from dojang.wire import json
from dojang.wire.django.signing import MAX_LENGTH, Signing
from dojang.wire.format import Opened, Own
from dojang.wire.keyring import Keyring
from dojang.wire.python.timed import opened

__all__ = ["DEFAULT_MAX_AGE", "DjangoCookie"]

#: Seconds: Django's `SESSION_COOKIE_AGE` unless it is configured.
DEFAULT_MAX_AGE = 14 * 24 * 3600

#: Where `set_expiry` keeps what it was given; 0 is until the browser is closed.
_EXPIRY = "_session_expiry"


class DjangoCookie:
    """Writes and reads the sessions of `django.contrib.sessions.backends.signed_cookies`.

    A cookie says when it was made and not when it ends: each reader judges by its own `max_age`.
    A pickle (`PickleSerializer` of Django 4.0 and older) is not JSON, and is never loaded.
    """

    limit = MAX_LENGTH
    own = Own()

    def __init__(
        self,
        secrets: Keyring | str | bytes | Sequence[str | bytes],
        *,
        max_age: int | None = DEFAULT_MAX_AGE,
    ) -> None:
        """Take the secrets as Django has them.

        Args:
            secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
            max_age: Seconds; its `SESSION_COOKIE_AGE`, which it asks of every session, whatever
                `set_expiry` said. None asks for no age, which Django cannot.

        Raises:
            WeakSecret: There is no secret, or one is empty.
        """
        self._signing = Signing(secrets, salt="django.contrib.sessions.backends.signed_cookies")
        self._max_age = max_age

    def encode(self, claims: Mapping[str, object], *, expires: int | None, now: int) -> str:
        """Return `claims` as Django writes them.

        Args:
            claims: A JSON object.
            expires: Not written: a reader counts its `max_age` from `now`.
            now: Unix milliseconds, written in whole seconds.

        Raises:
            NotJson: Something in `claims` is not JSON.

        Source: Django 5.2 (`signed_cookies.SessionStore._get_session_key`).
        """
        del expires
        return self._signing.dumps(claims, now=now, compress=True)

    def decode(self, text: str, *, now: int) -> Opened:
        """Return the claims of a cookie, once signature and age hold.

        Args:
            text: Any text is safe to pass.
            now: Unix milliseconds. A cookie is good for `max_age` seconds, inclusive.

        Raises:
            Oversized: Longer than `limit`, or than `packed.MAX_INFLATED` once it is inflated.
            BadSignature: No secret made it.
            Expired: Too old.
            Malformed: Not over a JSON object, or with an integer that JavaScript would round.

        Source: Django 5.2 (`signed_cookies.SessionStore.load`).
        """
        data, timed = self._signing.read(text, now=now, max_age=self._max_age)
        claims = json.loads_object(data, exact=True)
        return opened(claims, timed, self._max_age, remember=claims.get(_EXPIRY) != 0)
