"""Documentation that is not tested is a rumour."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import dojang
from dojang import errors
from dojang.session.lifetime import Lifetime
from dojang.wire import json

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    found: list[str] = re.findall(rf"```{language}[^\n]*\n(.*?)```", page.read_text(), re.DOTALL)
    return found


def test_the_readmes_application_works_as_it_says() -> None:
    (code, *_) = blocks(ROOT / "README.md", "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 14
    namespace: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), namespace)
    client = TestClient(namespace["app"], base_url="https://testserver")
    assert client.get("/me").json() == {"user": None, "why_not": "missing"}
    client.post("/login/ada")
    assert client.get("/me").json() == {"user": "ada", "why_not": None}
    cookie = client.cookies["__Host-session"]
    client.cookies.clear()
    changed = cookie[:40] + ("A" if cookie[40] != "A" else "B") + cookie[41:]
    answer = client.get("/me", headers={"cookie": f"__Host-session={changed}"})
    assert answer.json() == {"user": None, "why_not": "bad-signature"}


def test_the_readmes_failure_is_shown_with_its_real_message() -> None:
    with pytest.raises(errors.NotJson) as caught:
        json.dumps({"cart": [1, 2, {"when": datetime.now(UTC)}]})
    shown = blocks(ROOT / "README.md", "python")[1]
    assert f"dojang.errors.NotJson: {caught.value}" in shown


def test_the_tutorials_application_works(tmp_path: Path) -> None:
    (code,) = [
        block
        for block in blocks(ROOT / "docs/tutorial/first-login.md", "python")
        if "FastAPI()" in block
    ]
    (tmp_path / "app.py").write_text(code)
    probe = """
from starlette.testclient import TestClient
import app
client = TestClient(app.app, base_url="https://testserver")
assert "I am Ada" in client.get("/").text
assert "Hello ada, visit 1" in client.post("/login").text
assert "I am Ada" in client.post("/logout").text
"""
    secret = dojang.new_secret()
    environment = {**os.environ, "SESSION_SECRET": secret}
    subprocess.run([sys.executable, "-c", probe], cwd=tmp_path, env=environment, check=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "block",
    [block for page in PAGES for block in blocks(page, "python") if ">>>" not in block],
)
def test_every_example_is_python(block: str) -> None:
    compile(block, "example", "exec", flags=__import__("ast").PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_face_has_at_most_twenty_names_sorted_and_all_there() -> None:
    assert dojang.__all__ == sorted(dojang.__all__)
    assert len(dojang.__all__) <= 20
    assert all(hasattr(dojang, name) for name in dojang.__all__)


@pytest.mark.parametrize("name", dojang.__all__)
def test_every_public_name_has_a_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(dojang, name))


def every_error() -> Iterator[type[errors.DojangError]]:
    def below(kind: type[errors.DojangError]) -> Iterator[type[errors.DojangError]]:
        for child in kind.__subclasses__():
            if child.__module__.startswith("dojang"):
                yield child
                yield from below(child)

    return below(errors.DojangError)


def test_every_error_has_a_code_of_its_own_and_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text()
    codes = [kind.code for kind in every_error()]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_the_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.docs", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_limit_of_a_lifetime_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/lifetime.md").read_text()
    assert all(f"`{name}`" in page for name in Lifetime.__dataclass_fields__)


def test_the_changelog_has_the_version() -> None:
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_promises_name_no_figure_of_a_run_but_with_the_run_it_is_of() -> None:
    page = (ROOT / "docs/reference/promises.md").read_text()
    measured = page.partition("## Measured\n")[2].partition("\n## ")[0]
    counted = numbers("\n".join(path.read_text() for path in COUNTED_TESTS))
    noted = numbers("\n".join(path.read_text() for path in (ROOT / "docs/proof").glob("*.json")))
    run = ""
    for block in measured.split("\n\n"):
        figures = numbers(re.sub(r"`[^`]*`|^\| [^|]*\|", "", block, flags=re.MULTILINE))
        assert figures <= counted | noted or "at revision `" in run, block
        run = block


COUNTED_TESTS = [
    path for name in ("stores", "decisions") for path in (ROOT / "tests" / name).glob("*.py")
]


def numbers(text: str) -> set[str]:
    """Return the numbers in a text, however their thousands are set apart."""
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d)[,_](?=\d{3})", "", text)))
