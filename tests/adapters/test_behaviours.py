"""The tables of what other systems do: each row names a test that exists, and a verdict."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
PAGES = sorted((ROOT / "docs" / "explanation").glob("*-behaviours.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_behaviour_has_a_test_and_a_verdict(page: Path) -> None:
    rows = re.findall(r"^\| (.+?) \| `(test_\w+)` \| (.+?) \|$", page.read_text(), re.MULTILINE)
    lines = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    assert len(rows) == len(lines) - 2, "a row does not name its test"
    missing = [name for _, name, _ in rows if f"def {name}(" not in TESTS]
    assert missing == []
    assert [verdict for *_, verdict in rows if not verdict.startswith(("same", "different"))] == []


def test_there_are_such_tables() -> None:
    assert [page.stem for page in PAGES] == ["django-behaviours", "express-behaviours"]
