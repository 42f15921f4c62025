"""The real Node libraries, asked over a pipe: one process for all tests."""

import json
import select
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["Judge", "Thrown"]

HERE = Path(__file__).parent

#: Seconds for one answer; the first of a library loads it.
_PATIENCE = 60


class Thrown(Exception):
    """What a library threw."""

    def __init__(self, name: str, code: str | None, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.code = code


class Judge:
    """`judge.mjs` and the libraries behind it."""

    def __init__(self, node: str) -> None:
        self._process = subprocess.Popen(
            [node, HERE / "judge.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, operation: str, *, at: int | None = None, **given: Any) -> Any:
        """Return what `libraries/<library>.mjs` says to `<library>.<operation>`.

        Args:
            operation: `iron.sealData` and the like.
            at: Unix milliseconds of the clock that the library reads; the real one unless given.
            given: Its arguments, any JSON.

        Raises:
            Thrown: The library threw.
        """
        question = json.dumps({"do": operation, "with": given, "at": at})
        answer = json.loads(self._exchange(question))
        if "thrown" in answer:
            raise Thrown(**answer["thrown"])
        return answer["value"]

    def close(self) -> None:
        self._process.communicate(timeout=_PATIENCE)

    def _exchange(self, question: str) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(question.encode("ascii") + b"\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], _PATIENCE)
        assert ready, f"no answer within {_PATIENCE} s"
        line: bytes = stdout.readline()
        assert line, f"Node ended with {self._process.wait(_PATIENCE)}"
        return line
