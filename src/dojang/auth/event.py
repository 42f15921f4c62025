"""One thing that happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Event", "Fact", "one_line"]

#: What is said of an event beside who and where; never a secret, nor what somebody typed.
Fact = str | int | bool

# In characters.
_AGENT = 200
_ADDRESS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that whoever looks after accounts wants to know, and whose account it is.

    Every text is on one line, with control characters as escapes, whatever a client sent.

    Attributes:
        kind: What happened, as `signed-in`.
        at: Unix milliseconds.
        user: Whose account, as in `User.id`; None where nobody's is known.
        handle: Of the session, or empty.
        address: Where it came from, at most 64 characters of it, or empty.
        agent: The User-Agent, at most 200 characters of it.
        facts: What else is known.

    Source: CWE-117; OWASP ASVS 16.4.1.
    """

    kind: str
    at: int
    user: str | None = None
    handle: str = ""
    address: str = ""
    agent: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])

    def __post_init__(self) -> None:
        """Keep every text on one line."""
        object.__setattr__(self, "address", one_line(self.address[:_ADDRESS])[:_ADDRESS])
        object.__setattr__(self, "agent", one_line(self.agent[:_AGENT])[:_AGENT])
        facts = {
            name: one_line(value) if isinstance(value, str) else value
            for name, value in self.facts.items()
        }
        object.__setattr__(self, "facts", facts)


def one_line(text: str) -> str:
    """Return `text` with what would move a cursor, end a line or turn text round as escapes."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
