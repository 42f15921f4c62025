"""What a new password must be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dojang.auth.common import is_common
from dojang.auth.errors import InvalidInput
from dojang.auth.forms import MAXIMUM_BYTES, Forms
from dojang.auth.identifiers import fold
from dojang.errors import Misuse

__all__ = ["PasswordPolicy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What a new password must be. Existing ones are not asked again.

    Attributes:
        minimum: Characters, inclusive, counted after NFKC.
        maximum: Characters, inclusive; 4,096 bytes of UTF-8 are the limit in any case.
        pattern: A regular expression to be found in the password, if there has to be one:
            composition rules make passwords worse, so there is none by default.
        pattern_hint: What `pattern` asks for, in words, shown to the person.
        refuse_common: Whether leaked passwords and single words are refused.

    Source: OWASP ASVS 5 6.2.1, 6.2.4, 6.2.5, 6.2.9; NIST SP 800-63B section 5.1.1.2.
    """

    minimum: int = 8
    maximum: int = 1024
    pattern: str | None = None
    pattern_hint: str = "the password does not have the required characters"
    refuse_common: bool = True

    def __post_init__(self) -> None:
        """Check the bounds.

        Raises:
            Misuse: Not 1 <= minimum <= maximum <= 4096.
        """
        if not 1 <= self.minimum <= self.maximum <= MAXIMUM_BYTES:
            raise Misuse(
                f"minimum={self.minimum} and maximum={self.maximum}: "
                f"write 1 <= minimum <= maximum <= {MAXIMUM_BYTES}"
            )

    def check(self, password: str, *, also: Iterable[str] = ()) -> None:
        """Refuse `password` if a rule says so. Length comes first, so the rest stays cheap.

        Args:
            password: As typed; any text is safe to pass.
            also: The person's e-mail address and user name, which are no passwords.

        Raises:
            InvalidInput: The message says which rule, and never shows the password.
        """
        text = self._measured(password)
        if self.pattern is not None and not re.search(self.pattern, text):
            raise InvalidInput("password", self.pattern_hint)
        folded = fold(text)
        if folded in set(_own_names(also)):
            raise InvalidInput("password", "the password is the user name or e-mail address")
        if self.refuse_common and is_common(folded):
            raise InvalidInput(
                "password", "everybody tries this password: take several words, or a longer one"
            )

    def _measured(self, password: str) -> str:
        forms = Forms.of(password)
        text = forms.normal.decode() if forms else ""
        if forms is None or len(text) > self.maximum:
            raise InvalidInput(
                "password",
                f"a password has at most {self.maximum} characters and {MAXIMUM_BYTES} bytes "
                "of valid Unicode: take a shorter one",
            )
        if len(text) < self.minimum:
            raise InvalidInput(
                "password",
                f"a password this short is soon guessed: take {self.minimum} characters or more "
                f"(this one has {len(text)})",
            )
        return text


def _own_names(also: Iterable[str]) -> Iterable[str]:
    for name in also:
        yield fold(name)
        yield fold(name).partition("@")[0]
