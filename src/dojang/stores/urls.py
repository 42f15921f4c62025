"""Stores by URL, as configuration and the command line name them: every scheme is in this file."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from dojang.errors import Misuse
from dojang.stores.memory import MemoryStore
from dojang.stores.options import Option, choice, seconds, text, whole
from dojang.stores.sqlite import SqliteStore
from dojang.stores.whole import WholeStore

__all__ = ["SEALED", "check", "open_store", "parts", "scheme_of", "shown"]

#: Sessions that are in their cookies: no store, but a place all the same.
SEALED = "sealed:"

#: The secrets of a URL: what is between the user and the last @, and parameters that are one.
_SECRETS = re.compile(r"(//[^:/?#]*:).*(?=@)|(password=)[^&]*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scheme:
    """What the URLs of one scheme mean.

    Attributes:
        example: One, for errors and the documentation.
        pattern: Of a whole URL without its parameters.
        open: Makes the store from such a URL and its options by name; opens nothing yet.
        options: Ours, each with what reads its text.
        theirs: The names of parameters that stay in the URL for the library beneath.
    """

    example: str
    pattern: str
    open: Callable[..., WholeStore]
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    theirs: Callable[[], Collection[str]] = tuple


def _memory(url: str, **options: Any) -> WholeStore:
    del url
    return MemoryStore(**options)


def _sqlite(url: str) -> WholeStore:
    return SqliteStore(unquote(url.removeprefix("sqlite:///")))


def _postgres(url: str, **options: Any) -> WholeStore:
    from dojang.stores.postgres import PostgresStore  # noqa: PLC0415 - needs an extra

    return PostgresStore(url, **options)


def _parameters_of_libpq() -> Collection[str]:
    from dojang.stores.drivers.postgres_conninfo import known  # noqa: PLC0415 - needs an extra

    return known()


_POSTGRES = Scheme(
    "postgresql://user@host/database",
    "postgres(ql)?://.*",
    _postgres,
    {"pool_size": whole(at_least=1), "timeout": seconds},
    theirs=_parameters_of_libpq,
)


def _redis(url: str, **options: Any) -> WholeStore:
    from dojang.stores.redis import RedisStore  # noqa: PLC0415 - needs an extra

    if "wait_timeout" in options and not options.get("wait"):
        raise Misuse("wait_timeout is how long replicas have, and wait is 0; write wait=1 or more")
    return RedisStore(url, **options)


_REDIS_OPTIONS = {
    "layout": choice("native", "connect-redis"),
    "prefix": text,
    "timeout": seconds,
    "wait": whole(at_least=0),
    "wait_timeout": seconds,
    "ca": text,
}
_SENTINELS = {"sentinel_username": text, "sentinel_password": text}
_REDIS = {
    "redis": Scheme("redis://host:6379/0", "rediss?://.*", _redis, _REDIS_OPTIONS),
    "redis+sentinel": Scheme(
        "redis+sentinel://host:26379/master/0",
        r"rediss?\+sentinel://.*",
        _redis,
        {**_REDIS_OPTIONS, **_SENTINELS},
    ),
    "redis+cluster": Scheme(
        "redis+cluster://host:6379", r"rediss?\+cluster://.*", _redis, _REDIS_OPTIONS
    ),
}

_SCHEMES = {
    "memory": Scheme("memory:", "memory:", _memory, {"capacity": whole(at_least=1)}),
    "sqlite": Scheme("sqlite:///sessions.db", "sqlite:///.+", _sqlite),
    "postgresql": _POSTGRES,
    "postgres": _POSTGRES,
    **_REDIS,
    **{name.replace("redis", "rediss"): scheme for name, scheme in _REDIS.items()},
}


def open_store(url: str) -> WholeStore:
    """Return the store that `url` names; it opens files and connections when it is first used.

    Args:
        url: As `memory:` or `sqlite:///file`; options follow as `?name=value&...`, with `%` for
            what a URL cannot hold.

    Raises:
        Misuse: The scheme or an option is unknown, or a value cannot be; the error lists what is
            known, and shows no password.
        MissingExtra: The library of the store is not installed.
    """
    scheme = _scheme(url)
    base, options = _options(url, scheme)
    return scheme.open(base, **options)


def check(url: str) -> None:
    """Make sure that `url` names a store, or says `sealed:`, as far as can be seen from outside.

    Raises:
        Misuse: As `open_store` does.
        MissingExtra: As `open_store` does.
    """
    if url != SEALED:
        parts(url)


def parts(url: str) -> tuple[str, dict[str, object]]:
    """Return `url` without the options that are ours, and those by name.

    Raises:
        Misuse: As `open_store` does.
        MissingExtra: As `open_store` does.
    """
    return _options(url, _scheme(url))


def scheme_of(url: str) -> str:
    """Return the scheme of `url` without its colon, or the empty text."""
    scheme, colon, _ = url.partition(":")
    return scheme if colon else ""


def shown(url: str) -> str:
    """Return `url` with its passwords as `***`, for people to see."""
    return _SECRETS.sub(r"\1\2***", url)


def _scheme(url: str) -> Scheme:
    scheme = _SCHEMES.get(scheme_of(url))
    if scheme is None or not re.fullmatch(scheme.pattern, url.partition("?")[0], re.DOTALL):
        known = ", ".join(
            dict.fromkeys([SEALED, *(scheme.example for scheme in _SCHEMES.values())])
        )
        # Not the URL itself: where its password is, is not known.
        raise Misuse(f"{scheme_of(url)!r} names no place for sessions; write one of {known}")
    return scheme


def _options(url: str, scheme: Scheme) -> tuple[str, dict[str, object]]:
    base, _, query = url.partition("?")
    ours: dict[str, object] = {}
    theirs: list[str] = []
    for parameter in filter(None, query.split("&")):
        name, _, text = parameter.partition("=")
        if name in ours:
            raise Misuse(f"the option {name} is given twice; write it once")
        if name in scheme.options:
            ours[name] = scheme.options[name](name, unquote(text))
        elif name in scheme.theirs():
            theirs.append(parameter)
        else:
            raise Misuse(_unknown(name, scheme))
    return "?".join([base, *filter(None, ["&".join(theirs)])]), ours


def _unknown(name: str, scheme: Scheme) -> str:
    known = ", ".join(sorted([*scheme.options, *scheme.theirs()])) or "none"
    return f"{scheme_of(scheme.example)}: has no option {name[:40]!r}; it has {known}"
