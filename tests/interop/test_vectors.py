import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.interop.__main__ import OWN
from tests.interop.reading import WRITERS, has_reader, has_writer, problem_with


def cases() -> list[Any]:
    found = [case for file in sorted(OWN.glob("*.json")) for case in json.loads(file.read_text())]
    return [pytest.param(case, id=case["id"]) for case in found if has_reader(case)]


@pytest.mark.parametrize("case", cases())
def test_a_value_of_the_real_library_is_read_and_written_as_it_does(case: dict[str, Any]) -> None:
    assert problem_with(case) is None


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("iron", 69),
        ("express", 52),
        ("connect_redis", 38),
        ("js_engine", 31),
        ("flask", 31),
        ("starlette", 19),
        ("django", 32),
        ("keygrip", 35),
        ("koa_session", 24),
        ("better_auth", 30),
        ("lucia", 18),
        ("bcrypt", 31),
        ("argon2", 28),
    ],
)
def test_every_case_of_these_files_has_a_reader(file: str, count: int) -> None:
    found = json.loads((OWN / f"{file}.json").read_text())
    assert len(found) == count
    assert [case["id"] for case in found if not has_reader(case)] == []


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("iron", 9),
        ("express", 32),
        ("connect_redis", 32),
        ("flask", 23),
        ("starlette", 13),
        ("django", 23),
        ("keygrip", 21),
        ("koa_session", 17),
        ("better_auth", 5),
        ("lucia", 4),
    ],
)
def test_every_deterministic_case_of_these_files_is_written_too(file: str, count: int) -> None:
    cases = json.loads((OWN / f"{file}.json").read_text())
    found = [case for case in cases if case.get("deterministic")]
    assert len(found) == count
    assert [case["id"] for case in found if not has_writer(case)] == []


@pytest.mark.parametrize(("file", "count"), [("nextauth_v4.json", 39), ("authjs_v5.json", 44)])
def test_every_token_of_next_auth_and_auth_js_has_a_reader(file: str, count: int) -> None:
    found = json.loads((OWN / file).read_text())
    assert all(has_reader(case) for case in found)
    assert len(found) == count


def test_every_token_has_a_reader_and_the_deterministic_ones_a_writer() -> None:
    jose = json.loads((OWN / "jose.json").read_text())
    jsonwebtoken = json.loads((OWN / "jsonwebtoken.json").read_text())
    assert all(has_reader(case) for case in [*jose, *jsonwebtoken])
    assert (len(jose), len(jsonwebtoken)) == (56, 46)
    repeatable = [case for case in [*jose, *jsonwebtoken] if case.get("deterministic")]
    silent = [case["id"] for case in repeatable if not WRITERS[case["operation"]](case)]
    assert silent == ["jose-044-hs-with-public-key", "jsonwebtoken-046-hs-with-public-key"]


def run(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.interop"],
        env={**os.environ, "DOJANG_VECTORS": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_directory_of_vectors_is_run_and_counted(tmp_path: Path) -> None:
    good = json.loads((OWN / "iron.json").read_text())[0]
    bad = {**good, "id": "tampered", "payload": {"user": "somebody else"}}
    strange = {**good, "id": "strange", "operation": "unheard_of"}
    (tmp_path / "mine.json").write_text(json.dumps([good, bad, strange]))
    done = run(tmp_path)
    assert done.returncode == 1
    assert "mine.json: 1 passed, 1 failed; no reader yet: unheard_of 1" in done.stdout
    assert done.stdout.endswith("1 passed, 1 failed\n")


def test_a_directory_without_vectors_is_an_error_that_says_so(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "has no vector files" in done.stderr


def test_a_file_that_is_no_vectors_is_a_failure_and_the_rest_is_run(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("[{")
    (tmp_path / "good.json").write_text((OWN / "iron.json").read_text())
    done = run(tmp_path)
    assert done.returncode == 1
    assert "broken.json: cannot be read as vectors" in done.stdout
    assert done.stdout.endswith("69 passed, 1 failed\n")
