"""`make proof`: the tests that count, with full counts; a file in docs/proof/ for each folder."""

import json
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
COUNTED = (
    "auth", "cli", "decisions", "doctor", "e2e", "interop", "node", "python", "server", "stores",
    "tokens", "wire",
)  # fmt: skip


def main(wanted: Sequence[str]) -> int:
    """Run the folders that are wanted, all unless some are named; return 0 if all passed."""
    if unknown := set(wanted) - set(COUNTED):
        sys.stderr.write(f"{', '.join(sorted(unknown))}: not one of {', '.join(COUNTED)}\n")
        return 2
    return max([prove(folder) for folder in wanted or COUNTED])


def prove(folder: str) -> int:
    """Run one folder with full counts, write what was seen, and return pytest's verdict."""
    start = time.monotonic()
    with TemporaryDirectory() as temporary:
        report = Path(temporary) / "report.xml"
        done = subprocess.run(
            # The older family of reports is the one that has properties: what tests measured.
            [
                sys.executable,
                "-m",
                "pytest",
                f"tests/{folder}",
                f"--junitxml={report}",
                "-o",
                "junit_family=xunit1",
            ],
            cwd=ROOT,
            env={**os.environ, "DOJANG_PROOF": "full"},
            check=False,
        )
        result = read(report)
    result["seconds"] = round(time.monotonic() - start)
    target = ROOT / "docs" / "proof" / f"{folder}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"written to {target.relative_to(ROOT)}\n")
    return done.returncode


def read(report: Path) -> dict[str, object]:
    """Return what the report says, beside the revision and the machine."""
    suite = ET.parse(report).getroot()[0]
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    slow = sorted(suite.iter("testcase"), key=lambda case: -float(case.attrib["time"]))[:20]
    return {
        "revision": git("rev-parse", "HEAD"),
        # What other folders wrote in the same run is no change of what is proven.
        "clean": git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs") == "",
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
        },
        **counts,
        "measured": {
            case.attrib["name"]: {found.attrib["name"]: found.attrib["value"] for found in measured}
            for case in suite.iter("testcase")
            if (measured := list(case.iter("property")))
        },
        "longest": {case.attrib["name"]: round(float(case.attrib["time"]), 1) for case in slow},
    }


def git(*arguments: str) -> str:
    """Return what git says."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
