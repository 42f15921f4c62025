"""Test vectors that others made to find fault: Wycheproof, and the cookbook of RFC 7520."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.known_answers import cookbook, wycheproof
from tests.known_answers.exceptions import DECLARED, OUTSIDE
from tests.known_answers.outcome import Outcome
from tests.known_answers.primitives import PRIMITIVES

Run = Callable[[Path], Iterator[Outcome]]


def problems(run: Run, file: Path) -> list[Outcome]:
    return [outcome for outcome in run(file) if outcome.problem]


@pytest.mark.parametrize("file", wycheproof.FILES, ids=lambda file: file.stem)
def test_wycheproof_finds_no_fault(file: Path) -> None:
    assert problems(wycheproof.run, file) == []


@pytest.mark.parametrize("file", cookbook.FILES, ids=cookbook.name)
def test_the_cookbook_is_reproduced_or_refused_for_a_reason(file: Path) -> None:
    assert problems(cookbook.run, file) == []


def test_every_case_is_run_and_every_exception_is_met() -> None:
    counts = {file.name: len(list(wycheproof.run(file))) for file in wycheproof.FILES}
    assert sum(counts.values()) == 4_220
    assert PRIMITIVES.keys() | {name for name in counts if "json_web" in name} == counts.keys()
    met = {
        file.name: {int(each.case) for each in wycheproof.run(file) if each.declared}
        for file in wycheproof.FILES
        if file.name in DECLARED
    }
    assert met == {name: set(cases) for name, cases in DECLARED.items()}
    assert len(cookbook.FILES) == 32


def test_every_case_that_no_token_can_be_like_is_declared_by_its_number() -> None:
    found = {
        file.name: numbers for file in wycheproof.FILES if (numbers := wycheproof.outside(file))
    }
    assert found == {name: set(cases) for name, cases in OUTSIDE.items()}
    assert sum(map(len, found.values())) == 119 + 3 * 87 + 7 + 8


def test_a_fault_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(_: Any, __: Any) -> bool:
        return True

    monkeypatch.setattr(wycheproof, "_TOKENS", type(wycheproof._TOKENS)(everything))
    (file,) = (file for file in wycheproof.FILES if file.name == "json_web_key_test.json")
    assert len(problems(wycheproof.run, file)) == 21
