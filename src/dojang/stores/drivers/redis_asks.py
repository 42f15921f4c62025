"""What is sent to Redis: commands, scripts, and what one caller wants of one server at once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

__all__ = ["Address", "Answer", "Ask", "Command", "Lost", "Script", "Unreplicated", "in_full"]

#: Host and port, or the path of a socket with port 0.
Address = tuple[str, int]

Word = bytes | str | int
Command = tuple[Word, ...]

#: Commands that write nothing, of those that are sent.
_READING = frozenset(
    {"EVALSHA_RO", "EVAL_RO", "GET", "INFO", "MGET", "PEXPIRETIME", "PTTL", "SCAN", "ZRANGE"}
)

#: What came back for a command; an error of Redis is an answer too.
Answer: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Ask:
    """Commands of one caller, that one server runs in their order.

    Attributes:
        commands: Several only where each may be run again.
        key: What decides which server; None for any.
        safe: Whether running them twice does no harm, as reading.
        asking: Whether the server is only about to get the key, and has to be told that we know.
    """

    commands: tuple[Command, ...]
    key: bytes | None
    safe: bool = False
    asking: bool = False

    @property
    def reads(self) -> bool:
        """Whether nothing is written, as far as the commands say."""
        return all(command[0] in _READING for command in self.commands)

    def sent(self) -> Sequence[Command]:
        """Return what goes over the wire."""
        if not self.asking:
            return self.commands
        return [sent for command in self.commands for sent in (("ASKING",), command)]

    def answered(self, answers: Iterator[Answer]) -> Sequence[Answer]:
        """Take from `answers` those to what was sent, and return those to the commands."""
        taken = [next(answers) for _ in self.sent()]
        return taken[1::2] if self.asking else taken


class Lost(Exception):
    """A server could not be reached, or did not answer whole and in time."""

    def __init__(self, why: str, *, sent: bool, late: bool = False) -> None:
        """Say why.

        Args:
            why: For the log.
            sent: Whether the server may have run what it was asked.
            late: Whether the time was up, so that there is none to try again.
        """
        super().__init__(why)
        self.sent = sent
        self.late = late


class Unreplicated(Lost):
    """A write is done, and fewer replicas have it than should."""

    def __init__(self, has: int, wanted: int, seconds: float) -> None:
        """Say how many replicas have it, of how many, after how long."""
        why = f"{has} of {wanted} replicas have a write after {seconds:g} s"
        super().__init__(why, sent=True, late=True)


class Script:
    """Lua that Redis runs as one step; called by its hash, and sent whole where that is unknown."""

    _known: ClassVar[dict[str, str]] = {}

    def __init__(self, text: str, *, reads: bool = False) -> None:
        """Take the text, and whether it only reads: Redis then lets it do nothing else."""
        self._name = "EVALSHA_RO" if reads else "EVALSHA"
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        self._known[self._sha] = text

    def __call__(self, keys: Sequence[bytes], *arguments: Word) -> Command:
        """Return the command that runs it."""
        return (self._name, self._sha, len(keys), *keys, *arguments)

    @classmethod
    def text_of(cls, sha: str) -> str:
        """Return the text that has this hash."""
        return cls._known[sha]


def in_full(command: Command) -> Command:
    """Return a call of a script with its text instead of the hash; others as they are."""
    in_full = {"EVALSHA": "EVAL", "EVALSHA_RO": "EVAL_RO"}.get(str(command[0]))
    if in_full is None:
        return command
    return (in_full, Script.text_of(str(command[1])), *command[2:])
