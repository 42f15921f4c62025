import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from dojang.errors import MissingExtra
from dojang.extras import extra

from .kit import dojang, environment


def test_a_new_key_is_43_characters_and_a_line_end(tmp_path: Path) -> None:
    first, second = (dojang("keys", "new", cwd=tmp_path) for _ in range(2))
    assert (first.code, len(first.out), first.err) == (0, 44, "")
    assert first.out != second.out


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    done = dojang("version", cwd=tmp_path)
    assert (done.code, done.out) == (0, f"{metadata.version('dojang')}\n")


def test_a_verb_that_there_is_not_is_a_wrong_call(tmp_path: Path) -> None:
    done = dojang("surf", cwd=tmp_path)
    assert done.code == 2
    assert "No such command" in done.err


_VERBS = [
    (), ("serve",), ("keys",), ("keys", "new"), ("version",), ("sessions",),
    *(("sessions", verb) for verb in ("list", "show", "end", "end-user", "count", "sweep", "copy")),
]  # fmt: skip


@pytest.mark.parametrize("verb", _VERBS)
def test_every_verb_has_help(tmp_path: Path, verb: tuple[str, ...]) -> None:
    done = dojang(*verb, "--help", cwd=tmp_path)
    assert done.code == 0
    assert "Usage: dojang" in done.out


@pytest.mark.parametrize(
    ("missing", "arguments", "name"),
    [
        ("typer", ["version"], "cli"),
        ("granian", ["serve"], "server"),
        ("starlette", ["serve"], "server"),
        ("pydantic_settings", ["serve"], "server"),
        ("psycopg", ["sessions", "count", "--store", "postgresql://h/d"], "postgres"),
    ],
)
def test_what_is_not_installed_is_one_line_that_names_the_extra(
    tmp_path: Path, missing: str, arguments: list[str], name: str
) -> None:
    # As if `missing` were not there: its import fails as the import system has it.
    program = (
        "import sys\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {missing!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Without())\n"
        f"sys.argv = ['dojang', *{arguments!r}]\n"
        "from dojang.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"dojang: {missing} is missing: pip install 'dojang[{name}]'\n"


def test_a_module_of_ours_that_is_missing_is_a_fault_of_ours() -> None:
    with pytest.raises(ModuleNotFoundError) as caught, extra("server"):
        import dojang.nothing  # type: ignore[import-not-found]  # noqa: F401 - there is none
    assert not isinstance(caught.value, MissingExtra)
