"""The page about them names the versions that are visited, and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "third-party.md").read_text()


def test_the_versions_are_those_that_were_visited() -> None:
    locked = (ROOT / "requirements" / "test.txt").read_text()
    named = re.findall(r"`([a-z-]+==[\d.]+)`", PAGE)
    assert len(named) == 6
    assert [
        one for one in named if not re.search(rf"^{re.escape(one)}\b", locked, re.MULTILINE)
    ] == []


def test_the_tests_are_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert len(named) == 7
    assert [name for name in named if not (ROOT / name).is_file()] == []
