"""Codes for whoever has lost their authenticator: ten, each good once."""

import base64
from hashlib import sha256

from dojang.wire import base64url, entropy, json

__all__ = ["COUNT", "digest", "new_codes"]

#: How many there are of one kind.
COUNT = 10

#: Of a code: 120 random bits. From 112 on a plain hash keeps one, and no key has to outlive it.
#: Source: OWASP ASVS 6.5.2.
_BYTES = 15

_GROUP = 4  # characters between hyphens
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")

#: What base32 does not have, and people read there.
_MISREAD = str.maketrans({"0": "o", "1": "l", "8": "b"})


def new_codes() -> tuple[str, ...]:
    """Return codes as they are shown: `abcd-efgh-ijkl-mnop-qrst-uvwx`."""
    return tuple(_shown(entropy.random_bytes(_BYTES)) for _ in range(COUNT))


def digest(user_id: str, code: str) -> str | None:
    """Return what is kept of a code; None for a text that is none.

    Args:
        user_id: Whose; the same code of somebody else is another one.
        code: As typed: capitals, hyphens and blanks make no difference. Any text is safe to pass.
    """
    plain = "".join(code.replace("-", "").split()).lower().translate(_MISREAD)
    if len(plain) * 5 != _BYTES * 8 or not _ALPHABET.issuperset(plain):
        return None
    return base64url.encode(sha256(json.dumps([user_id, plain]).encode()).digest())


def _shown(raw: bytes) -> str:
    text = base64.b32encode(raw).decode("ascii").lower()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
