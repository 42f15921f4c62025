"""Errors beside the field they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dojang.auth import InvalidCredentials
from dojang.errors import DojangError
from dojang.server.pages import words
from dojang.words import LANGUAGES, Language, words_in

__all__ = ["Complaint"]

#: One field takes an e-mail address or a user name.
_FIELDS = {"email": "login", "username": "login"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a form that was sent.

    Attributes:
        field: Name of the input it belongs to; None for the form as a whole.
        text: For the person.
        status: Of the answer.
        code: Of the error.
        retry_after: Seconds after which sending it again makes sense, or None.
    """

    field: str | None
    text: str
    status: int
    code: str
    retry_after: int | None = None

    @classmethod
    def about(
        cls,
        error: DojangError,
        *,
        instead_of: Mapping[str, str] = _FIELDS,
        language: Language = LANGUAGES[0],
    ) -> "Complaint":
        """Return what `error` means for whoever filled in the form.

        Args:
            error: What was refused.
            instead_of: How the form calls what the error calls otherwise.
            language: Of the page.
        """
        named = "password" if isinstance(error, InvalidCredentials) else _field_of(error)
        named = named if named is None else instead_of.get(named, named)
        retry_after = getattr(error, "retry_after", None)
        text = words.explain(error, words_in(language))
        return cls(named, text, error.status, error.code, retry_after)

    @classmethod
    def missing(cls, field: str, text: str) -> "Complaint":
        """Return the complaint about a field that was left empty."""
        return cls(field, text, 422, "missing")

    def prefixed(self, text: str) -> "Complaint":
        """Return the same complaint, about the form as a whole, after what has gone well."""
        return replace(self, field=None, text=f"{text} {self.text}")

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries because of it."""
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


def _field_of(error: DojangError) -> str | None:
    named = getattr(error, "field", None)
    return named if isinstance(named, str) else None
