"""Finding the token in what somebody pasted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["MAX_LENGTH", "Token", "token_in"]

#: Characters, inclusive: beyond what any format here looks at.
MAX_LENGTH = 64 * 1024

_HEADER = re.compile(r"(?i)\s*(set-cookie|cookie|authorization)\s*:\s*")
_BEARER = re.compile(r"(?i)\s*bearer\s+")
_PAIR = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([^;]*)")

#: A bare token of Starlette or better-auth, or plain base64: padding that looks like a pair's `=`.
_PADDED = re.compile(
    r"[A-Za-z0-9+/]+={1,2}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}|[A-Za-z0-9+/._-]{16,}={1,2}"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token, with the name of the cookie that carries it, where that was pasted too."""

    text: str
    name: str = ""


def token_in(pasted: str) -> Token:
    """Return the token in a header, a `name=value` pair, or the bare token.

    Args:
        pasted: Any text is safe to pass; of several cookies the first with a long value counts,
            the pieces of one that was cut (`name.0`, `name.1`) as one, and what only guards a
            sign-in comes last.
    """
    text = _BEARER.sub("", _HEADER.sub("", pasted[: 2 * MAX_LENGTH], count=1), count=1).strip()
    if _PADDED.fullmatch(text):
        return Token(text)
    pairs = [Token(found[2].strip(), found[1]) for found in _PAIR.finditer(text)]
    if not pairs or not text.startswith(f"{pairs[0].name}="):
        return Token(_decoded(text.partition(";")[0].strip()))
    long = [pair for pair in _joined(pairs) if len(pair.text) >= _LONG]
    likely = min(long or pairs[:1], key=lambda pair: bool(_GUARD.search(pair.name)))
    return Token(_decoded(likely.text), likely.name)


def _joined(pairs: list[Token]) -> Iterator[Token]:
    """Yield the cookies, those that Auth.js cut into pieces as one."""
    pieces: dict[str, dict[int, str]] = {}
    for pair in pairs:
        found = _PIECE.fullmatch(pair.name)
        name, place = (found[1], int(found[2])) if found else (pair.name, 0)
        pieces.setdefault(name, {}).setdefault(place, pair.text)
    for name, parts in pieces.items():
        yield Token("".join(parts[place] for place in sorted(parts)), name)


#: A piece of a cookie that was cut.
_PIECE = re.compile(r"(.+)\.([0-9]{1,2})")
#: Cookies that guard a sign-in, and are nobody's session.
_GUARD = re.compile(r"(?i)csrf|xsrf|callback|state|nonce|pkce")

#: Characters that the value of a session cookie has at the least.
_LONG = 32


def _decoded(text: str) -> str:
    unquoted = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    return unquote(unquoted, errors="replace") if "%" in unquoted else unquoted
