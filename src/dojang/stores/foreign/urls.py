"""Where sessions of other frameworks are, by URL: the framework, a `+`, and a URL as of a store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from dojang.errors import Misuse
from dojang.stores import urls
from dojang.stores.drivers.redis_places import Place
from dojang.stores.foreign.django import DjangoInPostgres, DjangoInSqlite
from dojang.stores.foreign.redis import RedisSource, of_flask_session, of_starsessions
from dojang.stores.foreign.source import Foreign, Source
from dojang.stores.redis.url import place_of
from dojang.wire.migration import flask_session, starsessions

__all__ = ["open_foreign", "open_source", "principal_of"]


@dataclass(frozen=True, slots=True)
class _System:
    """One framework.

    Attributes:
        example: A URL, for errors.
        schemes: Where it keeps sessions, as URLs of such a store begin.
        open: Makes the source from a URL without options, the secrets, and the options.
        principal: Where it keeps the user in the data, as it comes; None for nowhere.
    """

    example: str
    schemes: tuple[str, ...]
    open: Callable[..., Foreign]
    principal: str | None = None


def _flask_session(url: str, secrets: Sequence[str], **options: Any) -> Foreign:
    del secrets
    prefix = options.pop("prefix", flask_session.PREFIX)
    return RedisSource(_place(url, **options), prefix, of_flask_session)


def _starsessions(url: str, secrets: Sequence[str], **options: Any) -> Foreign:
    del secrets
    prefix = options.pop("prefix", starsessions.PREFIX)
    return RedisSource(_place(url, **options), prefix, of_starsessions)


def _place(url: str, **options: Any) -> Place:
    if ours := sorted(options.keys() & {"layout", "wait", "wait_timeout"}):
        raise Misuse(f"{ours[0]} is for sessions of dojang; leave it out")
    seconds = options.pop("timeout", 2.0)
    return place_of(url, seconds=seconds, **options)


def _django(url: str, secrets: Sequence[str], **options: Any) -> Foreign:
    if not secrets:
        raise Misuse("Django signs its sessions; set DJANGO_SECRET_KEY to its SECRET_KEY")
    if url.startswith("sqlite:"):
        return DjangoInSqlite(unquote(url.removeprefix("sqlite:///")), secrets)
    return DjangoInPostgres(url, secrets, **options)


_REDIS = ("redis:", "rediss:", "redis+", "rediss+")
_SYSTEMS = {
    # Flask-Login keeps the user there.
    "flask-session": _System(
        "flask-session+redis://host:6379/0", _REDIS, _flask_session, "_user_id"
    ),
    "starsessions": _System("starsessions+redis://host:6379/0", _REDIS, _starsessions),
    "django": _System(
        "django+postgresql://user@host/database",
        ("postgresql:", "postgres:", "sqlite:"),
        _django,
        "_auth_user_id",
    ),
}


def open_source(url: str, *, secrets: Sequence[str] = ()) -> Source:
    """Return the sessions that `url` names; files and connections are opened when they are used.

    Args:
        url: Of a store, or of sessions of another framework, as `flask-session+redis://host`.
        secrets: What signed sessions are signed with, newest first.

    Raises:
        Misuse: It names neither, or an option is unknown; the error shows no password.
        MissingExtra: A library is not installed.
    """
    return urls.open_store(url) if _system(url) is None else open_foreign(url, secrets=secrets)


def open_foreign(url: str, *, secrets: Sequence[str] = ()) -> Foreign:
    """Return the sessions of another framework; files and connections are opened when used.

    Args:
        url: As `flask-session+redis://host`.
        secrets: As of `open_source`.

    Raises:
        Misuse: It names none, or an option is unknown; the error shows no password.
        MissingExtra: A library is not installed.
    """
    system = _system(url)
    if system is None:
        known = ", ".join(sorted(_SYSTEMS))
        raise Misuse(f"no framework is named before a +; those known are {known}")
    inner = url.partition("+")[2]
    if not inner.startswith(system.schemes):
        raise Misuse(f"there are no such sessions there; write it as {system.example}")
    base, options = urls.parts(inner)
    return system.open(base, secrets, **options)


def principal_of(url: str) -> str | None:
    """Return where the sessions at `url` say whose they are, unless somebody knows better."""
    system = _system(url)
    return None if system is None else system.principal


def _system(url: str) -> _System | None:
    return _SYSTEMS.get(url.partition("+")[0])
