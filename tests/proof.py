"""`make proof`: the tests that count, with full counts; writes what was seen to docs/proof/."""

import json
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
COUNTED = [
    "tests/decisions",
    "tests/doctor",
    "tests/stores",
    "tests/auth",
    "tests/interop",
    "tests/node",
    "tests/wire",
]


def main() -> int:
    """Run them, write the result, and return pytest's verdict."""
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *COUNTED, f"--junitxml={report}"],
            cwd=ROOT,
            env={**os.environ, "DOJANG_PROOF": "full"},
            check=False,
        )
        result = read(report)
    result["seconds"] = round(time.monotonic() - start)
    target = ROOT / "docs" / "proof" / "full-counts.json"
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
        "clean": git("status", "--porcelain", "--untracked-files=no") == "",
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
    sys.exit(main())
