"""Running Wycheproof: a valid case is accepted, an invalid one refused, and nothing is skipped."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.known_answers import tokens
from tests.known_answers.exceptions import DECLARED
from tests.known_answers.outcome import Outcome
from tests.known_answers.primitives import PRIMITIVES, Primitive

__all__ = ["FILES", "run"]

FILES = sorted((Path(__file__).parent.parent / "vectors" / "wycheproof").glob("*.json"))

_TOKENS = Primitive(tokens.accepts)

Test = dict[str, Any]


def run(file: Path) -> Iterator[Outcome]:
    """Yield what came of each case of `file`."""
    primitive = PRIMITIVES.get(file.name, _TOKENS)
    declared = DECLARED.get(file.name, {})
    for group in json.loads(file.read_text(encoding="utf-8"))["testGroups"]:
        for test in group["tests"]:
            yield _judge(primitive, group, test, declared.get(test["tcId"]))


def _judge(primitive: Primitive, group: Test, test: Test, declared: str | None) -> Outcome:
    accepted, said = primitive.accepts(group, test), test["result"]
    wanted = {"valid": True, "invalid": False, "acceptable": accepted}[said]
    if primitive.is_outside(group, test):
        declared, wanted = primitive.why, False
    elif declared is not None:
        wanted = not wanted
    if accepted == wanted:
        return Outcome(str(test["tcId"]), declared=declared)
    verb = "accepted" if accepted else "refused"
    problem = f"{said} ({test['comment']}), but {verb}; {declared or 'nothing is declared'}"
    return Outcome(str(test["tcId"]), problem, declared)
