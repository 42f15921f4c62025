"""Running one case: reading it, and writing it again where that is deterministic."""

from collections.abc import Callable
from typing import Any

from dojang.errors import DojangError
from tests.interop import auth_js, express, iron, js_engine, passwords, tokens
from tests.interop.kinds import is_kind
from tests.interop.values import plain, same

Case = dict[str, Any]

READERS: dict[str, Callable[[Case], Any]] = {
    **iron.READERS,
    **express.READERS,
    **js_engine.READERS,
    **passwords.READERS,
    **auth_js.READERS,
    **tokens.READERS,
}
WRITERS: dict[str, Callable[[Case], Any]] = {
    **iron.WRITERS,
    **express.WRITERS,
    **js_engine.WRITERS,
    **tokens.WRITERS,
}


def has_reader(case: Case) -> bool:
    """Return whether we read what this case is about."""
    # connect-redis has an operation of the same name over a store of its own.
    elsewhere = case["operation"] == "session_read" and "stored" not in case["wire"]
    return case["operation"] in READERS and not elsewhere


def problem_with(case: Case) -> str | None:
    """Return what is wrong with our answer to a case, or None when it is right."""
    return _misread(case) or (_miswritten(case) if case.get("deterministic") else None)


def _misread(case: Case) -> str | None:
    try:
        result = READERS[case["operation"]](case)
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
    asked = case["expect"] in {"ok", "expired"} or case["operation"] in tokens.WRITERS
    if not asked or case["operation"] not in WRITERS:
        return None
    written = WRITERS[case["operation"]](case)
    expected = {name: case[name] for name in written if name in case}
    return None if written == expected else f"expected to write {expected!a}, wrote {written!a}"
