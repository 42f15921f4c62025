"""An account as a record of somebody else's has it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from dojang.auth.errors import InvalidInput
from dojang.auth.identifiers import Identifier, fold, parse_email, parse_name, parse_username
from dojang.auth.imports import values
from dojang.auth.passwords import PasswordHasher
from dojang.auth.roles import parse_roles
from dojang.auth.rows import NewRow
from dojang.auth.user import User
from dojang.errors import Misuse
from dojang.wire import base64url, entropy

__all__ = ["Candidate", "Maker", "Unfit"]

T = TypeVar("T")

_ID_BYTES = 16

#: Milliseconds that another clock may be ahead, or a moment without a time zone.
_SKEW = 24 * 3600 * 1000

_OURS = re.compile(r"[A-Za-z0-9_-]{22}")

#: What Django writes before the hashes of others, and before what is nobody's password.
_BEFORE = re.compile(r"bcrypt\$(?=\$2)|argon2(?=\$argon2)")
_NOBODYS = ("!", "*")

#: Written without a blank between, the family first.
_HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")


class Unfit(Exception):
    """Why a record makes no account; the message has nothing of it but names."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may be added.

    Attributes:
        theirs: Its id elsewhere, or empty.
        row: What would be added.
    """

    theirs: str
    row: NewRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes accounts of records.

    Attributes:
        now: When those were made that do not say; unix milliseconds.
        username_pattern: What a whole, folded user name must match.
        drop_unknown_hashes: Whether somebody whose hash is not computed here comes without one.
    """

    now: int
    username_pattern: re.Pattern[str]
    drop_unknown_hashes: bool = False

    def make(self, fields: Mapping[str, Any]) -> Candidate:
        """Return the account in a record.

        Args:
            fields: By the names of `columns.FIELDS`; any values are safe to pass.

        Raises:
            Unfit: It breaks a rule, which the message says.
        """
        try:
            return self._made(fields)
        except InvalidInput as error:
            raise Unfit(f"{error.field}: {error}") from None

    def _made(self, fields: Mapping[str, Any]) -> Candidate:
        mail, nick = self._identifiers(fields)
        password_hash = self._hash(_read(values.text, fields, "password_hash"))
        user = User(
            id=_id((_read(values.text, fields, "id") or "").strip()),
            email=mail.text if mail else None,
            username=nick.text if nick else None,
            name=_name(fields),
            created=self._created(fields),
            disabled=_disabled(fields),
            roles=parse_roles(_read(values.names, fields, "roles")),
            email_verified=bool(fields.get("email"))
            and bool(_read(values.proof, fields, "verified")),
            # An export that says of addresses who has shown them is believed of the others, too.
            email_vouched=mail is not None and "verified" not in fields,
        )
        row = NewRow(
            user=user,
            email_key=mail.key if mail else None,
            username_key=nick.key if nick else None,
            password_hash=password_hash,
        )
        return Candidate(values.shown(fields.get("id")), row)

    def _identifiers(
        self, fields: Mapping[str, Any]
    ) -> tuple[Identifier | None, Identifier | None]:
        """Return address and user name; a user name that is an address is the address."""
        email, username = (_read(values.text, fields, name) for name in ("email", "username"))
        if not email and not username:
            raise InvalidInput("email", "an account needs an e-mail address or a user name")
        if username and "@" in fold(username[:1024]):
            email, username = _same(email, username), None
        mail = parse_email(email) if email else None
        nick = parse_username(username, pattern=self.username_pattern) if username else None
        return mail, nick

    def _hash(self, encoded: str | None) -> str | None:
        if encoded is None or encoded.startswith(_NOBODYS):
            return None
        known = _BEFORE.sub("", encoded.strip(), count=1)
        try:
            PasswordHasher.check_imported(known)
        except Misuse:
            if self.drop_unknown_hashes:
                return None
            raise Unfit(
                f"password_hash: {len(known)} characters of no kind that is computed here"
            ) from None
        return known

    def _created(self, fields: Mapping[str, Any]) -> int:
        at = _read(values.moment, fields, "created")
        if at is not None and at > self.now + _SKEW:
            raise Unfit("created is in the future")
        return self.now if at is None else min(at, self.now)


def _read(reader: Callable[[object], T], fields: Mapping[str, Any], name: str) -> T:
    try:
        return reader(fields.get(name))
    except values.Unclear as error:
        raise Unfit(f"{name} {error}") from None


def _same(email: str | None, username: str) -> str:
    if email and fold(email[:1024]) != fold(username[:1024]):
        raise InvalidInput(
            "username", "it is an e-mail address, and another one than the account's"
        )
    return email or username


def _name(fields: Mapping[str, Any]) -> str | None:
    whole = _read(values.text, fields, "name")
    parts = [_read(values.text, fields, part) for part in ("given_name", "family_name")]
    if whole is None:
        said = [part.strip() for part in parts if part]
        joined = "".join(reversed(said)) if _HAN.search("".join(said)) else " ".join(said)
        whole = joined or None
    return parse_name(whole) if whole else None


def _disabled(fields: Mapping[str, Any]) -> bool:
    enabled = _read(values.flag, fields, "enabled")
    return bool(_read(values.flag, fields, "disabled")) or enabled is False


def _id(theirs: str) -> str:
    """Return an id of ours; one that was ours, or is a UUID, stays what it was."""
    if _OURS.fullmatch(theirs):
        return theirs
    try:
        return base64url.encode(UUID(theirs).bytes)
    except ValueError:
        return entropy.token(_ID_BYTES)
