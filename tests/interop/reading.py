"""Running one case: reading it, and writing it again where that is deterministic."""

from collections.abc import Callable
from typing import Any

from dojang.errors import DojangError
from tests.interop import (
    auth_js,
    better_auth,
    connect_redis,
    django,
    express,
    iron,
    itsdangerous,
    js_engine,
    keygrip,
    lucia,
    passwords,
    tokens,
)
from tests.interop.kinds import is_kind
from tests.interop.values import plain, same

Case = dict[str, Any]

READERS: dict[str, Callable[[Case], Any]] = {
    **iron.READERS,
    **express.READERS,
    **connect_redis.READERS,
    **django.READERS,
    **itsdangerous.READERS,
    **js_engine.READERS,
    **keygrip.READERS,
    **lucia.READERS,
    **passwords.READERS,
    **auth_js.READERS,
    **better_auth.READERS,
    **tokens.READERS,
}
WRITERS: dict[str, Callable[[Case], Any]] = {
    **iron.WRITERS,
    **express.WRITERS,
    **better_auth.WRITERS,
    **connect_redis.WRITERS,
    **django.WRITERS,
    **itsdangerous.WRITERS,
    **js_engine.WRITERS,
    **keygrip.WRITERS,
    **lucia.WRITERS,
    **tokens.WRITERS,
}


def has_reader(case: Case) -> bool:
    """Return whether we read what this case is about."""
    return _operation(case) in READERS


def has_writer(case: Case) -> bool:
    """Return whether we write what this case is about, and compare it to the exact text."""
    return _operation(case) in WRITERS


def problem_with(case: Case) -> str | None:
    """Return what is wrong with our answer to a case, or None when it is right."""
    return _misread(case) or (_miswritten(case) if case.get("deterministic") else None)


def _operation(case: Case) -> str:
    # connect-redis has one of the same name as express-session, over a store of its own.
    named: str = case["operation"]
    over_redis = named == "session_read" and "redis" in case["wire"]
    return "redis_session_read" if over_redis else named


def _misread(case: Case) -> str | None:
    try:
        result = READERS[_operation(case)](case)
    except DojangError as error:
        wanted = [case["expect"], *case.get("also", [])]
        if any(is_kind(error, kind) for kind in wanted):
            return None
        return f"expected {' or '.join(wanted)}, was refused as {error.code}: {error}"
    except Exception as error:  # noqa: BLE001 - a reader that breaks has failed the case
        return f"broke with {type(error).__name__}: {error}"
    if case["expect"] != "ok":
        return f"expected {case['expect']}, gave a result"
    expected = plain(case["result"] if "result" in case else case["payload"])
    return None if same(result, expected) else f"expected {expected!a}, got {result!a}"


def _miswritten(case: Case) -> str | None:
    # A refused seal may have been tampered with; what refuses a token is what it says.
    asked = case["expect"] in {"ok", "expired", "not_found"} or case["operation"] in tokens.WRITERS
    write = WRITERS.get(_operation(case))
    if write is None or not asked:
        return None
    written = write(case)
    expected = {name: case[name] for name in written if name in case}
    return None if written == expected else f"expected to write {expected!a}, wrote {written!a}"
