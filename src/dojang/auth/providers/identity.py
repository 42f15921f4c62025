"""Who somebody is at a provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dojang.errors import Malformed

__all__ = ["MAX_EMAIL", "MAX_SUBJECT", "Identity", "email_address", "picture", "subject"]
__all__ += ["text"]

#: Characters of a subject, inclusive (OpenID Connect Core section 2).
MAX_SUBJECT = 255

#: Characters of an e-mail address, inclusive (RFC 5321 section 4.5.3.1.3, erratum 1690).
MAX_EMAIL = 254

_LONGEST_NAME = 200
_LONGEST_ADDRESS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One person at one issuer; `issuer` and `subject` together are who, all else is hearsay.

    Attributes:
        provider: The name of the provider here, as `google`.
        issuer: Who says so.
        subject: 1 to 255 characters; never changes, and is never given to somebody else.
        email: For writing to them; None where it was not given. Never a key.
        email_verified: Whether the issuer vouches that it is theirs.
        name: For showing; may be None.
        picture: An `https:` address of one; may be None.
    """

    provider: str
    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    picture: str | None = None


def subject(facts: Mapping[str, Any], member: str) -> str:
    """Return what names a person for good: a text, or a whole number as one.

    Raises:
        Malformed: It is missing, empty, longer than `MAX_SUBJECT`, or neither of the two.
    """
    value = facts.get(member)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_SUBJECT or not value.isprintable():
        raise Malformed(f"a person without a good {member} is nobody")
    return value


def text(value: object, longest: int = _LONGEST_NAME) -> str | None:
    """Return a text for showing on one line; None for what is none, or blank.

    Args:
        value: As it came.
        longest: Characters; the rest is cut off.
    """
    if not isinstance(value, str):
        return None
    line = "".join(char for char in value if char.isprintable()).strip()
    return line[:longest].strip() or None


def email_address(value: object) -> str | None:
    """Return an e-mail address as it came; None for what is none that can be kept.

    It is never cut or cleaned: another address than the one that was vouched for is another's.
    """
    if not isinstance(value, str) or not value.isprintable() or value != value.strip():
        return None
    return value if 0 < len(value) <= MAX_EMAIL else None


def picture(value: object) -> str | None:
    """Return the address of a picture that a page over https may show; None for any other."""
    address = text(value, _LONGEST_ADDRESS + 1)
    if address is None or len(address) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme == "https" and parts.hostname else None
