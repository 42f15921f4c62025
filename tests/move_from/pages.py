"""The pages `docs/howto/move-from/*.md`, as somebody follows them: the files, then the change."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.need import need

__all__ = ["FOLDER", "Page"]

FOLDER = Path(__file__).parents[2] / "docs" / "howto" / "move-from"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: blocks of code that say in which file they are, and diffs."""

    name: str

    @property
    def text(self) -> str:
        return (FOLDER / f"{self.name}.md").read_text(encoding="utf-8")

    def write(self, folder: Path) -> None:
        """Write the files of the application as it was."""
        for name, code in re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", self.text, re.DOTALL):
            (folder / name).write_text(code, encoding="utf-8")

    def change(self, folder: Path) -> None:
        """Make the change, to the letter."""
        self._patch(folder)

    def go_back(self, folder: Path) -> None:
        """Take the change back."""
        self._patch(folder, "--reverse")

    def _patch(self, folder: Path, *options: str) -> None:
        (diff,) = re.findall(r"```diff\n(.*?)```", self.text, re.DOTALL)
        command = [need("git"), "apply", "-p0", *options, "-"]
        done = subprocess.run(
            command, cwd=folder, input=diff, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
