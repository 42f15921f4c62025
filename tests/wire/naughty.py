"""The big list of naughty strings."""

import json
from pathlib import Path

FILE = Path(__file__).parent.parent / "vectors" / "naughty-strings" / "blns.json"

NAUGHTY: list[str] = json.loads(FILE.read_text(encoding="utf-8"))
