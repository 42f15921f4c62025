"""E-mail addresses and user names: one spelling for each person.

Text is folded first (NFKC, case-fold, NFKC) and judged after, so that what was judged is
what is compared: an address that turns into another one after the check is how reset mails
were sent to strangers (CVE-2019-19844, GHSA-7rqj-j65f-68wh).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from dojang.auth.errors import InvalidInput

__all__ = ["USERNAME_PATTERN", "Identifier", "Login", "fold", "parse_email", "parse_login"]
__all__ += ["one_spelling", "parse_name", "parse_username"]

# 2 to 32 letters (of any script), digits and `_ . -`, beginning and ending with a letter or digit.
USERNAME_PATTERN = r"[^\W_][\w.-]{0,30}[^\W_]"

_TYPED_MAX = 1024  # characters looked at before normalising, which is slow on long text
_EMAIL_MAX_BYTES = 254  # RFC 5321 section 4.5.3.1.3, erratum 1690
_LOCAL_MAX_BYTES = 64  # RFC 5321 section 4.5.3.1.1
_USERNAME_MAX = 64  # characters, whatever the pattern says
_NAME_MAX = 200  # characters

_LOCAL = re.compile(r"[^.]+(?:\.[^.]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ATEXT = frozenset("!#$%&'*+-/=?^_`{|}~.")  # RFC 5322 section 3.2.3, and the dot
# Letters and marks that show nothing. Unicode: Default_Ignorable_Code_Point outside of Cf.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Turn round the text that follows them on a page. Unicode TR 9.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Identifier:
    """What is kept of an e-mail address or user name.

    Attributes:
        text: As typed, after NFKC, without blanks around it: for showing, and for mail.
        key: Folded: equal for all spellings of one identifier, unique in the database.
    """

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Login:
    """What a person typed to sign in: with an `@` it is an e-mail address."""

    field: Literal["email", "username"]
    key: str


def fold(text: str) -> str:
    """Return the spelling of `text` that is compared: NFKC, case-folded, NFKC again.

    Source: Unicode Standard section 3.13, D146 (compatibility caseless matching).
    """
    return _nfkc(_nfkc(text).casefold())


def parse_email(text: str) -> Identifier:
    """Return the address in `text`, which is one address and nothing beside it.

    Folded first, then judged: one `@`; a local part of 1 to 64 bytes without quotes, commas,
    blanks and invisible characters; domain labels that IDNA can write, no dot at the end;
    254 bytes in all. The domain part of the key is ASCII (`xn--...`).

    Args:
        text: As typed; any text is safe to pass.

    Raises:
        InvalidInput: Not such an address; the message says which rule.

    Source: RFC 5321 section 4.1.2 (dot-string only), RFC 6531, RFC 3490.
    """
    typed = _typed("email", text)
    local, at, domain = fold(typed).partition("@")
    if not at or "@" in domain:
        raise InvalidInput("email", "an e-mail address has exactly one @, as in ada@example.org")
    if not 1 <= _bytes(local) <= _LOCAL_MAX_BYTES:
        raise InvalidInput(
            "email", f"the part before the @ has 1 to {_LOCAL_MAX_BYTES} bytes, not {_bytes(local)}"
        )
    if not (_LOCAL.fullmatch(local) and all(_is_atext(character) for character in local)):
        raise InvalidInput(
            "email",
            "the part before the @ is letters, digits, single dots inside and !#$%&'*+-/=?^_`{|}~",
        )
    key = f"{local}@{_ascii_domain(domain)}"
    if max(_bytes(typed), _bytes(key)) > _EMAIL_MAX_BYTES:
        raise InvalidInput("email", f"an e-mail address has at most {_EMAIL_MAX_BYTES} bytes")
    return Identifier(typed, key)


def parse_username(text: str, *, pattern: re.Pattern[str]) -> Identifier:
    """Return the user name in `text`.

    Args:
        text: As typed; any text is safe to pass.
        pattern: What the whole folded (so lower-case) name must match.

    Raises:
        InvalidInput: It has an `@`, invisible characters, more than 64 characters, or does
            not match.
    """
    found = _visible(text)
    if not pattern.fullmatch(found.key):
        remedy = f"a user name has to match {pattern.pattern}"
        if pattern.pattern == USERNAME_PATTERN:
            remedy = "a user name is 2 to 32 letters and digits, with _ . - only between them"
        raise InvalidInput("username", remedy)
    return found


def parse_login(text: str) -> Login | None:
    """Return what to look for when somebody signs in as `text`; None if nobody can be that.

    A user name need not match a pattern here, so that accounts outlive a stricter one.

    Args:
        text: As typed; any text is safe to pass.
    """
    try:
        if "@" in fold(_typed("email", text)):
            return Login("email", parse_email(text).key)
        return Login("username", _visible(text).key)
    except InvalidInput:
        return None


def one_spelling(login: str) -> str:
    """Return what all spellings of one login have in common, also of a login that nobody has.

    Args:
        login: As typed; any text is safe to pass.
    """
    parsed = parse_login(login)
    return f"{parsed.field}:{parsed.key}" if parsed else f"nobody:{fold(login[:_TYPED_MAX])}"


def parse_name(text: str) -> str:
    """Return the display name in `text`, without blanks around it.

    Args:
        text: As typed; 1 to 200 characters, any script, emoji too.

    Raises:
        InvalidInput: Empty, too long, or with characters that break lines or turn text round.
    """
    name = unicodedata.normalize("NFC", text[:_TYPED_MAX]).strip()
    if not 1 <= len(name) <= _NAME_MAX:
        raise InvalidInput("name", f"a name has 1 to {_NAME_MAX} characters")
    broken = any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name)
    if broken or _BIDI.search(name):
        raise InvalidInput("name", "a name has no line breaks or control characters")
    return name


def _visible(text: str) -> Identifier:
    typed = _typed("username", text)
    key = fold(typed)
    if "@" in key:
        raise InvalidInput("username", "a user name has no @, which would make it an address")
    if max(len(typed), len(key)) > _USERNAME_MAX:
        raise InvalidInput("username", f"a user name has at most {_USERNAME_MAX} characters")
    if any(_is_invisible(character) for character in key):
        raise InvalidInput("username", "a user name has no blanks or invisible characters")
    return Identifier(typed, key)


def _typed(field: Literal["email", "username"], text: str) -> str:
    if len(text) > _TYPED_MAX:
        raise InvalidInput(field, f"{len(text)} characters are too many: at most {_TYPED_MAX}")
    typed = _nfkc(text).strip()
    # Half a surrogate pair has no UTF-8, so no database could take it.
    if any(unicodedata.category(character) == "Cs" for character in typed):
        raise InvalidInput(field, "half of a surrogate pair is not a character")
    return typed


def _ascii_domain(domain: str) -> str:
    try:
        encoded = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        encoded = ""
    if not all(_LABEL.fullmatch(label) for label in encoded.split(".")):
        raise InvalidInput(
            "email", "the part after the @ is a domain such as example.org, no dot at the end"
        )
    return encoded


def _is_atext(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in _ATEXT
    return unicodedata.category(character)[0] in "LMN" and not _BLANK.match(character)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ" or bool(_BLANK.match(character))


def _bytes(text: str) -> int:
    return len(text.encode())


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
