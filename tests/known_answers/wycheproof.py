"""Running Wycheproof: a valid case is accepted, an invalid one refused, and nothing is skipped."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.known_answers import tokens
from tests.known_answers.exceptions import DECLARED, OUTSIDE
from tests.known_answers.outcome import Outcome
from tests.known_answers.primitives import PRIMITIVES, Primitive

__all__ = ["FILES", "cases", "outside", "run"]

FILES = sorted((Path(__file__).parent.parent / "vectors" / "wycheproof").glob("*.json"))

_TOKENS = Primitive(tokens.accepts)

Test = dict[str, Any]


def run(file: Path) -> Iterator[Outcome]:
    """Yield what came of each case of `file`."""
    primitive = PRIMITIVES.get(file.name, _TOKENS)
    for group, test in cases(file):
        yield _judge(primitive, group, test, file.name)


def cases(file: Path) -> Iterator[tuple[Test, Test]]:
    """Yield each case of `file`, behind the group that it is in."""
    for group in json.loads(file.read_text(encoding="utf-8"))["testGroups"]:
        for test in group["tests"]:
            yield group, test


def outside(file: Path) -> set[int]:
    """Return the numbers of the cases in `file` that no token can be like."""
    primitive = PRIMITIVES.get(file.name, _TOKENS)
    return {test["tcId"] for group, test in cases(file) if primitive.is_outside(group, test)}


def _judge(primitive: Primitive, group: Test, test: Test, file: str) -> Outcome:
    accepted, said, number = primitive.accepts(group, test), test["result"], test["tcId"]
    wanted = {"valid": True, "invalid": False, "acceptable": accepted}[said]
    declared = DECLARED.get(file, {}).get(number)
    if declared is not None:
        wanted = not wanted
    elif number in OUTSIDE.get(file, {}):
        declared, wanted = OUTSIDE[file][number], False
    if accepted == wanted:
        return Outcome(str(test["tcId"]), declared=declared)
    verb = "accepted" if accepted else "refused"
    problem = f"{said} ({test['comment']}), but {verb}; {declared or 'nothing is declared'}"
    return Outcome(str(test["tcId"]), problem, declared)
