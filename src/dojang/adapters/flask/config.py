"""`Sessions` from the configuration of a Flask or Quart application."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from dojang.errors import Misuse, WeakSecret
from dojang.session.lifetime import Lifetime
from dojang.sessions import Sessions
from dojang.wire.cookies import Cookie

__all__ = ["Configured", "Settled", "from_config", "secrets"]

#: Where Flask-Login keeps its user; harmless where there is no Flask-Login.
_FLASK_LOGIN = "_user_id"

#: All that is read here.
_KEYS = (
    "APPLICATION_ROOT", "DOJANG_PRINCIPAL", "DOJANG_SECRET", "DOJANG_SESSIONS",
    "PERMANENT_SESSION_LIFETIME", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SESSION_COOKIE_DOMAIN",
    "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_NAME", "SESSION_COOKIE_PARTITIONED",
    "SESSION_COOKIE_PATH", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE",
)  # fmt: skip

#: Gives the sessions that are in force.
Settled = Callable[[], Sessions]


class Configured:
    """The sessions of a configuration as it is by now: an application goes on setting keys."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take the configuration.

        Raises:
            Misuse, WeakSecret, InvalidCookie: As `from_config`.
        """
        self._config = config
        self._lock = threading.Lock()
        self._read = self._keys()
        self._sessions = from_config(config)

    def __call__(self) -> Sessions:
        """Return the sessions, made anew only where a key has another value.

        Raises:
            Misuse, WeakSecret, InvalidCookie: As `from_config`.
        """
        if self._keys() != self._read:
            with self._lock:
                self._make_anew()
        return self._sessions

    def _make_anew(self) -> None:
        read = self._keys()
        if read != self._read:
            self._sessions = from_config(self._config)
            self._read = read

    def _keys(self) -> tuple[Any, ...]:
        return tuple(map(self._config.get, _KEYS))


def from_config(config: Mapping[str, Any]) -> Sessions:
    """Return the sessions that these keys describe; those of Flask mean what they mean there.

    `DOJANG_SESSIONS` is `Sessions` or a URL (`sealed:` unless given), `DOJANG_SECRET` one or more
    secrets, newest first (`SECRET_KEY` and `SECRET_KEY_FALLBACKS` unless given), and
    `DOJANG_PRINCIPAL` where the user is in the data (`_user_id`, as Flask-Login has it), and
    `DOJANG_ACCEPTS` the other kinds of sessions that are still out there, as `Sessions` takes them.
    The cookie is that of `SESSION_COOKIE_*`, Lax unless told otherwise; a session may be quiet for
    `PERMANENT_SESSION_LIFETIME`, and is renewed at half of that.

    Args:
        config: `app.config`.

    Raises:
        Misuse: `DOJANG_SESSIONS` is neither, or names no place.
        WeakSecret: There is no secret, or one is too short.
        InvalidCookie: No browser would accept such a cookie.
    """
    home = config.get("DOJANG_SESSIONS", "sealed:")
    if isinstance(home, Sessions):
        return home
    if not isinstance(home, str):
        raise Misuse(f"DOJANG_SESSIONS is Sessions(...) or a URL, and not a {type(home).__name__}")
    return Sessions.from_url(
        home,
        secret=secrets(config),
        lifetime=_lifetime(config),
        cookie=_cookie(config),
        principal=config.get("DOJANG_PRINCIPAL", _FLASK_LOGIN),
        accepts=config.get("DOJANG_ACCEPTS"),
    )


def secrets(config: Mapping[str, Any]) -> list[str | bytes]:
    """Return `DOJANG_SECRET`, or else Flask's own, newest first.

    Raises:
        WeakSecret: There is none.
        Misuse: The fallbacks are one text.
    """
    given = config.get("DOJANG_SECRET") or config.get("SECRET_KEY")
    if not given:
        raise WeakSecret("set SECRET_KEY, or DOJANG_SECRET; `dojang keys new` prints a secret")
    secrets = [given] if isinstance(given, str | bytes) else list(given)
    fallbacks = [] if config.get("DOJANG_SECRET") else config.get("SECRET_KEY_FALLBACKS") or []
    if isinstance(fallbacks, str | bytes):
        raise Misuse("SECRET_KEY_FALLBACKS is a list of secrets, and not one secret")
    return [*secrets, *fallbacks]


def _lifetime(config: Mapping[str, Any]) -> Lifetime:
    given = config.get("PERMANENT_SESSION_LIFETIME", timedelta(days=31))
    seconds = int(given.total_seconds()) if isinstance(given, timedelta) else int(given)
    return Lifetime(idle=seconds, absolute=None, unremembered=seconds)


def _cookie(config: Mapping[str, Any]) -> Cookie:
    same_site: Any = config.get("SESSION_COOKIE_SAMESITE") or "Lax"
    return Cookie(
        name=config.get("SESSION_COOKIE_NAME", "session"),
        path=config.get("SESSION_COOKIE_PATH") or config.get("APPLICATION_ROOT") or "/",
        domain=config.get("SESSION_COOKIE_DOMAIN") or None,
        secure=config.get("SESSION_COOKIE_SECURE", False),
        http_only=config.get("SESSION_COOKIE_HTTPONLY", True),
        same_site=same_site.lower(),
        partitioned=config.get("SESSION_COOKIE_PARTITIONED", False),
    )
