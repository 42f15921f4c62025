"""The file of the rules: TOML, checked whole before the server starts."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dojang.server.errors import BadRequest, BadSettings
from dojang.server.forward_auth.rules import NOBODY, PUBLIC, HostPattern, Needs, PathPattern, Rule
from dojang.server.forward_auth.target import Target

__all__ = ["read"]

_KEYS = ("host", "path", "allow", "roles", "fresh", "second-factor")
_ALLOW = ("public", "signed-in", "nobody")
_BEYOND = ("roles", "fresh", "second-factor")
_FRESH_LONGEST = 30 * 24 * 3600  # seconds, inclusive
_PORT = re.compile(r":\d+\Z")


class _Wrong(ValueError):
    """What is wrong with one rule, and what to write."""


def read(path: Path) -> Sequence[Rule]:
    """Return the rules of a file, in its order.

    Args:
        path: Of the file, in UTF-8.

    Raises:
        BadSettings: With one line for everything that is wrong.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: this is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: {error}") from None
    written = document.pop("rule", [])
    problems = [f"{path}: {_unknown(key, ('rule',))}" for key in document]
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise BadSettings(f"{path}: write each rule below a line of its own, [[rule]]")
    if not written:
        problems.append(f"{path}: there is no rule, and nobody could pass; begin one with [[rule]]")
    rules: list[Rule] = []
    for number, one in enumerate(written, 1):
        try:
            rules.append(_rule(one, f"rule {number}"))
        except _Wrong as wrong:
            problems += [f"{path}: rule {number}: {line}" for line in wrong.args]
    if problems:
        raise BadSettings(problems)
    if hidden := list(_hidden(rules)):
        raise BadSettings(f"{path}: {line}" for line in hidden)
    return rules


def _rule(written: Mapping[str, Any], name: str) -> Rule:
    wrong = [_unknown(key, _KEYS) for key in written if key not in _KEYS]
    parts: dict[str, Any] = {"name": name}
    for key, part in (("host", _host), ("paths", _paths), ("needs", _needs)):
        try:
            parts[key] = part(written)
        except _Wrong as one:
            wrong += one.args
    if wrong:
        raise _Wrong(*wrong)
    return Rule(**parts)


def _unknown(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, 1)
    return f"{key!r} means nothing here; " + (
        f"did you mean {near[0]!r}?" if near else f"there is {', '.join(known)}"
    )


def _host(written: Mapping[str, Any]) -> HostPattern:
    text = written.get("host")
    if isinstance(text, list):
        raise _Wrong("host is a list: write one host, and a rule of its own for each")
    if not isinstance(text, str):
        raise _Wrong('host is missing: write host = "app.example.org", or "*.example.org"')
    bare = text.strip().lower()
    below, bare = bare.startswith("*."), bare.removeprefix("*.")
    try:
        target = Target.of(method="GET", scheme="http", host=_ascii(bare), uri="/")
    except BadRequest:
        raise _Wrong(
            f"host is {text!r}, and no host is called so: write app.example.org, or "
            "*.example.org for all below it"
        ) from None
    if port := _PORT.search(bare):
        raise _Wrong(
            f"host is {text!r}: a rule is about a host on all of its ports, of which a client may "
            f"write any: leave {port[0]} out"
        )
    if below and "." not in target.host and target.host != "localhost":
        raise _Wrong(f"host is {text!r}, which is too many: name the hosts")
    return HostPattern(target.host, below)


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise BadRequest("") from None


def _paths(written: Mapping[str, Any]) -> tuple[PathPattern, ...]:
    given = written.get("path", "/*")
    texts = given if isinstance(given, list) else [given]
    if not texts:
        raise _Wrong('path is empty: leave it out for all paths, or write path = ["/admin/*"]')
    return tuple(map(_path, texts))


def _path(text: object) -> PathPattern:
    if not isinstance(text, str) or not text.startswith("/"):
        raise _Wrong(f"path is {text!r}: a path begins with a slash, as /admin/*")
    bare = text.removesuffix("/*") if text != "/*" else "/"
    path = None if "*" in bare else _spelled(bare or "/")
    if path is None:
        raise _Wrong(
            f"path is {text!r}: write /admin for that path alone or /admin/* for all below it, too,"
            " percent-decoded, without * elsewhere and without ?, #, %, //, .., ; and the like"
        )
    return PathPattern(path, below=text.endswith("/*"))


def _spelled(path: str) -> str | None:
    try:
        return Target.of(method="GET", scheme="http", host="host", uri=quote(path)).path
    except (BadRequest, UnicodeEncodeError):
        return None


def _needs(written: Mapping[str, Any]) -> Needs:
    allow = written.get("allow", "signed-in")
    if allow not in _ALLOW:
        raise _Wrong(f"allow is {allow!r}; write one of {', '.join(_ALLOW)}")
    if allow == "signed-in":
        return Needs(
            roles=_roles(written), fresh=_fresh(written), second_factor=_second_factor(written)
        )
    if more := [key for key in _BEYOND if key in written]:
        raise _Wrong(f"{' and '.join(more)} mean nothing where {allow!r} is allowed: leave one out")
    return PUBLIC if allow == "public" else NOBODY


def _roles(written: Mapping[str, Any]) -> frozenset[str]:
    given = written.get("roles", [])
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise _Wrong(f'roles is {given!r}: write roles = ["admin"]; all of them are needed')
    return frozenset(given)


def _fresh(written: Mapping[str, Any]) -> int | None:
    given = written.get("fresh")
    if given is None:
        return None
    if type(given) is not int or not 1 <= given <= _FRESH_LONGEST:
        raise _Wrong(f"fresh is {given!r}: write seconds, from 1 to {_FRESH_LONGEST}")
    return given


def _second_factor(written: Mapping[str, Any]) -> bool:
    given = written.get("second-factor", False)
    if not isinstance(given, bool):
        raise _Wrong(f"second-factor is {given!r}: write true or false")
    return given


def _hidden(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield a line for each rule that decides nothing, because earlier ones decide all of it."""
    for number, rule in enumerate(rules):
        for path in rule.paths:
            by = next((one for one in rules[:number] if _covers(one, rule, path)), None)
            if by is not None:
                yield (
                    f"{rule.name} is never asked about {path}: {by.name} is above it and fits all "
                    "of that; put the narrower one first"
                )


def _covers(one: Rule, other: Rule, path: PathPattern) -> bool:
    return one.host.covers(other.host) and any(mine.covers(path) for mine in one.paths)
