"""The import law: every import points down, and the core reads no clock and opens no socket."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "dojang"

#: Floors, lowest first. A file or folder stands on one of them; nothing imports from above.
FLOORS: list[set[str]] = [
    {"errors", "extras"},
    {"wire"},
    {"session", "doctor", "inspection"},
    {"blocking", "stores", "strategies", "peers"},
    {"clock", "suffixes", "passed_on", "visits", "sessions", "next_auth", "auth_js", "words"},
    {"auth", "tokens"},
    {"adapters"},
    {"server"},
    {"cli", "testing", "__init__", "__main__"},
]

ROOMS = set().union(*FLOORS)

#: All that the floors of the core (1 to 3) may import: no clock, no wire, no driver, no framework.
PURE = {
    "__future__", "abc", "base64", "binascii", "collections", "contextlib", "dataclasses",
    "datetime", "enum", "functools", "hashlib", "heapq", "hmac", "ipaddress", "itertools", "json",
    "math", "re", "secrets", "string", "struct", "types", "typing", "unicodedata", "urllib.parse",
    "zlib", "cryptography", "joserfc",
}  # fmt: skip

#: What reads a clock or a file without an import that says so.
IMPURE = {"now", "utcnow", "today", "open", "__import__"}

#: `secrets` is behind one door.
ENTROPY = "wire/entropy.py"


def floor_of(room: str) -> int:
    return next(index for index, floor in enumerate(FLOORS) if room in floor)


def room_of(path: Path, source: Path) -> str:
    return path.relative_to(source).with_suffix("").parts[0]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def from_imports(path: Path, source: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the module and the names of each `from ... import ...`, relative ones resolved."""
    package = ["dojang", *path.relative_to(source).parent.parts]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, [alias.name for alias in node.names]


def imports(path: Path, source: Path) -> Iterator[str]:
    """Yield the dotted names a file imports."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
    for module, names in from_imports(path, source):
        if module != "dojang":
            yield module
        yield from (f"{module}.{name}" for name in names)


def violations(source: Path) -> list[str]:
    found = []
    for path in sorted(source.rglob("*.py")):
        here = path.relative_to(source).as_posix()
        floor = floor_of(room_of(path, source))
        for name in imports(path, source):
            top, *rest = name.split(".")
            is_face = name == "dojang" or (top == "dojang" and rest[0] not in ROOMS)
            if is_face and floor < len(FLOORS) - 1:
                found.append(f"{here} imports dojang, the face of every floor, from a floor above")
            if top == "dojang" and rest and any(rest[0] in above for above in FLOORS[floor + 1 :]):
                found.append(f"{here} imports {name} from a floor above")
            if floor <= 2 and top != "dojang" and not is_pure(name):
                found.append(f"{here} imports {name}")
            if top == "secrets" and here != ENTROPY and floor <= 4:
                found.append(f"{here} imports secrets")
        if floor <= 2:
            found += [f"{here} calls {name}()" for name in calls(path) if name in IMPURE]
    return found


def is_pure(name: str) -> bool:
    return any(name == pure or name.startswith(f"{pure}.") for pure in PURE)


def calls(path: Path) -> Iterator[str]:
    """Yield the names of what a file calls; of `datetime.now()`, `now`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def faces(path: Path, source: Path, files: dict[str, Path]) -> Iterator[str]:
    """Yield the packages from which a file imports a name that is no module."""
    for module, names in from_imports(path, source):
        if any(f"{module}.{name}" not in files for name in names):
            yield module


def rooms(source: Path) -> dict[str, set[str]]:
    """Return which modules of dojang each module imports, for finding circles."""
    files = {
        ".".join(["dojang", *path.relative_to(source).with_suffix("").parts]).removesuffix(
            ".__init__"
        ): path
        for path in source.rglob("*.py")
    }
    graph = {}
    for module, path in files.items():
        named = {name for name in imports(path, source) if name in files and name != module}
        # `from package import module` names the package too, but needs only the module.
        by_way = {name.rpartition(".")[0] for name in named} - set(faces(path, source, files))
        graph[module] = named - by_way
    return graph


def circle_in(graph: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def walk(module: str, trail: list[str]) -> list[str] | None:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return None
        for imported in sorted(graph[module]):
            if circle := walk(imported, [*trail, module]):
                return circle
        done.add(module)
        return None

    return next((circle for module in graph if (circle := walk(module, []))), None)


def test_every_room_stands_on_a_floor() -> None:
    assert {room_of(path, SOURCE) for path in SOURCE.rglob("*.py")} <= ROOMS


def test_no_import_points_to_a_floor_above_and_the_core_touches_nothing_outside() -> None:
    assert violations(SOURCE) == []


def test_there_are_no_import_circles() -> None:
    assert circle_in(rooms(SOURCE)) is None


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("wire/planted.py", "from dojang.stores import memory", "from a floor above"),
        ("wire/planted.py", "import dojang.sessions", "from a floor above"),
        ("session/planted.py", "from ..strategies import facts", "from a floor above"),
        ("wire/planted.py", "from .. import sessions", "from a floor above"),
        ("errors.py", "from . import wire", "from a floor above"),
        ("session/planted.py", "import dojang", "from a floor above"),
        ("session/planted.py", "from dojang import Sessions", "from a floor above"),
        ("session/planted.py", "import time", "imports time"),
        ("session/planted.py", "import uuid", "imports uuid"),
        ("session/planted.py", "import importlib", "imports importlib"),
        ("wire/planted.py", "from os import environ", "imports os"),
        ("wire/planted.py", "def f():\n    import asyncio", "imports asyncio"),
        ("session/planted.py", "from secrets import token_bytes", "imports secrets"),
        ("wire/planted.py", "import asyncpg", "imports asyncpg"),
        ("wire/planted.py", "from concurrent.futures import Future", "imports concurrent"),
        ("wire/planted.py", "import urllib.request", "imports urllib.request"),
        ("session/planted.py", "from quart import request", "imports quart"),
        ("session/planted.py", "from datetime import datetime\ndatetime.now()", "calls now()"),
        ("wire/planted.py", "text = open('x').read()", "calls open()"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, complaint: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_text(line)
    assert any(complaint in violation for violation in violations(tmp_path))


def test_a_planted_circle_is_found(tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "one.py").write_text("from dojang.wire import two")
    (tmp_path / "wire" / "two.py").write_text("from . import one")
    circle = circle_in(rooms(tmp_path))
    assert circle is not None
    assert set(circle) == {"dojang.wire.one", "dojang.wire.two"}
