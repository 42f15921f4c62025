"""`Sessions` from Django's settings."""

from collections.abc import Mapping
from functools import cache
from threading import RLock
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from dojang.adapters.cross_site.gate import Gate
from dojang.errors import Misuse
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.sessions import Sessions
from dojang.stores import urls
from dojang.wire.cookies import Cookie

__all__ = ["PRINCIPAL", "gate", "sessions"]

#: Where django.contrib.auth keeps its user.
PRINCIPAL = "_auth_user_id"

_KEYS = ("SESSIONS", "SECRET", "ABSOLUTE", "LIMIT", "REVOCATIONS", "FRONTS", "ACCEPTS")
_LOCK = RLock()
_EXAMPLE = 'DOJANG = {"SESSIONS": "sqlite:////var/lib/app/sessions.db"}'


def sessions() -> Sessions:
    """Return what the settings describe, made once per process.

    `DOJANG["SESSIONS"]` is a URL (`sealed:` keeps sessions in their cookie), `Sessions`, or a
    dotted path to them; `SECRET` one or more secrets, newest first (`SECRET_KEY` and its fallbacks
    unless given); `ABSOLUTE` the seconds after which a session ends whatever happens; `LIMIT` how
    many one user may have; `REVOCATIONS` the URL of a store that makes `sealed:` sessions
    revocable; `FRONTS` the origins that `CrossSiteMiddleware` lets call; `ACCEPTS` the other kinds
    of sessions that are still out there, as `Sessions` takes them, for our own middleware. Cookie
    and age are those of `SESSION_COOKIE_*`.

    Raises:
        Misuse: The settings are not ones; the error says which, and what to write.
        WeakSecret: A secret is missing or too short.
        InvalidCookie: No browser would accept such a cookie.
    """
    # Threads that come first together must not make two of them.
    with _LOCK:
        return _made()


@cache
def _made() -> Sessions:
    ours: object = getattr(settings, "DOJANG", None)
    if not isinstance(ours, Mapping) or "SESSIONS" not in ours:
        raise Misuse(f"the setting DOJANG is missing; write {_EXAMPLE}")
    unknown = sorted(set(ours) - set(_KEYS))
    if unknown:
        raise Misuse(f"DOJANG has no {unknown[0]!r}; it has {', '.join(_KEYS)}")
    home = ours["SESSIONS"]
    if isinstance(home, str) and ":" not in home:
        home = _imported(home)
    if isinstance(home, Sessions):
        return _checked(home, ours)
    if not isinstance(home, str):
        raise Misuse(f"DOJANG['SESSIONS'] is a {type(home).__name__}; write {_EXAMPLE}")
    return _from_url(home, ours)


def gate() -> Gate:
    """Return what stands before the views, as `DOJANG["FRONTS"]` and the secrets describe it.

    Raises:
        Misuse: A front is `*` or no origin.
        WeakSecret: A secret is missing or too short.
    """
    ours: Mapping[str, Any] = getattr(settings, "DOJANG", {})
    return Gate(fronts=ours.get("FRONTS", ()), secret=_secrets(ours))


def _secrets(ours: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as it was given
    return ours.get("SECRET") or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _from_url(url: str, ours: Mapping[str, Any]) -> Sessions:
    limit, revocations = ours.get("LIMIT"), ours.get("REVOCATIONS")
    if revocations is not None and url != urls.SEALED:
        raise Misuse(
            "DOJANG['REVOCATIONS'] is for 'sealed:'; leave it out, as sessions in a store are "
            "ended there"
        )
    age = settings.SESSION_COOKIE_AGE
    return Sessions.from_url(
        url,
        secret=_secrets(ours),
        # Django moves the end of a session when it is saved, and at no other time.
        lifetime=Lifetime(
            idle=age, absolute=ours.get("ABSOLUTE"), renew=1, unremembered=ours.get("ABSOLUTE")
        ),
        cookie=_cookie(),
        limit=None if limit is None else Limit(limit),
        revocations=None if revocations is None else urls.open_store(revocations),
        principal=PRINCIPAL,
        accepts=ours.get("ACCEPTS"),
    )


def _cookie() -> Cookie:
    same_site: Any = settings.SESSION_COOKIE_SAMESITE or None
    return Cookie(
        name=settings.SESSION_COOKIE_NAME,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        http_only=settings.SESSION_COOKIE_HTTPONLY,
        same_site=same_site and same_site.lower(),
    )


def _imported(path: str) -> object:
    try:
        return import_string(path)
    except ImportError as error:
        raise Misuse(f"DOJANG['SESSIONS'] names no object: {error}") from None


def _checked(given: Sessions, ours: Mapping[str, Any]) -> Sessions:
    useless = sorted(set(ours) - {"SESSIONS", "SECRET", "FRONTS"})
    if useless:
        raise Misuse(f"DOJANG[{useless[0]!r}] is for a URL; Sessions(...) have that already")
    if given.principal is None or given.principal.path != PRINCIPAL:
        raise Misuse(
            f"Django keeps its user in {PRINCIPAL}: Sessions(..., principal={PRINCIPAL!r})"
        )
    if given.cookie.name != settings.SESSION_COOKIE_NAME:
        raise Misuse(f"two names for one cookie: write SESSION_COOKIE_NAME = {given.cookie.name!r}")
    return given


def _forget(*, setting: str, **_: object) -> None:
    # As override_settings and the test runner announce it.
    if setting == "DOJANG" or setting.startswith(("SESSION_", "SECRET_KEY")):
        _made.cache_clear()


setting_changed.connect(_forget)
