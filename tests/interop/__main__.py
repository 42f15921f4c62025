"""`make vectors`: every case of every file of test vectors, a line per file and one for all.

DOJANG_VECTORS names another directory of interop vectors, which are then the only ones run.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.interop.reading import has_reader, problem_with
from tests.known_answers import cookbook, wycheproof
from tests.known_answers.outcome import Outcome

OWN = Path(__file__).parent.parent / "vectors" / "interop"


def main() -> int:
    """Run the vectors; return 1 if a case failed or there was none."""
    directory = Path(os.environ.get("DOJANG_VECTORS", OWN))
    files = sorted(directory.glob("*.json"))
    if not files:
        sys.stderr.write(f"{directory} has no vector files; set DOJANG_VECTORS to one that has\n")
        return 2
    total: Counter[str] = Counter()
    for file in files:
        total.update(_run(file))
    if directory == OWN:
        total.update(_known_answers())
    sys.stdout.write(f"{total['unread']} cases have no reader yet\n" if total["unread"] else "")
    sys.stdout.write(f"{total['passed']} passed, {total['failed']} failed\n")
    return 1 if total["failed"] or not total["passed"] else 0


def _run(file: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    try:
        cases = _cases(file)
    except (ValueError, KeyError) as error:
        sys.stdout.write(f"{file.name}: cannot be read as vectors: {error}\n")
        return Counter(failed=1)
    for case in cases:
        if not has_reader(case):
            counts["unread"] += 1
            unread[case["operation"]] += 1
            continue
        problem = problem_with(case)
        counts["failed" if problem else "passed"] += 1
        if problem:
            sys.stdout.write(f"  {case['id']}: {problem}\n")
    line = f"{file.name}: {counts['passed']} passed, {counts['failed']} failed"
    named = ", ".join(f"{operation} {count}" for operation, count in sorted(unread.items()))
    sys.stdout.write(f"{line}; no reader yet: {named}\n" if named else f"{line}\n")
    return counts


def _known_answers() -> Counter[str]:
    total: Counter[str] = Counter()
    for file in wycheproof.FILES:
        total.update(_count(f"wycheproof/{file.name}", wycheproof.run(file)))
    for file in cookbook.FILES:
        total.update(_count(f"rfc7520-cookbook/{cookbook.name(file)}", cookbook.run(file)))
    return total


def _count(name: str, outcomes: Iterable[Outcome]) -> Counter[str]:
    counts: Counter[str] = Counter()
    declared = 0
    for outcome in outcomes:
        counts["failed" if outcome.problem else "passed"] += 1
        declared += outcome.declared is not None
        if outcome.problem:
            sys.stdout.write(f"  {outcome.case}: {outcome.problem}\n")
    line = f"{name}: {counts['passed']} passed, {counts['failed']} failed"
    sys.stdout.write(f"{line}; {declared} declared exceptions\n" if declared else f"{line}\n")
    return counts


def _cases(file: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(cases, list) or not all("operation" in case for case in cases):
        raise ValueError("not a list of cases")
    return cases


if __name__ == "__main__":
    sys.exit(main())
